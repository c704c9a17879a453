"""The program, run in this process."""

import signal
import sys

import pytest

from sdrs_fake.cli import run_program


@pytest.fixture
def cli(monkeypatch, capsys):
    """`cli("scenarios", "--json")`: exit status, standard output and standard error."""

    def cli(*arguments):
        monkeypatch.setattr(sys, "argv", ["sdrs-fake", *arguments])
        with pytest.raises(SystemExit) as caught:
            run_program()
        return caught.value.code or 0, *capsys.readouterr()

    return cli


@pytest.fixture
def handlers():
    """The signal handlers of the process, put back afterwards."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)
