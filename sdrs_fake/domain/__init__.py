"""The rules of the service: pure Python on the standard library and pydantic; knows no HTTP."""
