"""The pytest plugin's own package, apart from the library so that loading it costs nothing."""
