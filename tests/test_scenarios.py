"""Scenarios: what those of the package hold, and files of one's own."""

import datetime as dt
import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import astuple, replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sdrs_fake
from sdrs_fake import FakeSdrs, ProtectionGroup
from sdrs_fake.domain.protection_groups import GroupStatus
from sdrs_fake.seeding import (
    DATASET_VERSION,
    check_coherent,
    dataset,
    library,
    scenario,
    scenarios,
    sowing,
    staging,
)
from sdrs_fake.seeding.failures import WAYS
from sdrs_fake.seeding.schema import of_scenarios

ROOT = Path(__file__).parent.parent
ANCHOR = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
NAMES = [
    "documented-sample",
    "empty-project",
    "noisy-group",
    "regional-switchover",
    "storage-outage",
    "ten-thousand-jobs",
]
DRAWN = [name for name in NAMES if name != "documented-sample"]
JOB = {
    "job_status": "FAIL",
    "resource_id": "r",
    "resource_name": "web",
    "resource_type": "replications",
    "failure_status": "createFail",
    "job_id": "j",
    "job_type": "createReplicationPairNoCG",
    "begin_time": "2026-06-01T00:00:00.000Z",
    "error_code": "EVS.2024",
    "fail_reason": "x",
}

seeds = st.integers(0, 2**80)


def made(given, seed=0, anchor=ANCHOR, part=0):
    return scenario(given, seed, anchor=anchor, part=part)


def own(**fields):
    return {"scenario": 1, "name": "mine", "title": "Mine", **fields}


def canonical(data):
    """A dataset as a text that no library has a say in."""
    groups = [
        f"{group.id}|{group.name}|{group.description}|{group.status}" for group in data.groups
    ]
    jobs = ["|".join(map(str, astuple(job))) for job in data.jobs]
    return "\n".join([*groups, *jobs])


def pairs(jobs):
    return {(job.resource_type, str(job.failure_status)) for job in jobs}


# The same scenario, the same data


@pytest.mark.parametrize(
    ("name", "digest", "seed", "golden"),
    [
        (
            "documented-sample",
            "49aa56a7",
            0,
            "5ac2d980a76eb394ecde22958f8b7413bba241316f11ab455b956958a4c8e952",
        ),
        (
            "empty-project",
            "2b585bff",
            0,
            "870281aa721e79baa407881cf25e2e44ed1d1d904fcf88f33b3b07a11e3b4465",
        ),
        (
            "noisy-group",
            "d0cfb9b3",
            0,
            "aad79d74442714203041e9c33deb8591e9dad33e165a71d8228d36397a88b7ee",
        ),
        (
            "noisy-group",
            "d0cfb9b3",
            2**70,
            "5499d260ff6e2c8df61f948dbcefc5ae3698237425605759d8db8e63214e8622",
        ),
        (
            "regional-switchover",
            "c1b4e156",
            0,
            "8e93d2c02b8f2a31f04b4402f5cb2f13f2004b899ace17aa2ed3b0a4a487f3d5",
        ),
        (
            "storage-outage",
            "059f5c24",
            0,
            "c4f991b8b3b92f6c44b03b87c61fb00ccd3b483bb722d7aa255fa77183acc630",
        ),
        (
            "ten-thousand-jobs",
            "41039d3c",
            0,
            "f0f8b5623f724cecea866d81befcbf9fd97f432c2eecb875be2d2ac1dfb2407e",
        ),
    ],
)
def test_a_scenario_of_version_1_is_this_one_for_ever(name, digest, seed, golden):
    data = made(name, seed)

    assert DATASET_VERSION == 1
    assert (data.parameters.digest, sha256(canonical(data).encode()).hexdigest()) == (
        digest,
        golden,
    )


def reordered(value, order):
    """The same JSON, with the keys of every object in another order."""
    if isinstance(value, dict):
        return {name: reordered(value[name], order) for name in order(value)}
    return [reordered(each, order) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "order", [sorted, lambda value: sorted(value, reverse=True), lambda value: list(value)[::-1]]
)
@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_keys_decides_nothing(name, order):
    content = json.loads(library.text_of(name)[1])

    assert made(reordered(content, order)) == made(name)


@given(
    name=st.sampled_from(DRAWN[:-1]),
    seed=seeds,
    part=st.integers(0, 0xFFFF),
    age=st.timedeltas(dt.timedelta(0), dt.timedelta(days=9999)),
)
def test_names_and_resources_do_not_depend_on_the_anchor(name, seed, part, age):
    now, then = made(name, seed, part=part), made(name, seed, ANCHOR - age, part)

    assert then.groups == now.groups
    assert [replace(job, job_id="any", begin_time=ANCHOR) for job in then.jobs] == [
        replace(job, job_id="any", begin_time=ANCHOR) for job in now.jobs
    ]


def test_all_is_drawn_by_random_and_getrandbits(monkeypatch):
    def meagre(parameters):
        source = full(parameters)
        return SimpleNamespace(random=source.random, getrandbits=source.getrandbits)

    full = staging.source_of
    expected = made("noisy-group")
    monkeypatch.setattr(staging, "source_of", meagre)

    assert made("noisy-group") == expected


