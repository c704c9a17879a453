"""Values and names that a user or a sender chose are cut in messages."""

import pytest

from sdrs_fake import Behavior, FakeSdrs
from sdrs_fake.seeding import dataset
from tests.cases import refusal

LONG = "x" * 50_000
OPERATION = "ListFailureJobs"
SCENARIO = {"scenario": 1, "name": "mine", "title": "t"}

CALLS = {
    "constructor": lambda _, text: FakeSdrs(text + "/"),
    "auth": lambda _, text: FakeSdrs(auth=text),
    "behavior": lambda _, text: Behavior.parse(text),
    "behavior value": lambda _, text: Behavior.parse({"count": text}),
    "behavior name": lambda _, text: Behavior.parse({text: "page"}),
    "admin_token": lambda _, text: FakeSdrs(admin_token=text + " "),
    "add_failure_job": lambda sdrs, text: sdrs.add_failure_job(failure_status=text),
    "add_failure_job name": lambda sdrs, text: sdrs.add_failure_job(**{text: 1}),
    "add_job entities": lambda sdrs, text: sdrs.add_job(entities={text: 1}),
    "add_job status": lambda sdrs, text: sdrs.add_job(status=text),
    "add_protection_group": lambda sdrs, text: sdrs.add_protection_group(status=text),
    "delete_failure_job": lambda sdrs, text: sdrs.delete_failure_job(text),
    "delete_protection_group": lambda sdrs, text: sdrs.delete_protection_group(text),
    "import_failure_jobs": lambda sdrs, text: sdrs.import_failure_jobs({text: 1}),
    "import group": lambda sdrs, text: sdrs.import_failure_jobs({"failure_jobs": []}, [text]),
    "import_data": lambda sdrs, text: sdrs.import_data({"keys": text}),
    "import_data key": lambda sdrs, text: sdrs.import_data({text: 1}),
    "import_data field": lambda sdrs, text: sdrs.import_data({"keys": [{text: 1}]}),
    "import_data gone": lambda sdrs, text: sdrs.import_data({"deleted_protection_groups": text}),
    "import_data version": lambda sdrs, text: sdrs.import_data({"version": text}),
    "key given twice": lambda sdrs, text: sdrs.import_data(f'{{"{text}": 1, "{text}": 2}}'),
    "seed": lambda sdrs, text: sdrs.seed(text),
    "seed as_of": lambda sdrs, text: sdrs.seed(as_of=text),
    "seed scenario": lambda sdrs, text: sdrs.seed(scenario=text),
    "scenario key": lambda sdrs, text: sdrs.seed(scenario={**SCENARIO, text: 1}),
    "scenario group": lambda sdrs, text: sdrs.seed(
        scenario={**SCENARIO, "waves": [{"count": 1, "groups": [text]}]}
    ),
    "scenario codes": lambda sdrs, text: sdrs.seed(
        scenario={**SCENARIO, "waves": [{"count": 1, "error_codes": [text]}]}
    ),
    "fault operation": lambda sdrs, text: sdrs.faults.fail(text),
    "fault code": lambda sdrs, text: sdrs.faults.fail(code=text),
    "fault network": lambda sdrs, text: sdrs.faults.fail(network=text),
    "fault status": lambda sdrs, text: sdrs.faults.fail(status=text),
    "fault latency": lambda sdrs, text: sdrs.faults.fail(latency=text),
    "fault retry_after": lambda sdrs, text: sdrs.faults.fail(status=404, retry_after=text),
    "fault keyword": lambda sdrs, text: sdrs.faults.fail(OPERATION, **{text: 1}),
    "fault field": lambda sdrs, text: sdrs.faults.fail(OPERATION, resource_name=[text]),
    "fault number": lambda sdrs, text: sdrs.faults.fail(OPERATION, limit__ge=text),
    "fault by": lambda sdrs, text: sdrs.faults.wrong_count(by=text),
    "defer operation": lambda sdrs, text: sdrs.faults.defer(text),
    "journal operation": lambda sdrs, text: sdrs.journal.assert_called(text),
    "journal field": lambda sdrs, text: sdrs.journal.assert_called(OPERATION, **{text: 1}),
    "key": lambda sdrs, text: sdrs.auth.add_key(text + ",", "S"),
    "listen": lambda sdrs, text: sdrs.listen(port=text),
    "listen host": lambda sdrs, text: sdrs.listen([text]),
    "environment": lambda sdrs, text: sdrs.environment(text + "/"),
    "intercept": lambda sdrs, text: sdrs.intercept(text + "/").__enter__(),
    "clock": lambda sdrs, text: sdrs.clock.set(text),
    "clock advance": lambda sdrs, text: sdrs.clock.advance(hours=text),
    "request path": lambda sdrs, text: sdrs.request("GET", text),
    "request method": lambda sdrs, text: sdrs.request(f"{text} ", "/"),
    "dataset": lambda _, text: dataset(failures=text, groups=1, seed=0, as_of=text),
    "version of many digits": lambda sdrs, _: sdrs.import_data({"version": 10**5000}),
    "number of many digits": lambda sdrs, _: sdrs.import_data({"keys": [10**5000]}),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_message_cuts_what_a_user_chose(sdrs, call):
    assert len(refusal(call, sdrs, LONG)) < 2000


def test_an_assertion_cuts_what_was_sent_and_what_was_wanted(sdrs, path):
    sdrs.request("GET", path, params={"resource_name": LONG[:5000]})

    with pytest.raises(AssertionError) as caught:
        sdrs.journal.assert_called(OPERATION, resource_name=LONG)

    assert len(str(caught.value)) < 2 * 5000


def test_the_description_of_a_fault_cuts_its_values(sdrs):
    fault = sdrs.faults.fail(OPERATION, status=503, resource_name=LONG, optional=True)

    assert len(fault.description) < 2000


@pytest.mark.parametrize("body", [{"operation": LONG}, {LONG: 1}, {"network": LONG}, [LONG]])
def test_an_answer_of_the_admin_routes_cuts_what_was_sent(sdrs, body):
    answer = sdrs.request("POST", "/_fake/faults", json=body)

    assert (answer.status, len(answer.body) < 5000) == (400, True)
