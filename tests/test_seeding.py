"""Datasets: what they hold, and that nothing but their parameters decides it."""

import datetime as dt
import json
import random
import re
import subprocess
import sys
import threading
import tracemalloc
from collections import Counter, deque
from dataclasses import astuple, replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import faker
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdrs_fake import FakeSdrs, seeding
from sdrs_fake.seeding import DATASET_VERSION, Parameters, check_coherent, dataset, datasets, stream
from sdrs_fake.seeding.failures import DECK

ROOT = Path(__file__).parent.parent
ANCHOR = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
MONTH = dt.timedelta(days=30)
NAME = re.compile(r"[A-Za-z0-9._\-\u4e00-\u9fff]+")

seeds = st.integers(0, 2**80)
sizes = st.integers(0, 300)
group_counts = st.integers(1, 8)
ages = st.timedeltas(dt.timedelta(0), dt.timedelta(days=9999))


def made(jobs=24, groups=3, seed=0, anchor=ANCHOR, part=0):
    return dataset(jobs, groups, seed, anchor=anchor, part=part)


def resources(data):
    """The ids of all that failed or could have."""
    return {group.id for group in data.groups} | {job.resource_id for job in data.jobs}


def canonical(data):
    """A dataset as a text that no library has a say in."""
    groups = [f"{group.id}|{group.name}" for group in data.groups]
    jobs = ["|".join(map(str, astuple(job))) for job in data.jobs]
    return "\n".join([*groups, *jobs])


def pairs(jobs):
    return {(job.resource_type, str(job.failure_status)) for job in jobs}


# The same parameters, the same dataset


@pytest.mark.parametrize(
    ("parameters", "digest"),
    [
        ({}, "8b6e092115634287e6adfd5d085358d3d67fcd6db372503e4fc8f21777094469"),
        (
            {"jobs": 0, "groups": 0},
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            {"jobs": 1, "groups": 1, "seed": 1},
            "e92b4e987bc30636bd172a57b48d95bf2a81a72c20420e9f7f8d4d9249f5a826",
        ),
        (
            {"jobs": 200, "groups": 8, "seed": 20},
            "a28b1cea4468a68f732ccad5f3a01936fdfbf63460a64c4999f0399eb3297bae",
        ),
        (
            {"jobs": 200, "groups": 8, "seed": 20, "part": 1},
            "0713c8ea413fc87a6a740bb8edd1a51678741b96a74b606b7ddaa42fc14b7c74",
        ),
        (
            {"jobs": 3000, "groups": 40, "seed": 2**70, "part": 0xFFFF},
            "215010ec82aa72085805874004b2c616c6eea082673266cadd89b79761114d4d",
        ),
        (
            {"anchor": "2019-01-21T12:56:35.754999+08:00"},
            "1d399b9db9f5f6d59793cc3b2aa70224f501f0acc1d186f15e31f54174070b04",
        ),
    ],
)
def test_a_dataset_of_version_1_is_this_one_for_ever(parameters, digest):
    assert DATASET_VERSION == 1
    assert sha256(canonical(made(**parameters)).encode()).hexdigest() == digest


@given(jobs=sizes, groups=group_counts, seed=seeds, part=st.integers(0, 0xFFFF))
def test_a_stream_gives_the_jobs_of_the_dataset(jobs, groups, seed, part):
    data = made(jobs, groups, seed, part=part)

    assert tuple(stream(jobs, groups, seed, anchor=ANCHOR, part=part)) == data.jobs
    assert len(data.jobs) == jobs
    assert len(data.groups) == groups