def test_a_scenario_leaves_other_random_streams_alone():
    random.seed(1)
    before = random.getstate()

    made("noisy-group")

    assert random.getstate() == before


@pytest.mark.parametrize("name", NAMES)
def test_its_parameters_say_how_it_was_made(name):
    data = made(name, 7, "2026-06-01T08:00:00.1239+08:00", 3)
    said = data.parameters

    assert (said.version, said.scenario, said.seed, said.part) == (1, name, 7, 3)
    assert said.anchor == ANCHOR.replace(microsecond=123000)
    assert (said.jobs, said.groups) == (len(data.jobs), len(data.groups))


# What those of the package hold


def test_the_package_brings_these():
    known = scenarios()

    assert list(known) == NAMES
    assert all(
        each.name == name and each.title and each.description for name, each in known.items()
    )
    assert {name: (each.jobs, each.groups) for name, each in known.items()} == {
        name: (len(data.jobs), len(data.groups)) for name in NAMES for data in [made(name)]
    }


@given(name=st.sampled_from(DRAWN), seed=seeds, part=st.integers(0, 0xFFFF))
def test_jobs_are_coherent(name, seed, part):
    data = made(name, seed, part=part)

    check_coherent(data.jobs, data.groups, anchor=ANCHOR)


@pytest.mark.parametrize("name", NAMES)
def test_jobs_are_what_validation_would_have_made_of_them_and_in_the_order_of_the_list(name):
    data = made(name)

    assert all(
        replace(job) == job and type(replace(job).failure_status) is type(job.failure_status)
        for job in data.jobs
    )
    with FakeSdrs() as sdrs:
        assert sdrs.seed(scenario=name, anchor=ANCHOR) == data
        assert sdrs.failure_jobs == data.jobs
        assert {(group.id, group.name, group.status) for group in sdrs.protection_groups} == {
            (group.id, group.name, group.status) for group in data.groups
        }


def test_nothing_failed_on_a_resource_before_its_creation():
    created = set()
    for job in made("ten-thousand-jobs").jobs:  # newest first
        assert job.resource_id not in created
        if job.failure_status == "createFail" and job.resource_type != "server_groups":
            created.add(job.resource_id)


def test_the_documented_sample_is_the_references_own_byte_for_byte(fixture):
    with FakeSdrs() as sdrs:
        group = sdrs.seed(scenario="documented-sample").groups[0]
        answer = sdrs.request(
            "GET", f"/v1/{sdrs.project_id}/task-center/failure-jobs?server_group_id={group.id}"
        )

    expected = json.dumps(fixture("list_failure_jobs"), separators=(",", ":"))
    assert answer.body.decode() == expected
    documented = fixture("examples/list_protection_groups")["server_groups"][1]
    assert (group.id, group.name) == (documented["id"], documented["name"])


def test_the_documented_sample_is_coherent_but_for_the_spelling_and_the_time_of_2019():
    data = made("documented-sample")
    with pytest.raises(AssertionError) as caught:
        check_coherent(data.jobs, data.groups, anchor=ANCHOR)

    assert Counter(
        line.split(": ", 1)[1].split(" is not ")[0].split(" 2019")[0]
        for line in str(caught.value).splitlines()[1:]
    ) == {
        "createFail of protectedInstance": 2,
        "EVS.2024 'SdrsGenerateNativeServerParamsTask-fail:volume is error!'": 2,
        "begin_time": 2,
    }


def test_an_empty_project_has_groups_and_no_failed_jobs():
    data = made("empty-project")

    assert (data.jobs, [group.name for group in data.groups]) == (
        (),
        ["erp-prod-pg-01", "crm-prod-pg-01"],
    )


@given(seed=seeds)
def test_one_noisy_group_has_more_than_a_page_and_the_others_a_few_each(seed):
    data = made("noisy-group", seed)
    failed = Counter(job.server_group_id for job in data.jobs)
    noisy, *others = data.groups

    assert failed == {noisy.id: 180, **{group.id: 3 for group in others}}
    assert all(
        ANCHOR - job.begin_time <= dt.timedelta(days=3)
        for job in data.jobs
        if job.server_group_id == noisy.id
    )


@given(seed=seeds)
def test_in_a_regional_switchover_every_group_failed_to_fail_over_and_is_in_the_status_that_fits(
    seed,
):
    data = made("regional-switchover", seed)
    recent = [
        job
        for job in data.jobs
        if job.begin_time > ANCHOR - dt.timedelta(hours=2, minutes=45)
        and job.resource_type == "server_groups"
    ]
    last = {}
    for job in recent:  # newest first
        last.setdefault(job.server_group_id, str(job.failure_status))

    assert sum(job.failure_status == "failoverFail" for job in recent) == 10
    assert {group.id for group in data.groups} == {
        job.server_group_id for job in recent if job.failure_status == "failoverFail"
    }
    assert [(str(group.status), last[group.id]) for group in data.groups] == [
        *[("error-failing-over", "failoverFail")] * 4,
        *[("error-reprotecting", "reprotectFail")] * 2,
    ]


