"""What a test may do and a client may not: who gets in, what time it is."""
