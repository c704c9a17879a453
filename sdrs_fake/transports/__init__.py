"""Doors to the app: in process, and a server on the loopback address."""
