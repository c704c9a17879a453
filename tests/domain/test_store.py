"""The domain core as a library, without HTTP."""

import datetime as dt

import pytest

from sdrs_fake import Behavior
from sdrs_fake.domain.failure_jobs import FailureJob, FailureJobQuery, select
from sdrs_fake.domain.fields import read
from sdrs_fake.domain.groups import ProtectionGroup
from sdrs_fake.domain.refusals import ApiError
from sdrs_fake.domain.store import SharedIds, Store, at_once, changed, paginate


@pytest.fixture
def store():
    store = Store()
    store.put(
        FailureJob(
            resource_id="r",
            resource_name="web",
            resource_type="server_groups",
            failure_status="createFail",
            job_id=f"{number}",
            job_type="createProtectionGroupNoCG",
            begin_time=dt.datetime(2026, 1, 1 + number, tzinfo=dt.UTC),
            error_code="SDRS.1014",
            fail_reason="Failed",
        )
        for number in range(3)
    )
    return store


def test_a_list_is_filtered_ordered_counted_and_paged(store):
    query = FailureJobQuery(limit=1, offset=1)

    listing = paginate(
        store.view(query.filters, lambda jobs: select(jobs, query, Behavior())), query, Behavior()
    )

    assert (listing.count, listing.rows) == (3, [store.ordered()[1].wire_json])


@pytest.mark.parametrize(
    ("bound", "most", "computed"),
    [("KEPT_VIEWS", 2, "abca"), ("KEPT_ROWS", 7, "abca"), ("KEPT_ROWS", 2, "abcbca")],
)
def test_the_newest_views_are_kept_and_others_computed_again(
    store, monkeypatch, bound, most, computed
):
    monkeypatch.setattr(f"sdrs_fake.domain.store.{bound}", most)
    seen = []

    for key in "aabcbca":
        view = store.view(key, lambda jobs, key=key: seen.append(key) or jobs)
        assert len(view) == 3

    assert "".join(seen) == computed


@pytest.mark.parametrize("raw", [{"limit": 5}, {"limit": "5"}])
def test_a_query_is_read_from_numbers_and_from_text(raw):
    assert read(FailureJobQuery, raw).limit == 5


def test_a_query_that_is_wrong_is_refused_with_its_fields_row():
    with pytest.raises(
        ApiError, match=r"400 SDRS\.0222: offset value cannot be negative, and must be an integer"
    ):
        read(FailureJobQuery, {"offset": -1})


@pytest.mark.parametrize("written", [0, 1])
def test_ids_that_are_shared_differ_once_one_of_both_is_written_to(written):
    ids = SharedIds()
    at_once([ids.adding(["a", "b"])])
    both = [ids, ids.copy()]

    at_once([both[written].removing(["a", "x"]), both[written].adding(["c"])])

    other = both[1 - written]
    assert [key in both[written] for key in "abc"] == [False, True, True]
    assert [key in other for key in "abc"] == [True, True, False]
    assert len(other) == 2


def test_an_item_is_found_by_its_further_ids_until_it_goes_in_each_copy_for_itself():
    store = Store(lambda group: (group.source_vpc_id,))
    group = ProtectionGroup(id="g", name="g", source_vpc_id="vpc")
    store.put([group])
    renamed = changed(group, name="other")
    store.put([renamed])
    twin = store.copy()

    at_once(store.removing([renamed]))

    assert (store.named("vpc"), twin.named("vpc"), twin.named("other")) == (None, renamed, None)
