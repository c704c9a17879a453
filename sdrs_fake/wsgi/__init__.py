"""HTTP, on Werkzeug: from environ to operation and back."""
