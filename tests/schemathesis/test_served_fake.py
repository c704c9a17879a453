"""Schemathesis against a served fake: no status undocumented, no body off its schema."""

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi import checks

from sdrs_fake import DEFAULT_PROJECT_ID, FakeSdrs
from tests.operations.cases import DRILL, GROUP, INSTANCE, PAIR, add_what_it_needs

CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
IDS = {
    "project_id": DEFAULT_PROJECT_ID,
    "server_group_id": GROUP,
    "protected_instance_id": INSTANCE,
    "replication_id": PAIR,
    "disaster_recovery_drill_id": DRILL,
    "failure_job_id": "f",
    "job_id": "f",
    "key": "old",
}

SDRS = FakeSdrs()
SESSION = requests.Session()
SESSION.trust_env = False
schema = schemathesis.openapi.from_dict(SESSION.get(f"{SDRS.url}/_fake/openapi.json").json())


@pytest.fixture(scope="module", autouse=True)
def served():
    """The fake is there before the tests, which are made from its document."""
    with SDRS, SESSION:
        yield


def with_known_ids(value, name=""):
    """Generated data in which every other id is one that exists, and the project always."""
    if isinstance(value, dict):
        return {key: with_known_ids(each, key) for key, each in value.items()}
    is_made_up = name != "project_id" and len(str(value)) % 2 == 0
    return value if is_made_up else IDS.get(name, value)


@schema.parametrize()
@settings(
    max_examples=3,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_answer_is_off_the_document(case):
    SDRS.reset()
    add_what_it_needs(SDRS, case.operation.definition.raw["operationId"])
    SDRS.add_failure_job(job_id="f", server_group_id=GROUP)
    case.path_parameters = with_known_ids(case.path_parameters)
    case.body = with_known_ids(case.body)

    case.call_and_validate(
        SDRS.url, session=SESSION, headers={"X-Auth-Token": "any"}, checks=CHECKS
    )