@given(seed=seeds)
def test_in_a_storage_outage_creations_of_every_kind_fail_in_every_group_for_reasons_of_storage(
    seed,
):
    data = made("storage-outage", seed)

    assert {job.error_code.partition(".")[0] for job in data.jobs} == {"EVS"}
    for group in data.groups:
        created = Counter(
            job.resource_type
            for job in data.jobs
            if job.server_group_id == group.id and job.failure_status == "createFail"
        )
        assert created == {
            "replications": 6,
            "protected_instances": 3,
            "disaster_recovery_drills": 3,
        }


def test_ten_thousand_jobs_hold_every_way_to_fail_in_every_group():
    data = made("ten-thousand-jobs")

    assert {
        (group, *pair)
        for group, pair in (
            (job.server_group_id, pair) for job in data.jobs for pair in pairs([job])
        )
    } == {
        (group.id, *pair)
        for group in data.groups
        for pair in pairs(dataset(21, anchor=ANCHOR).jobs)
    }


@pytest.mark.parametrize("name", NAMES)
def test_each_is_loaded_in_a_tenth_of_a_second_and_ten_thousand_jobs_in_one(name):
    seen = []
    for _ in range(
        6
    ):  # the first warms up, and the best of the others is what no neighbour slowed down
        with FakeSdrs() as sdrs:
            start = time.perf_counter()
            sdrs.seed(scenario=name)
            seen.append(time.perf_counter() - start)

    assert min(seen[1:]) < (1 if name == "ten-thousand-jobs" else 0.1)


def test_their_files_are_in_the_package():
    folder = Path(sdrs_fake.__file__).parent / "seeding" / "scenarios"

    assert sorted(file.name for file in folder.iterdir()) == [f"{name}.json" for name in NAMES]


# One's own


def test_by_itself_a_wave_is_of_all_groups_and_ways_over_the_whole_span():
    data = made(own(groups=2, waves=[{"jobs": 210}]))
    ages = [ANCHOR - job.begin_time for job in data.jobs]

    assert Counter(job.server_group_id for job in data.jobs) == {
        group.id: 105 for group in data.groups
    }
    assert pairs(data.jobs) == pairs(dataset(21, anchor=ANCHOR).jobs)
    assert min(ages) < dt.timedelta(days=1)
    assert dt.timedelta(days=29) < max(ages) <= dt.timedelta(days=30)


def test_a_wave_keeps_to_its_groups_failures_codes_and_time():
    waves = [
        {
            "jobs": 40,
            "groups": ["a"],
            "failures": {"replications": ["createFail"]},
            "error_codes": ["EVS.2024"],
            "from": "P1W",
            "to": "P6DT23H59M",
        }
    ]
    data = made(own(groups=["a", "b"], waves=waves))

    assert {(job.server_group_id, *astuple(job)[3:5], job.error_code) for job in data.jobs} == {
        (data.groups[0].id, "replications", "createFail", "EVS.2024")
    }
    assert all(
        dt.timedelta(minutes=-1)
        <= ANCHOR - dt.timedelta(days=7) - job.begin_time
        <= dt.timedelta(0)
        for job in data.jobs
    )


def test_without_failures_codes_choose_among_all_ways():
    data = made(own(groups=1, waves=[{"jobs": 30, "error_codes": ["EVS.2021"]}]))

    assert {job.error_code for job in data.jobs} == {"EVS.2021"}
    assert pairs(data.jobs) == {("replications", "detachFail"), ("server_groups", "reverseFail")}


def test_a_failure_that_is_named_twice_comes_twice_as_often():
    data = made(
        own(
            groups=1,
            waves=[
                {
                    "jobs": 30,
                    "failures": {"replications": ["attachFail", "attachFail", "detachFail"]},
                }
            ],
        )
    )

    assert Counter(str(job.failure_status) for job in data.jobs) == {
        "attachFail": 20,
        "detachFail": 10,
    }


def test_a_wave_can_be_of_one_moment():
    data = made(
        own(
            groups=1, waves=[{"jobs": 5, "from": "PT0S"}, {"jobs": 5, "from": "P30D", "to": "P30D"}]
        )
    )

    assert len({job.job_id for job in data.jobs}) == 10
    check_coherent(data.jobs, data.groups, anchor=ANCHOR)


def test_groups_are_names_or_objects_or_a_number():
    listed = made(
        own(
            groups=[
                "a",
                {"name": "b", "status": "error", "description": "broken"},
                {"id": "mine"},
                {"id": "other", "name": "c"},
                {},
            ]
        )
    )

    assert [(group.name, group.description, str(group.status)) for group in listed.groups[:2]] == [
        ("a", None, "available"),
        ("b", "broken", "error"),
    ]
    assert [(group.id, group.name) for group in listed.groups[2:4]] == [
        ("mine", "Protection-Group-d393"),
        ("other", "c"),
    ]
    assert len(made(own(groups=3)).groups) == 3


