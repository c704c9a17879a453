"""Authentication: modes, credentials, signatures, and IAM."""
