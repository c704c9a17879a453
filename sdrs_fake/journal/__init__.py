"""Journal: the requests that a fake answered."""
