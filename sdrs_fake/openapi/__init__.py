"""The API as an OpenAPI 3.1 document, derived from the API table and the models."""
