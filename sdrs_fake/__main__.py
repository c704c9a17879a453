"""`python -m sdrs_fake` is `sdrs-fake`."""

from sdrs_fake.cli import run

run()