def test_given_jobs_stay_as_they_are_and_their_groups_are_there():
    rows = [
        JOB,
        {
            **JOB,
            "job_id": "k",
            "resource_id": "g",
            "resource_type": "server_groups",
            "resource_name": "payments",
        },
        {**JOB, "job_id": "l", "server_group_id": "h"},
    ]
    data = made(own(failure_jobs=rows))

    assert [json.loads(job.wire_json) for job in data.jobs] == [
        {name: row[name] for name in JOB} for row in reversed(rows)
    ]
    assert [job.server_group_id for job in data.jobs] == ["h", "g", None]
    assert data.groups == (
        ProtectionGroup(id="g", name="payments"),
        ProtectionGroup(id="h", name="Protection-Group-06e7"),
    )
    assert (data.parameters.jobs, data.parameters.groups) == (3, 2)


def test_a_group_without_failures_or_nothing_at_all_is_a_scenario_too():
    assert (made(own()).jobs, made(own()).groups) == ((), ())


@pytest.mark.parametrize("form", ["path", "text", "str", "dict"])
def test_ones_own_is_a_dict_a_json_text_or_a_file(tmp_path, form):
    content = own(groups=1, waves=[{"jobs": 3}])
    file = tmp_path / "mine"
    file.write_text(json.dumps(content))
    given = {"path": file, "text": json.dumps(content), "str": str(file), "dict": content}[form]

    assert made(given) == made(content)


DOCUMENT = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")


def test_the_file_that_the_document_shows_is_right():
    (text,) = re.findall(r"^```json\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)
    data = made(text)

    check_coherent(data.jobs, data.groups, anchor=ANCHOR)
    expanded = [
        job
        for job in data.jobs
        if job.failure_status == "expandFail" and job.server_group_id == data.groups[1].id
    ]
    assert (len(data.jobs), len(data.groups)) == (53, 3)
    assert sum(job.error_code == "EVS.2026" for job in expanded) >= 40


def test_the_document_lists_those_of_the_package():
    rows = re.findall(r"^\| `([a-z-]+)` \| .* \| ([0-9,]+) \| (\d+) \|$", DOCUMENT, re.MULTILINE)

    assert rows == [
        (name, f"{each.jobs:,}", str(each.groups)) for name, each in scenarios().items()
    ]


def test_a_file_beside_is_found_without_a_suffix(tmp_path, monkeypatch):
    (tmp_path / "mine").write_text(json.dumps(own()))
    monkeypatch.chdir(tmp_path)

    assert made("mine").parameters.scenario == "mine"


@pytest.mark.parametrize(
    "content", [json.dumps(own(name="noisy-group", groups=1)), "garbage", "\udcff"]
)
def test_a_name_of_the_package_means_the_packages_whatever_files_there_are(
    tmp_path, monkeypatch, content
):
    expected = (
        made("noisy-group"),
        scenarios(),
        FakeSdrs().seed(scenario="noisy-group", anchor=ANCHOR),
    )
    (tmp_path / "noisy-group").write_text(content, encoding="utf-8", errors="surrogateescape")
    monkeypatch.chdir(tmp_path)

    assert (
        made("noisy-group"),
        scenarios(),
        FakeSdrs().seed(scenario="noisy-group", anchor=ANCHOR),
    ) == expected


def test_a_path_means_the_file_though_it_is_called_as_one_of_the_package(tmp_path, monkeypatch):
    (tmp_path / "noisy-group").write_text(json.dumps(own(groups=1)))
    monkeypatch.chdir(tmp_path)

    assert made("./noisy-group") == made(Path("noisy-group")) == made(own(groups=1))


def test_the_document_lists_what_can_fail_how_and_the_statuses_of_groups():
    rows = re.findall(r"^\| `(\w+)` \| `(\w+Fail)` \| (.*) \|$", DOCUMENT, re.MULTILINE)
    expected = [
        (kind, status, sorted({way.error_code for way in ways}))
        for (kind, status), ways in WAYS.items()
    ]
    (statuses,) = re.findall(
        r"^The statuses of a group are (.*?)\.$", DOCUMENT, re.DOTALL | re.MULTILINE
    )

    assert [
        (kind, status, re.findall(r"`([\w.]+)`", codes)) for kind, status, codes in rows
    ] == expected
    assert re.findall(r"`([\w-]+)`", statuses) == [*GroupStatus]


def test_what_was_found_once_can_be_given_again():
    assert made(scenarios()["noisy-group"]) == made("noisy-group")
    assert len(set(scenarios().values())) == len(NAMES)


def test_what_a_file_says_of_itself_and_how_it_is_laid_out_do_not_count():
    one = library.find(own(groups=["a"]))
    two = library.find(
        '{"groups": ["a"], "title": "Another", "description": "x",\n "scenario": 1, "name": "mine"}'
    )

    assert one.digest == two.digest != library.find(own(groups=["b"])).digest


# The schema of a file


def fits(value, schema, whole):
    """As much of JSON Schema as the one of scenarios is made of."""
    if "$ref" in schema:
        return fits(value, whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], whole)
    if "allOf" in schema:  # how pydantic 2.7 says that a reference has a default
        return all(fits(value, each, whole) for each in schema["allOf"])
    if "anyOf" in schema:
        return any(fits(value, each, whole) for each in schema["anyOf"])
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}
    right = isinstance(value, kinds[schema["type"]]) if "type" in schema else True
    right = right and value in schema.get("enum", [value]) and value == schema.get("const", value)
    if isinstance(value, str):
        right = right and schema.get("minLength", 0) <= len(value) <= schema.get(
            "maxLength", len(value)
        )
        right = right and bool(re.search(schema.get("pattern", ""), value, re.ASCII))
    if isinstance(value, int):
        right = right and schema.get("minimum", value) <= value <= schema.get("maximum", value)
    if isinstance(value, list):
        right = right and schema.get("minItems", 0) <= len(value) <= schema.get(
            "maxItems", len(value)
        )
        right = right and all(fits(each, schema.get("items", {}), whole) for each in value)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        right = (
            right
            and set(schema.get("required", ())) <= value.keys()
            and schema.get("minProperties", 0) <= len(value)
        )
        right = right and (schema.get("additionalProperties", True) or value.keys() <= known.keys())
        right = right and all(
            fits(each, known[name], whole) for name, each in value.items() if name in known
        )
    return right


