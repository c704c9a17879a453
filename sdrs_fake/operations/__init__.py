"""One short function per endpoint: read, decide, reply."""
