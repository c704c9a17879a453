"""Datasets: nothing but their options decides them."""

import datetime as dt
import random
import re
import subprocess
import sys
import tracemalloc
from collections import deque
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import faker
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdrs_fake import seeding
from sdrs_fake.errors import ParameterError
from sdrs_fake.seeding import DATASET_VERSION, SeedSpec, dataset, datasets, scenario, stream
from tests.seeding.cases import AS_OF, canonical, drawn, outlines, resources, timeless

ROOT = Path(__file__).parent.parent.parent

seeds = st.integers(0, 2**80)
sizes = st.integers(0, 300)
NODES = 4

group_counts = st.integers(1, 8)
ages = st.timedeltas(dt.timedelta(0), dt.timedelta(days=9999))


def ids_of(data):
    """The ids of all that is there or that failed."""
    return {each.id for each in resources(data)} | {job.resource_id for job in data.failure_jobs}


# The same options, the same dataset


@pytest.mark.parametrize(
    ("options", "digest"),
    [
        ({}, "4d764cd8bf8822893067fce44f799895ebbfc1ef237053a447601dc0865afa94"),
        (
            {"failures": 0, "groups": 0},
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            {"failures": 1, "groups": 1, "seed": 1},
            "e7edcc7ac9a8d6929cc59a394579d97b1d4ceffe8c4065e3f330ac99097db242",
        ),
        (
            {"failures": 200, "groups": 8, "seed": 20},
            "afc7fadc3f62b0af5b36632a724a5e644286045c36485a83042ac03c2e48060e",
        ),
        (
            {"failures": 200, "groups": 8, "seed": 20, "batch": 1},
            "529d95a39ebd3625bf4e37a8cdf63e157838a39c70063c99296defb11606121b",
        ),
        (
            {"failures": 3000, "groups": 40, "seed": 2**70, "batch": 0xFFFF},
            "ee5dba30b0825c7e77a8f3783d51737129a11305d7298e57e4a6a5076e2b24f1",
        ),
        (
            {"as_of": "2019-01-21T12:56:35.754999+08:00"},
            "08c7e0c6b2a6c805e9e4190e65be5c753c09d83ea61a993cb5d340964b826d50",
        ),
    ],
)
def test_a_dataset_of_version_2_is_this_one_for_ever(options, digest):
    assert DATASET_VERSION == 2
    assert sha256(canonical(drawn(**options)).encode()).hexdigest() == digest


@given(failures=sizes, groups=group_counts, seed=seeds, batch=st.integers(0, 0xFFFF))
def test_a_stream_gives_the_jobs_of_the_dataset(failures, groups, seed, batch):
    data = drawn(failures, groups, seed, batch=batch)

    assert tuple(stream(failures, groups, seed, as_of=AS_OF, batch=batch)) == data.failure_jobs
    assert len(data.failure_jobs) == failures
    assert len(data.groups) == groups


