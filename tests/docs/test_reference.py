"""docs/reference.md names all that is public."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

import conftest_plugin
import sdrs_fake
from sdrs_fake import Auth, Behavior, FakeSdrs, Faults, Journal, Request, Response, seeding
from sdrs_fake.cli import main
from sdrs_fake.operations.table import TABLE

PAGE = (Path(__file__).parent.parent.parent / "docs" / "reference.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))


def public_names(kind):
    return [name for name in dir(kind) if not name.startswith("_")]


@pytest.mark.parametrize(
    "public",
    [
        sdrs_fake.__all__,
        seeding.__all__,
        *map(public_names, (FakeSdrs, Auth, Faults, Journal)),
        [field.name for message in (Request, Response) for field in fields(message)],
    ],
    ids=["sdrs_fake", "seeding", "FakeSdrs", "Auth", "Faults", "Journal", "messages"],
)
def test_the_page_names_everything_public(public):
    assert sorted(set(public) - WORDS) == []


def test_every_fixture_option_and_marker_argument_is_there(pytester):
    fixtures = pytester.runpytest_subprocess("--fixtures").stdout.str()
    options = pytester.runpytest_subprocess("--help").stdout.str()
    names = re.findall(r"^sdrs\w*(?= )|^sdrs\w*(?= \[)", fixtures, re.MULTILINE)
    names += re.findall(r"^ +(--sdrs-[\w-]+|sdrs_\w+(?= \())", options, re.MULTILINE)
    names += re.findall(r"(\w+)=", conftest_plugin.MARKER)

    assert len(names) >= 25
    assert sorted(set(names) - WORDS) == []


def test_every_behavior_is_there_with_its_values_in_their_order():
    rows = dict(re.findall(r"^\| `(\w+)` \| (`.*?`) \| ", PAGE, re.MULTILINE))

    for name, field in Behavior.model_fields.items():
        default, *others = re.findall(r"\w+", rows[name])
        assert default == str(field.default)
        for value in (default, *others):
            assert str(getattr(FakeSdrs(behavior={name: value}).behavior, name)) == value


@pytest.mark.parametrize("command", ["serve", "run", "generate", "scenarios", "openapi", "demo"])
def test_every_command_and_its_options_are_there(command):
    shown = CliRunner().invoke(main, [command, "--help"]).output

    assert {command, *re.findall(r"^ +(--[\w-]+)", shown, re.MULTILINE)} <= WORDS


def test_every_operation_is_there():
    operations = [f"| `{row.id}` | `{row.method} {row.path}` |" for row in TABLE]

    assert [line for line in operations if line not in PAGE] == []
