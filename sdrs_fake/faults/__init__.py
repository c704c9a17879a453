"""Faults: what a test arms so that the fake fails on purpose."""
