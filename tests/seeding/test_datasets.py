"""Datasets: nothing but their options decides them."""

import datetime as dt
import pickle
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
from sdrs_fake.seeding import (
    DATASET_VERSION,
    SeedSpec,
    assert_consistent,
    dataset,
    datasets,
    scenario,
    stream,
)
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


def test_a_dataset_is_the_same_after_it_was_sent_to_another_process():
    data = drawn(100, 4)
    copy = pickle.loads(pickle.dumps(data))

    assert copy == data
    assert copy.members() == data.members()
    assert_consistent(copy)


# The same options, the same dataset


@pytest.mark.parametrize(
    ("options", "digest"),
    [
        ({}, "4c18abcd171299b0ecd4310d5c3162a8f440e9d7dfccd3208a2a587e5158a212"),
        (
            {"failures": 0, "groups": 0},
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            {"failures": 1, "groups": 1, "seed": 1},
            "6bad06bcf686e2e10cbf9fd958947388f9e2c09c3690be89152fd46f811af530",
        ),
        (
            {"failures": 200, "groups": 8, "seed": 20},
            "35676568f3e6c0ca136bac44b31d030fd3be799b8775dbc3fd774faad7130f9b",
        ),
        (
            {"failures": 200, "groups": 8, "seed": 20, "batch": 1},
            "cda332c87edef6426df299b3bb5fde1cabcf5f5427795ba31ed01b7d1d808ce0",
        ),
        (
            {"failures": 3000, "groups": 40, "seed": 2**70, "batch": 0xFFFF},
            "767823e6c0b2220f6569b91d21575fcd10e19478c684620269ca93951fc69adf",
        ),
        (
            {"as_of": "2019-01-21T12:56:35.754999+08:00"},
            "c07e138bee0da55d3a851f8be3ea4859b602944a3650f11a3580f914cccac7a2",
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
        ("as_of", "1970-12-31T23:59:59Z", "should be at least a year after 1970 began"),
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