SCHEMA = of_scenarios()


@pytest.mark.parametrize(
    "content",
    [
        *(json.loads(library.text_of(name)[1]) for name in NAMES),
        own(),
        own(
            description="", groups=["a", {"name": "b", "status": "error", "description": None}, {}]
        ),
        own(groups=3, waves=[{"jobs": 1, "groups": None, "failures": None, "error_codes": None}]),
        own(
            groups=1,
            waves=[
                {
                    "jobs": 0,
                    "failures": {"replications": ["expandFail"]},
                    "error_codes": ["EVS.1064"],
                    "from": "P1DT2H",
                    "to": "P1D",
                }
            ],
        ),
        own(
            failure_jobs=[
                JOB,
                {**JOB, "job_id": "k", "server_group_id": None, "resource_type": "replicationPair"},
            ]
        ),
    ],
)
def test_what_is_right_fits_the_schema(content):
    assert library.find(content)
    assert fits(content, SCHEMA, SCHEMA)


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        own(scenario=2),
        own(name="My own"),
        own(name="x" * 65),
        own(title=""),
        own(waves={}),
        own(wave=[]),
        own(groups=-1),
        own(groups=10_001),
        own(groups="a"),
        own(groups=[""]),
        own(groups=[3]),
        own(groups=[{"nam": "b"}]),
        own(groups=[{"status": "sad"}]),
        own(waves=[{}]),
        own(waves=[{"jobs": "5"}]),
        own(waves=[{"jobs": -1}]),
        own(waves=[{"jobs": 10**8 + 1}]),
        own(waves=[{"jobs": 0, "groups": []}]),
        own(waves=[{"jobs": 0, "failures": {}}]),
        own(waves=[{"jobs": 0, "failures": {"disks": ["createFail"]}}]),
        own(waves=[{"jobs": 0, "failures": {"replications": []}}]),
        own(waves=[{"jobs": 0, "failures": {"replications": ["startFail"]}}]),
        own(waves=[{"jobs": 0, "error_codes": ["EVS.1"]}]),
        own(waves=[{"jobs": 0, "from": "P1M"}]),
        own(waves=[{"jobs": 0, "to": 3}]),
        own(failure_jobs=[{**JOB, "failure_status": "x"}]),
        own(failure_jobs=[{**JOB, "resource_type": "disks"}]),
        own(failure_jobs=[{name: JOB[name] for name in JOB if name != "begin_time"}]),
        own(failure_jobs=[{**JOB, "more": 1}]),
    ],
)
def test_what_is_wrong_does_not_fit_the_schema(content):
    with pytest.raises(ValueError, match="scenario"):
        library.find(content)
    assert not fits(content, SCHEMA, SCHEMA)


def test_the_schema_is_json_and_says_which_dialect_it_is():
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert (SCHEMA["$schema"], SCHEMA["title"]) == (
        "https://json-schema.org/draft/2020-12/schema",
        "A scenario of sdrs-fake",
    )


# Seeding a fake


def test_a_fake_is_seeded_with_a_scenario_and_once_more_with_another_part(sdrs):
    first, second = [
        sdrs.seed(scenario="regional-switchover", seed=7, anchor=ANCHOR) for _ in range(2)
    ]

    assert first == made("regional-switchover", 7)
    assert second == made("regional-switchover", 7, part=1)
    assert {job.job_id for job in first.jobs}.isdisjoint(job.job_id for job in second.jobs)
    assert {group.id for group in first.groups}.isdisjoint(group.id for group in second.groups)
    assert [each.part for each in sdrs.datasets] == [0, 1]