def test_a_stream_takes_little_room():
    jobs = stream(20_000, anchor=ANCHOR)
    tracemalloc.start()
    deque(jobs, maxlen=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 64 * 1024


def test_a_dataset_holds_the_parameters_that_make_it_again():
    data = made(5, 2, 7, "2026-06-01T08:00:00.1239+08:00", 3)

    anchor = ANCHOR.replace(microsecond=123000)
    assert data.parameters == Parameters(version=1, jobs=5, groups=2, seed=7, anchor=anchor, part=3)
    assert made(5, 2, 7, data.parameters.anchor, 3) == data
    assert repr(data) == f"Dataset(parameters={data.parameters!r})"


@given(seed=seeds, age=ages)
def test_names_and_resources_do_not_depend_on_the_anchor(seed, age):
    now, then = made(60, 5, seed), made(60, 5, seed, ANCHOR - age)

    assert then.groups == now.groups
    assert [replace(job, job_id="any", begin_time=ANCHOR) for job in then.jobs] == [
        replace(job, job_id="any", begin_time=ANCHOR) for job in now.jobs
    ]


def test_groups_do_not_depend_on_the_number_of_jobs():
    assert made(0, 5).groups == made(300, 5).groups


@pytest.mark.parametrize(
    ("name", "other"), [("seed", 1), ("part", 1), ("anchor", ANCHOR + dt.timedelta(seconds=1))]
)
def test_another_seed_part_or_anchor_gives_other_job_ids(name, other):
    ids = [{job.job_id for job in made(**parameters).jobs} for parameters in ({}, {name: other})]

    assert ids[0].isdisjoint(ids[1])


@pytest.mark.parametrize("other", [{"seed": 1}, {"part": 1}])
def test_another_seed_or_part_draws_otherwise_from_the_start(other):
    assert made(**other).groups[0].id[:8] != made().groups[0].id[:8]


def test_all_is_drawn_by_random_and_getrandbits(monkeypatch):
    def meagre(parameters):
        source = full(parameters)
        return SimpleNamespace(random=source.random, getrandbits=source.getrandbits)

    full = datasets.source_of
    expected = made(300, 8)
    monkeypatch.setattr(datasets, "source_of", meagre)

    assert made(300, 8) == expected


def test_a_dataset_leaves_other_random_streams_alone():
    random.seed(1)
    faker.Faker.seed(1)
    before = random.getstate(), faker.generator.random.getstate()

    made()

    assert (random.getstate(), faker.generator.random.getstate()) == before


# Ids


@given(
    parts=st.lists(st.integers(0, 0xFFFF), min_size=2, max_size=2, unique=True),
    seed=seeds,
    age=ages,
)
def test_ids_of_different_parts_never_meet(parts, seed, age):
    one, other = made(60, 4, part=parts[0]), made(60, 4, seed, ANCHOR - age, parts[1])

    # In these digits nothing is drawn, so it is not by luck that they differ.
    assert {job.job_id[8:16] for job in one.jobs}.isdisjoint(job.job_id[8:16] for job in other.jobs)
    assert {each[-12:] for each in resources(one)}.isdisjoint(
        each[-12:] for each in resources(other)
    )


def test_ids_stay_apart_when_the_counter_starts_again():
    jobs = list(stream(70_000, anchor=ANCHOR))

    assert len({job.job_id for job in jobs}) == 70_000
    assert len({job.job_id[8:16] for job in jobs}) == 2


def test_job_ids_count_up_with_time():
    assert [int(job.job_id[28:], 16) for job in made(50).jobs] == [*range(49, -1, -1)]


def test_resource_ids_are_uuids_of_version_4():
    uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

    assert all(map(uuid.fullmatch, resources(made(300, 8))))


# What the jobs say


@given(jobs=sizes, groups=group_counts, seed=seeds, part=st.integers(0, 0xFFFF))
def test_jobs_are_coherent(jobs, groups, seed, part):
    data = made(jobs, groups, seed, part=part)

    check_coherent(data.jobs, data.groups, anchor=ANCHOR)
    assert len({job.job_id for job in data.jobs}) == jobs


def test_jobs_are_what_validation_would_have_made_of_them():
    for job in stream(300, 8, anchor=ANCHOR):
        validated = replace(job)

        assert validated == job
        assert [*map(type, astuple(validated))] == [*map(type, astuple(job))]
        assert validated.wire_json == job.wire_json


@given(jobs=sizes, seed=seeds)
def test_a_third_of_the_jobs_are_of_groups_themselves(jobs, seed):
    data = made(jobs - jobs % 21, seed=seed)

    assert sum(job.resource_type == "server_groups" for job in data.jobs) * 3 == len(data.jobs)


@given(seed=seeds)
def test_every_21_jobs_hold_every_way_to_fail(seed, fixture):
    rows = fixture("job_types")["job_types"]
    documented = {
        (row["resource_type"], row["failure_status"]) for row in rows if row["failure_status"]
    }

    assert len(documented) == 17
    assert (
        pairs(made(21, seed=seed).jobs) == pairs(made(200, seed=seed).jobs[-21 * 2 :]) == documented
    )


def test_both_forms_of_reasons_occur_as_often(fixture):
    messages = {row["code"]: row["message"] for row in fixture("error_codes")["errors"]}
    jobs = made(3000).jobs
    own = [job for job in jobs if "Task-fail:" not in job.fail_reason]

    assert all(messages[job.error_code] == job.fail_reason for job in own)
    assert 0.45 < len(own) / len(jobs) < 0.55


def test_every_way_to_fail_has_a_reason_of_another_service(fixture):
    sample = fixture("list_failure_jobs")["failure_jobs"][0]
    ways = [way for ways in DECK for way in ways]
    beneath = {
        (way.error_code, way.fail_reason)
        for way in ways
        if re.match(r"Sdrs[A-Za-z]+Task-fail:\S", way.fail_reason)
    }

    assert (sample["error_code"], sample["fail_reason"]) in beneath
    assert {code.partition(".")[0] for code, _ in beneath} == {"EVS", "Ecs", "VPC"}
    assert all(any(way[3:] in beneath for way in ways) for ways in DECK)


def test_job_types_are_the_documented_ones(fixture):
    rows = fixture("job_types")["job_types"]

    assert {job.job_type for job in made(21).jobs} == {
        row["job_type"] for row in rows if row["job_type"] and row["failure_status"]
    }


# Names


@given(seed=seeds, groups=group_counts)
def test_one_resource_in_five_has_a_chinese_name(seed, groups):
    data = made(300, groups, seed)
    names = {job.resource_id: job.resource_name for job in data.jobs} | {
        group.id: group.name for group in data.groups
    }
    chinese = sum(not name.isascii() for name in names.values())

    assert chinese in {len(names) // 5, len(names) // 5 + 1}


def test_names_are_such_as_the_service_takes():
    names = {job.resource_name for job in stream(20_000, 40, anchor=ANCHOR)}

    assert all(NAME.fullmatch(name) and len(name.encode()) <= 64 for name in names)


@pytest.mark.parametrize(
    "form",
    [
        *(
            r"Protection-Group-[0-9a-f]{4}",
            r"Protected-Instance-[0-9a-f]{4}",
            r"Replication-Pair-[0-9a-f]{4}",
            r"DR-Drill-[0-9a-f]{4}",
        ),
        *(
            r"[a-z]+-[a-z]+-pg-\d\d",
            r"[a-z]+-[a-z]+-\d\d",
            r"[a-z]+-[a-z]+-\d\d-[a-z]+",
            r"[a-z]+-drill-\d\d",
        ),
        *(r"\w+系统保护组-\d\d", r"\w+数据库-\d\d", r"\w+数据库-\d\d-数据盘", r"\w+容灾演练-\d\d"),
    ],
)
def test_names_come_in_all_forms(form):
    data = made(2000, 40)

    assert any(re.fullmatch(form, job.resource_name) for job in data.jobs)


# Resources and groups


def test_several_jobs_share_a_resource():
    inside = Counter(
        job.resource_id for job in made(200).jobs if job.resource_type != "server_groups"
    )

    assert 2 < inside.total() / len(inside) < 4


def test_nothing_failed_on_a_resource_before_its_creation():
    created = set()
    for job in stream(3000, anchor=ANCHOR):  # newest first
        assert job.resource_id not in created
        if job.failure_status == "createFail" and job.resource_type != "server_groups":
            created.add(job.resource_id)


@pytest.mark.parametrize(("groups", "quiet"), [(1, 0), (3, 0), (4, 1), (7, 1), (8, 2)])
def test_one_group_in_four_has_no_failures(groups, quiet):
    data = made(300, groups)

    assert (
        len({group.id for group in data.groups} - {job.server_group_id for job in data.jobs})
        == quiet
    )


def test_groups_without_jobs_are_possible():
    assert (len(made(0, 3).jobs), len(made(0, 3).groups)) == (0, 3)


# Time


@given(jobs=sizes, seed=seeds)
def test_the_newest_comes_first(jobs, seed):
    times = [job.begin_time for job in made(jobs, seed=seed).jobs]

    assert times == sorted(times, reverse=True)


def test_half_of_the_jobs_are_of_the_last_quarter_of_the_30_days():
    recent = [job for job in made(1000).jobs if job.begin_time > ANCHOR - MONTH / 4]

    assert abs(len(recent) - 500) <= 1


@pytest.mark.parametrize("seed", range(8))
def test_not_even_the_newest_id_of_all_is_of_the_future(seed):
    newest = next(stream(100_000_000, seed=seed, anchor=ANCHOR))

    assert 0 <= ANCHOR.timestamp() * 1000 - int(newest.job_id[16:28], 16) < 4


@pytest.mark.parametrize(
    "anchor", ["1970-01-31T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-01T00:00:00+14:00"]
)
def test_any_anchor_from_30_days_after_1970_began_will_do(anchor):
    check_coherent(made(anchor=anchor).jobs, anchor=dt.datetime.fromisoformat(anchor))


# Refusals


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"jobs": -1}, ValueError, "jobs: -1 should be from 0 to 100,000,000"),
        ({"jobs": 100_000_001}, ValueError, "jobs: 100000001 should be from 0 to 100,000,000"),
        ({"jobs": 1.0}, TypeError, "jobs: 1.0 should be a whole number"),
        ({"jobs": True}, TypeError, "jobs: True should be a whole number"),
        ({"groups": -1}, ValueError, "groups: -1 should be from 0 to 1,000,000"),
        ({"groups": "3"}, TypeError, "groups: '3' should be a whole number"),
        (
            {"jobs": 5, "groups": 0},
            ValueError,
            "groups: 0 should be at least 1 where there are jobs",
        ),
        ({"seed": -1}, ValueError, "seed: -1 should be 0 or more"),
        ({"seed": "spring"}, TypeError, "seed: 'spring' should be a whole number"),
        ({"seed": None}, TypeError, "seed: None should be a whole number"),
        ({"part": 65536}, ValueError, "part: 65536 should be from 0 to 65,535"),
        (
            {"anchor": ANCHOR.replace(tzinfo=None)},
            ValueError,
            "anchor: .* should be a datetime with a time zone",
        ),
        (
            {"anchor": "yesterday"},
            ValueError,
            "anchor: 'yesterday' should be a datetime with a time zone",
        ),
        ({"anchor": None}, ValueError, "anchor: None should be a datetime with a time zone"),
        (
            {"anchor": "1970-01-30T23:59:59Z"},
            ValueError,
            "anchor: .* should be at least 30 days after 1970 began",
        ),
    ],
)
@pytest.mark.parametrize("make", [dataset, stream])
def test_a_wrong_parameter_is_refused_at_once_and_named(make, parameters, error, message):
    with pytest.raises(error, match=message):
        make(**{"anchor": ANCHOR, **parameters})


