"""Ways to the WSGI app: a loopback server, clients in process, and interception."""