def test_without_an_anchor_it_is_of_now(sdrs):
    assert sdrs.clock.now() - sdrs.seed(scenario="noisy-group").parameters.anchor < dt.timedelta(
        minutes=1
    )


def test_scenarios_and_datasets_share_a_project(sdrs):
    parts = [
        sdrs.seed(anchor=ANCHOR),
        sdrs.seed(scenario="storage-outage", anchor=ANCHOR),
        sdrs.seed(anchor=ANCHOR),
    ]

    assert [data.parameters.part for data in parts] == [0, 1, 2]
    assert len(sdrs.failure_jobs) == sum(len(data.jobs) for data in parts)


@pytest.mark.parametrize(
    ("before", "message"),
    [
        (
            lambda sdrs: sdrs.seed(scenario="documented-sample"),
            "'ff808082686f229a0168707beaab014e'",
        ),
        (
            lambda sdrs: sdrs.add_protection_group(id="decf224d-87fe-403a-8721-037a1a45c287"),
            "'decf224d-87fe-403a-8721-037a1a45c287'",
        ),
        (
            lambda sdrs: sdrs.add_job(job_id="ff808082686f229a0168707b9be9013e"),
            "'ff808082686f229a0168707b9be9013e'",
        ),
    ],
)
def test_what_a_scenario_gives_as_it_is_goes_into_a_project_once(sdrs, before, message):
    before(sdrs)
    held = sdrs.export_data()
    with pytest.raises(
        ValueError,
        match=(
            f"scenario: documented-sample gives {message} as it is, and the project has that"
            " already"
        ),
    ):
        sdrs.seed(scenario="documented-sample")

    assert sdrs.export_data() == held


# Into a project that holds something


def test_groups_that_are_there_already_are_not_overwritten(sdrs):
    sdrs.seed(jobs=5, anchor=ANCHOR)
    with FakeSdrs() as other:
        other.load_data(sdrs.export_data())
        held = other.protection_groups
        made = other.seed(
            jobs=5, anchor=ANCHOR + dt.timedelta(days=1)
        )  # so that job ids are others, and groups the same

        assert (made.parameters.part, other.protection_groups[: len(held)]) == (1, held)


def test_failed_jobs_that_were_deleted_do_not_come_back(sdrs):
    sdrs.seed(jobs=5, groups=1, anchor=ANCHOR)
    rows = sdrs.export_data()["projects"][0]["failure_jobs"]
    with FakeSdrs() as other:
        other.load_data(
            {"deleted_failure_jobs": [{**row, "server_group_id": "mine"} for row in rows]}
        )
        made = other.seed(jobs=5, groups=1, anchor=ANCHOR)

        assert (made.parameters.part, len(other.failure_jobs)) == (1, 5)


def test_what_a_scenario_gives_as_it_is_is_there_also_when_it_was_deleted(sdrs):
    content = own(failure_jobs=[JOB])
    sdrs.seed(scenario=content)
    sdrs.request("DELETE", f"/v1/{sdrs.project_id}/task-center/failure-jobs/j")
    with pytest.raises(
        ValueError, match="scenario: mine gives 'j' as it is, and the project has that already"
    ):
        sdrs.seed(scenario=content)

    assert FakeSdrs().seed(state=sdrs.state, scenario=content)


def test_after_the_last_part_come_those_that_are_free(sdrs):
    sdrs.seed(state="sdrs1.j5.g1.s0.p65535")

    assert [sdrs.seed(jobs=5).parameters.part for _ in range(2)] == [0, 1]


def test_where_no_part_is_free_that_is_said(sdrs, monkeypatch):
    monkeypatch.setattr(sowing, "MOST_PARTS", 2)
    sdrs.seed()
    sdrs.seed()
    with pytest.raises(
        ValueError,
        match=(
            r"^seed: the project has something of all 2 parts; it should be reset, or another be"
            r" seeded$"
        ),
    ):
        sdrs.seed()


