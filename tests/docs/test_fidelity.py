"""docs/fidelity.md against the code: every behaviour has a row, every row a test."""

import ast
from pathlib import Path

import pytest

from sdrs_fake import Behavior
from sdrs_fake.domain.refusals import REFUSALS

TESTS = Path(__file__).parent.parent
PAGE = (TESTS.parent / "docs" / "fidelity.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| behaviour")
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_names_its_evidence_its_source_and_a_test_that_exists(row):
    _, evidence, source, test = row
    file, name = test.split("::")

    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    assert evidence in {"documented", "client", "inferred", "assumed"}
    assert source
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("field", Behavior.model_fields)
def test_every_behavior_has_a_row(field):
    assert [row[0] for row in ROWS if f"`Behavior.{field}`" in row[0]] != []


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_every_refusal_has_a_row(refusal):
    assert [row[0] for row in ROWS if row[0].startswith(f"{refusal.status} {refusal.code} ")] != []
