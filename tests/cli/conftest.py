"""The program, run in this process."""

import sys

import pytest

from sdrs_fake.cli import run


@pytest.fixture
def cli(monkeypatch, capsys):
    """`cli("scenarios", "--json")`: exit status, standard output and standard error."""

    def cli(*arguments):
        monkeypatch.setattr(sys, "argv", ["sdrs-fake", *arguments])
        with pytest.raises(SystemExit) as caught:
            run()
        return caught.value.code or 0, *capsys.readouterr()

    return cli