# Refusals


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "noisy-groups",
            (
                "scenario: 'noisy-groups' should be one of documented-sample, empty-project, .*, or"
                " the path of a file such as mine"
            ),
        ),
        ("", "scenario: '' should be one of documented-sample, "),
        (5, "scenario: 5 should be a name, the path of a file, a JSON text or a dict"),
        ("[]", r'scenario: \[\] should be an object such as {"scenario": 1, '),
        ("{", "scenario should be JSON, but "),
        (
            {},
            (
                "missing; should be 1, .*\nscenario: name: missing; should be words of"
                " .*\nscenario: title: missing; should be a text, "
            ),
        ),
        *(
            (own(scenario=value), f"scenario: scenario: {value!r} should be 1$")
            for value in [2, "1", True, 1.0, None]
        ),
        (
            own(name="My own"),
            (
                "name: 'My own' should be words of small letters and digits with '-' between them,"
                " at most 64 characters, such"
            ),
        ),
        (
            own(name="x" * 65),
            "name: 'xx.* should be words of small letters .* at most 64 characters",
        ),
        (own(title=1), "title: 1 should be a text$"),
        (own(title=""), "title: '' should be a text that is not empty$"),
        (own(title="\ud800"), r"title: '\\ud800' should be text that UTF-8 can say$"),
        (own(**{"\ud800": 1}), r"^scenario: '\\ud800' should be text that UTF-8 can say$"),
        (
            own(wave=[]),
            (
                "wave: no such field; there are scenario, name, title, description, groups, waves,"
                " failure_jobs"
            ),
        ),
        (
            own(groups="a"),
            (
                "groups: 'a' should be a list of groups, each a name or an object, or a number from"
                " 0 to 10,000"
            ),
        ),
        (own(groups=-1), "groups: -1 should be a list of groups"),
        (own(groups=True), "groups: True should be a list of groups"),
        (own(groups=10_001), "groups: 10001 should be a list of groups"),
        (own(groups=[3]), r"groups\[0\]: 3 should be a name or an object$"),
        (own(groups=[""]), r"groups\[0\]\.name: '' should be a text that is not empty$"),
        (own(groups=["a", {"id": 5}]), r"groups\[1\]\.id: 5 should be a text$"),
        (own(waves={}), r"waves: {} should be a list$"),
        (own(waves=[5]), r"waves\[0\]: 5 should be an object$"),
        (
            own(groups=["a", {"nam": "b"}]),
            r"groups\[1\]\.nam: no such field; there are name, id, description, status$",
        ),
        (
            own(groups=[{"status": "sad"}]),
            r"groups\[0\]\.status: 'sad' should be 'creating', 'available', ",
        ),
        (
            own(groups=["a", "b", "a"]),
            r"groups\[2\]\.name: 'a' should be one that no other group has",
        ),
        (
            own(groups=[{"id": "a"}, {"id": "a"}]),
            r"groups\[1\]\.id: 'a' should be one that no other group has",
        ),
        (
            own(waves=[{}]),
            r"waves\[0\]\.jobs: missing; should be a whole number from 0 to 100,000,000$",
        ),
        *(
            (
                own(waves=[{"jobs": value}]),
                rf"waves\[0\]\.jobs: {value!r} should be a whole number from 0 to 100,000,000$",
            )
            for value in ["5", -1, True, 5.0, 10**8 + 1, None]
        ),
        (
            own(groups=1, waves=[{"jobs": 1}, {"jobs": 10**8}]),
            "waves: 100000001 jobs in all should be at most 100,000,000",
        ),
        (own(waves=[{"jobs": 5}]), r"waves\[0\]\.jobs: 5 should be 0 where there are no groups"),
        (
            own(waves=[{"jobs": 0, "until": "P1D"}]),
            (
                r"waves\[0\]\.until: no such field; there are jobs, groups, failures, error_codes,"
                r" from, to$"
            ),
        ),
        (
            own(groups=["a", "b"], waves=[{"jobs": 1, "groups": ["c"]}]),
            r"waves\[0\]\.groups\[0\]: 'c' should be one of a, b$",
        ),
        (
            own(groups=2, waves=[{"jobs": 1, "groups": ["c"]}]),
            r"'c' should be one of the names under groups, where there are none",
        ),
        (
            own(groups=["a", "b"], waves=[{"jobs": 1, "groups": ["a", "b", "a"]}]),
            r"waves\[0\]\.groups\[2\]: 'a' should be named once$",
        ),
        (
            own(groups=2, waves=[{"jobs": 1, "groups": []}]),
            r"waves\[0\]\.groups: \[\] should be one or more, or left out$",
        ),
        (
            own(waves=[{"jobs": 0, "failures": {}}]),
            r"waves\[0\]\.failures: {} should be one or more, or left out$",
        ),
        (
            own(waves=[{"jobs": 0, "failures": {"replications": []}}]),
            r"failures\.replications: \[\] should be one or more, or left out$",
        ),
        (
            own(waves=[{"jobs": 0, "error_codes": []}]),
            r"waves\[0\]\.error_codes: \[\] should be one or more, or left out$",
        ),
        (
            own(waves=[{"jobs": 0, "failures": {"disks": ["createFail"]}}]),
            r"failures\.disks: 'disks' should be 'server_groups', ",
        ),
        (
            own(waves=[{"jobs": 0, "failures": {"replications": ["x"]}}]),
            r"failures\.replications\[0\]: 'x' should be 'createFail', ",
        ),
        (
            own(waves=[{"jobs": 0, "failures": {"replications": ["startFail"]}}]),
            (
                r"failures\.replications\[0\]: 'startFail' should be one of createFail, deleteFail,"
                r" attachFail, detachFail, expandFail$"
            ),
        ),
        (
            own(
                waves=[
                    {
                        "jobs": 0,
                        "failures": {"replications": ["attachFail", "expandFail"]},
                        "error_codes": ["EVS.1064"],
                    }
                ]
            ),
            (
                r"failures\.replications\[0\]: 'attachFail' has none of the error_codes; it can"
                r" have EVS.2024, Ecs.0205, SDRS.1821$"
            ),
        ),
        (
            own(
                waves=[
                    {
                        "jobs": 0,
                        "failures": {"replications": ["attachFail"]},
                        "error_codes": ["EVS.2024", "EVS.1"],
                    }
                ]
            ),
            (
                r"waves\[0\]\.error_codes\[1\]: 'EVS.1' should be one of EVS.2024, Ecs.0205,"
                r" SDRS.1821$"
            ),
        ),
        *(
            (
                own(waves=[{"jobs": 0, "from": value}]),
                (
                    r"waves\[0\]\.from: .* should be how long before the anchor, at most 30 days,"
                    r" in ISO 8601"
                ),
            )
            for value in [
                "P31D",
                "P1M",
                "P1Y",
                "P",
                "PT",
                "P1DT",
                "-P1D",
                "3 hours",
                "",
                3,
                None,
                "PT1.5H",
                "P٣D",
                "PT2592001S",
            ]
        ),
        (
            own(waves=[{"jobs": 0, "to": "tomorrow"}]),
            r"waves\[0\]\.to: 'tomorrow' should be how long before the anchor",
        ),
        (
            own(waves=[{"jobs": 0, "from": "PT1H", "to": "PT61M"}]),
            r"waves\[0\]\.from: 'PT1H' should be as long ago as its to, 'PT61M', or longer",
        ),
        (own(failure_jobs=[1]), r"failure_jobs\[0\]: 1 should be an object$"),
        (
            own(failure_jobs=[JOB, {**JOB, "failure_status": "x"}]),
            r"failure_jobs\[1\]\.failure_status: 'x' should be 'createFail', ",
        ),
        (
            own(failure_jobs=[JOB, JOB]),
            r"failure_jobs\[1\]\.job_id: 'j' should be an id that no other job has",
        ),
    ],
)
def test_a_file_that_is_wrong_is_refused_naming_place_value_and_choices(sdrs, content, message):
    with pytest.raises(ValueError, match=message) as caught:
        sdrs.seed(scenario=content)

    assert all(line.startswith("scenario") for line in str(caught.value).splitlines())
    assert sdrs.project_ids == set()


