"""The command line: `sdrs-fake`."""

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sdrs-fake")
def main() -> None:
    """A fake of Huawei Cloud's Storage Disaster Recovery Service (SDRS)."""


@main.command()
def demo() -> None:
    """Start a fake, list its failed jobs over HTTP in every way, and stop.

    Prints each request line with its answer. Nothing is left behind.
    """
    from sdrs_fake.demo import fill, run
    from sdrs_fake.fake import FakeSdrs

    with FakeSdrs() as sdrs:
        fill(sdrs)
        run(sdrs)