# The package


def test_public_names_are_all_there():
    assert all(
        getattr(seeding, name).__module__.startswith("sdrs_fake.seeding.")
        for name in dir(seeding)
        if name != "DATASET_VERSION"
    )


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = seeding.nothing


@pytest.mark.parametrize(
    ("imports", "brought"),
    [
        ("import sdrs_fake.seeding", False),
        ("from sdrs_fake.seeding import Dataset, check_coherent, dataset, stream", False),
        ("from sdrs_fake.seeding import SdrsProvider", True),
    ],
)
def test_only_the_provider_brings_faker(imports, brought):
    code = f"import sys; {imports}; sys.exit('faker' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == brought


def test_the_examples_of_the_document_run():
    text = (ROOT / "docs" / "datasets.md").read_text(encoding="utf-8")

    for example in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(example, {})


def test_seeding_a_fake_that_holds_such_a_dataset_already_takes_another_part():
    with FakeSdrs() as one, FakeSdrs() as two:
        rows = [json.loads(job.wire_json) for job in one.seed(anchor=ANCHOR).jobs]
        two.load_failure_jobs({"failure_jobs": rows})
        made = [two.seed(anchor=ANCHOR) for _ in range(2)]

        assert [dataset.parameters.part for dataset in made] == [1, 2]
        assert len(two.failure_jobs) == 3 * 24


def test_threads_that_seed_at_once_get_parts_of_their_own(sdrs):
    threads = [threading.Thread(target=sdrs.seed, args=(20,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(dataset.part for dataset in sdrs.datasets) == list(range(8))
    assert len({job.job_id for job in sdrs.failure_jobs}) == 160


def test_a_seed_of_thousands_of_digits_is_refused():
    with pytest.raises(ValueError, match="seed: a number of 16610 bits should have at most 4096"):
        dataset(seed=10**5000, anchor=ANCHOR)