def test_a_wrong_file_is_named(tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(own(groups=["a"], waves=[{"jobs": 5, "groups": ["b"]}])))
    with pytest.raises(
        ValueError,
        match=f"^scenario: {file}: waves\\[0\\]\\.groups\\[0\\]: 'b' should be one of a$",
    ):
        made(file)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"garbage",
        b"[]",
        b"5",
        b"null",
        b"{" * 100_000,
        b'{"a":' * 900 + b"1" + b"}" * 900,
    ],
)
def test_a_file_of_garbage_is_refused_and_named(tmp_path, content):
    file = tmp_path / "mine.json"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=f"^scenario: {file}"):
        made(file)


@pytest.mark.parametrize("path", ["a\x00.json", Path("a\x00b")])
def test_a_path_that_no_system_takes_is_refused(path):
    with pytest.raises(
        ValueError,
        match=(
            r"^scenario: 'a\\x00.*' should be JSON text or a file that can be read: embedded null"
        ),
    ):
        made(path)


def test_no_file_is_an_oserror(tmp_path):
    with pytest.raises(
        FileNotFoundError,
        match=r"scenario: .*none\.json should be JSON text or a file that can be read",
    ):
        made(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"seed": -1}, ValueError, "seed: -1 should be 0 or more"),
        ({"seed": "x"}, TypeError, "seed: 'x' should be a whole number"),
        ({"part": 65536}, ValueError, "part: 65536 should be from 0 to 65,535"),
        ({"anchor": "now"}, ValueError, "anchor: 'now' should be a datetime with a time zone"),
        (
            {"anchor": dt.datetime(1970, 1, 1, tzinfo=dt.UTC)},
            ValueError,
            "anchor: 1970-01-01T00:00:00.000Z should be at least 30 days after",
        ),
    ],
)
def test_a_wrong_parameter_is_refused_and_named(parameters, error, message):
    with pytest.raises(error, match=message):
        made("noisy-group", **parameters)


@pytest.mark.parametrize("more", [{"jobs": 5}, {"groups": 5}])
def test_a_scenario_says_itself_how_much_there_is(sdrs, more):
    with pytest.raises(
        ValueError,
        match=r"^(jobs|groups): 5 should not be given with scenario, which says it already$",
    ):
        sdrs.seed(scenario="noisy-group", **more)


# The package


@pytest.mark.parametrize(
    ("program", "unloaded"),
    [
        ("import sdrs_fake.fake", "sdrs_fake.seeding"),
        ("from sdrs_fake import FakeSdrs; FakeSdrs().add_failure_job()", "sdrs_fake.seeding"),
        ("from sdrs_fake.seeding import dataset", "sdrs_fake.seeding.recipes"),
        ("from sdrs_fake import FakeSdrs; FakeSdrs().seed()", "sdrs_fake.seeding.recipes"),
        ("from sdrs_fake.seeding import scenarios; scenarios()", "faker"),
    ],
)
def test_what_is_not_used_is_not_loaded(program, unloaded):
    code = f"import sys; {program}; sys.exit({unloaded!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