def test_a_stream_takes_little_room():
    jobs = stream(20_000, as_of=AS_OF)
    tracemalloc.start()
    deque(jobs, maxlen=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 64 * 1024


def test_a_dataset_has_the_spec_that_makes_it_again():
    data = drawn(5, 2, 7, "2026-06-01T08:00:00.1239+08:00", 3)

    as_of = AS_OF.replace(microsecond=123000)
    assert data.spec == SeedSpec(failures=5, groups=2, seed=7, as_of=as_of, batch=3)
    assert drawn(5, 2, 7, data.spec.as_of, 3) == data
    assert repr(data) == f"Dataset(spec={data.spec!r})"


@given(seed=seeds, age=ages)
def test_names_and_resources_do_not_depend_on_as_of(seed, age):
    now, then = drawn(60, 5, seed), drawn(60, 5, seed, AS_OF - age)

    assert outlines(then) == outlines(now)
    assert timeless(then) == timeless(now)


def test_the_ids_and_names_of_groups_do_not_depend_on_the_number_of_jobs():
    few, many = drawn(0, 5), drawn(300, 5)

    assert [(each.id, each.name) for each in few.groups] == [
        (each.id, each.name) for each in many.groups
    ]


@pytest.mark.parametrize(
    ("name", "other"), [("seed", 1), ("batch", 1), ("as_of", AS_OF + dt.timedelta(seconds=1))]
)
def test_another_seed_batch_or_as_of_gives_other_job_ids(name, other):
    ids = [{job.job_id for job in drawn(**options).failure_jobs} for options in ({}, {name: other})]

    assert ids[0].isdisjoint(ids[1])


@pytest.mark.parametrize("other", [{"seed": 1}, {"batch": 1}])
def test_another_seed_or_batch_draws_otherwise_from_the_start(other):
    assert drawn(**other).groups[0].id[:8] != drawn().groups[0].id[:8]


def test_all_is_drawn_by_random_and_getrandbits(monkeypatch):
    def restricted(spec):
        source = full(spec)
        return SimpleNamespace(random=source.random, getrandbits=source.getrandbits)

    full = datasets.random_source
    expected = drawn(300, 8), scenario("noisy-group", as_of=AS_OF)
    monkeypatch.setattr(datasets, "random_source", restricted)

    assert (drawn(300, 8), scenario("noisy-group", as_of=AS_OF)) == expected


def test_a_dataset_leaves_other_random_streams_alone():
    random.seed(1)
    faker.Faker.seed(1)
    before = random.getstate(), faker.generator.random.getstate()

    drawn()
    scenario("noisy-group", as_of=AS_OF)

    assert (random.getstate(), faker.generator.random.getstate()) == before


# Ids


@given(
    batches=st.lists(st.integers(0, 0xFFFF), min_size=2, max_size=2, unique=True),
    seed=seeds,
    age=ages,
)
def test_ids_of_different_batches_never_meet(batches, seed, age):
    one, other = drawn(60, 4, batch=batches[0]), drawn(60, 4, seed, AS_OF - age, batches[1])

    # In these digits nothing is drawn, so it is not by luck that they differ.
    starts = [{job.job_id[8:16] for job in data.failure_jobs} for data in (one, other)]
    assert starts[0].isdisjoint(starts[1])
    ends = [{each[-12:] for each in ids_of(data)} for data in (one, other)]
    assert ends[0].isdisjoint(ends[1])


def test_ids_stay_apart_when_the_counter_starts_again():
    jobs = list(stream(70_000, as_of=AS_OF))

    assert len({job.job_id for job in jobs}) == 70_000
    assert len({job.job_id[8:16] for job in jobs}) == 2 * NODES


def test_several_nodes_make_the_ids_by_turns_each_with_a_high_counter_that_rises_with_time():
    counters = {}
    for job in drawn(500).failure_jobs:
        counters.setdefault(job.job_id[8:16], []).append(int(job.job_id[28:], 16))

    assert len(counters) == NODES
    for each in counters.values():
        assert each == sorted(each, reverse=True)
        assert min(each) > 0x1000


def test_resource_ids_are_uuids_of_version_4():
    uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

    assert all(map(uuid.fullmatch, ids_of(drawn(300, 8))))


# Refusals


@pytest.mark.parametrize("make", [dataset, stream])
@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("failures", -1, "-1 should be an integer from 0 to 100,000,000"),
        ("failures", 100_000_001, "100000001 should be an integer from 0 to 100,000,000"),
        ("failures", 1.0, "1.0 should be an integer from 0 to 100,000,000"),
        ("failures", True, "True should be an integer from 0 to 100,000,000"),
        ("failures", None, "None should be a value"),
        ("groups", 1_000_001, "1000001 should be an integer from 0 to 1,000,000"),
        ("groups", 0, "0 should be at least 1 where there are failures"),
        ("seed", "spring", "'spring' should be an integer from 0 to 2**4096 - 1"),
        pytest.param(
            "seed",
            10**5000,
            "a number of 16610 bits should be an integer from 0 to 2**4096 - 1",
            id="seed-long",
        ),
        ("batch", 65536, "65536 should be an integer from 0 to 65,535"),
        ("as_of", AS_OF.replace(tzinfo=None), "should be a datetime with a time zone"),
        ("as_of", "yesterday", "'yesterday' should be a datetime with a time zone"),
        ("as_of", None, "None should be a value"),
        ("as_of", "1970-01-30T23:59:59Z", "should be at least 30 days after 1970 began"),
    ],
)
def test_a_wrong_option_is_refused_at_once_and_named(make, name, value, reason):
    with pytest.raises(ParameterError) as caught:
        make(**{"as_of": AS_OF, name: value})

    assert caught.value.name == name
    assert reason in caught.value.reason


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
    ("program", "module", "loaded"),
    [
        ("import sdrs_fake.seeding", "faker", False),
        ("from sdrs_fake.seeding import scenarios; scenarios()", "faker", False),
        ("from sdrs_fake import FakeSdrs; FakeSdrs().add_failure_job()", "faker", False),
        ("from sdrs_fake.seeding import SdrsProvider", "faker", True),
        ("from sdrs_fake import FakeSdrs", "sdrs_fake.seeding.scenario_file", False),
        ("from sdrs_fake import FakeSdrs; FakeSdrs().seed()", "sdrs_fake.seeding.scenario_file", 0),
    ],
)
def test_what_is_not_used_is_not_loaded(program, module, loaded):
    code = f"import sys; {program}; sys.exit({module!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == loaded


def test_the_examples_of_the_document_run():
    text = (ROOT / "docs" / "datasets.md").read_text(encoding="utf-8")

    for example in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(example, {})
