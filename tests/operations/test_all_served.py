"""Documented = served: each of the 49 operations has a row, and none answers 501 by default."""

import json
import re
from pathlib import Path

import pytest

from sdrs_fake.operations.table import ROWS

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
OPERATIONS = json.loads((FIXTURES / "operations.json").read_text(encoding="utf-8"))["operations"]
BODIES = {
    file.name.removesuffix(".request.json").title().replace("_", ""): file
    for file in (FIXTURES / "examples").glob("*.request.json")
}
IDS = {
    name: "an-id"
    for operation in OPERATIONS
    for name in re.findall(r"{(\w+)}", operation["path"])
    if name not in {"project_id", "api_version"}
}


def send(sdrs, operation):
    """Send an operation with its documented body, where there is one; ids are made up."""
    path = operation["path"].format_map({"project_id": sdrs.project_id, "api_version": "v1"} | IDS)
    file = BODIES.get(operation["operation_id"])
    body = json.loads(file.read_text(encoding="utf-8")) if file else None
    return sdrs.request(operation["method"], path, json=body)


def test_there_are_49_operations():
    assert len({operation["operation_id"] for operation in OPERATIONS}) == 49


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["operation_id"])
def test_every_documented_operation_is_served(sdrs, operation):
    response = send(sdrs, operation)

    name = operation["operation_id"]
    assert name in ROWS
    assert sdrs.journal.last.request.operation == name
    assert response.status != 501
    if response.status >= 400:  # the ids are made up
        assert re.fullmatch(r"SDRS\.\d{4}", response.json["error"]["code"])


@pytest.mark.parametrize("name", ROWS)
def test_501_is_left_for_faults(sdrs, name):
    sdrs.faults.fail(name, status=501)
    (operation,) = [each for each in OPERATIONS if each["operation_id"] == name]

    response = send(sdrs, operation)

    assert (response.status, response.json["error"]["code"]) == (501, "501")
