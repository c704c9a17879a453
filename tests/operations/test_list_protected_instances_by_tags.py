"""POST /v1/{project_id}/protected-instances/resource_instances/action"""

import json

import pytest

from tests.operations.tagging import NO_BODIES, code, rows, send, tagged


def ask(sdrs, **content):
    """A query; a filter where it does not say."""
    content = {"action": "filter", **content}
    return send(sdrs, "POST", "resource_instances/action", content)


def wanted(**tags):
    return [{"key": key, "values": values} for key, values in tags.items()]


def found(sdrs, **query):
    """The names of the instances that a query finds."""
    return {row["resource_name"] for row in ask(sdrs, **query).json["resources"]}


@pytest.fixture
def three(sdrs):
    """Instances that are named by their tags."""
    for tags in ({}, {"a": "1"}, {"a": "2", "b": "1"}, {"a": "1", "b": "22"}):
        name = "".join(f"{key}{value}" for key, value in tags.items()) or "bare"
        sdrs.add_protected_instance(name=name, tags=rows(tags))
    return sdrs


# The documented requests and answers


def test_the_documented_answer_comes_back_with_integers_as_times(sdrs, fixture):
    sample = fixture("examples/list_protected_instances_by_tags")
    detail = sample["resources"][0]["resource_detail"]
    attachment = detail["attachment"][0]
    values = {name: detail[name] for name in detail if name != "attachment"}
    instance = sdrs.add_protected_instance(**values)
    sdrs.add_replication_pair(
        id=attachment["replication"],
        server_group_id=instance.server_group_id,
        attachment=[{"device": attachment["device"], "protected_instance": instance.id}],
    )
    detail.update(created_at=1559031470066, updated_at=1559180400740)

    body = ask(sdrs).body

    assert body.decode() == json.dumps(sample, separators=(",", ":"))


def test_the_documented_filter_leaves_out_what_it_excludes(sdrs, fixture):
    request = fixture("examples/list_protected_instances_by_tags.request")
    for number in range(102):
        sdrs.add_protected_instance(
            name=f"a-Resource1-{number}", tags=[{"key": "key1", "value": "value1"}]
        )
    response = send(sdrs, "POST", "resource_instances/action", request)
    assert response.json == {"resources": [], "total_count": 0}

    without = {name: request[name] for name in request if not name.startswith("not_")}
    page = send(sdrs, "POST", "resource_instances/action", without).json

    assert [row["resource_name"] for row in page["resources"]] == ["a-Resource1-1", "a-Resource1-0"]
    assert page["total_count"] == 102


def test_the_documented_count_is_a_number_alone(sdrs, fixture):
    request = fixture("examples/list_protected_instances_by_tags.request.2")
    sample = fixture("examples/list_protected_instances_by_tags.2")

    answer = send(sdrs, "POST", "resource_instances/action", request).json

    assert answer == {**sample, "total_count": 0}


# What is found


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, {"bare", "a1", "a2b1", "a1b22"}),
        ({"tags": []}, {"bare", "a1", "a2b1", "a1b22"}),
        ({"tags": None, "matches": None}, {"bare", "a1", "a2b1", "a1b22"}),
        ({"tags": wanted(a=[])}, {"a1", "a2b1", "a1b22"}),
        ({"tags": wanted(a=["1"])}, {"a1", "a1b22"}),
        ({"tags": wanted(a=["1", "2"])}, {"a1", "a2b1", "a1b22"}),
        ({"tags": wanted(a=["1"], b=["22"])}, {"a1b22"}),
        ({"tags": wanted(a=["1"], b=["1"])}, set()),
        ({"tags": wanted(b=["2"])}, set()),
        ({"tags": wanted(b=["*2"])}, {"a1b22"}),
        ({"tags": wanted(b=["3", "*2", "1"])}, {"a2b1", "a1b22"}),
        ({"tags": wanted(A=["1"])}, set()),
        ({"tags": [{"key": " a\t", "values": [" 1 "]}]}, {"a1", "a1b22"}),
        ({"tags_any": wanted(a=["2"], b=["22"])}, {"a2b1", "a1b22"}),
        ({"tags_any": wanted(a=["2"], c=[])}, {"a2b1"}),
        ({"not_tags": wanted(a=["1"])}, {"bare", "a2b1"}),
        ({"not_tags": wanted(a=["1"], b=[])}, {"bare", "a1", "a2b1"}),
        ({"not_tags": wanted(c=[])}, {"bare", "a1", "a2b1", "a1b22"}),
        ({"not_tags_any": wanted(a=["2"], b=["22"])}, {"bare", "a1"}),
        ({"not_tags_any": wanted(a=[])}, {"bare"}),
        ({"tags": wanted(a=["1"]), "not_tags": wanted(b=[])}, {"a1"}),
        ({"tags_any": wanted(a=[]), "not_tags_any": wanted(b=["1"])}, {"a1", "a1b22"}),
        ({"matches": [{"key": "resource_name", "value": "A1"}]}, {"a1", "a1b22"}),
        ({"matches": [{"key": "resource_name", "value": "b"}]}, {"bare", "a2b1", "a1b22"}),
        ({"matches": [{"key": "resource_name", "value": ""}]}, {"bare", "a1", "a2b1", "a1b22"}),
        (
            {"tags": wanted(b=[]), "matches": [{"key": "resource_name", "value": "a2"}]},
            {"a2b1"},
        ),
        ({"colour": "red"}, {"bare", "a1", "a2b1", "a1b22"}),
    ],
)
def test_a_query_finds_and_counts_the_same(three, query, names):
    assert found(three, **query) == names
    assert ask(three, action="count", **query).json == {"total_count": len(names)}


def test_what_is_written_is_found_at_once(sdrs):
    instance = tagged(sdrs, a="1")
    seen = [found(sdrs, tags=wanted(a=["1"]))]

    send(sdrs, "POST", f"{instance.id}/tags", {"tag": {"key": "a", "value": "2"}})
    seen += [found(sdrs, tags=wanted(a=[each])) for each in "12"]
    sdrs.delete_protection_group(instance.server_group_id)
    seen.append(found(sdrs, tags=wanted(a=[])))

    assert seen == [{instance.name}, set(), {instance.name}, set()]


# Actions and pages


@pytest.mark.parametrize("action", ["filter\t", " filter", "filter\n", " count\u3000"])
def test_the_action_is_trimmed(sdrs, action):
    assert ask(sdrs, action=action).status == 200


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ({}, "edcba"),
        ({"limit": 2}, "ed"),
        ({"limit": "2"}, "ed"),
        ({"limit": "0002", "offset": "1"}, "dc"),
        ({"limit": 1000, "offset": 3}, "ba"),
        ({"offset": 0}, "edcba"),
        ({"offset": "4"}, "a"),
        ({"offset": 5}, ""),
        ({"offset": 2147483647}, ""),
        ({"limit": None, "offset": None}, "edcba"),
    ],
)
def test_a_page_is_the_newest_first_and_total_count_is_all_that_match(sdrs, page, names):
    for name in "abcde":
        sdrs.add_protected_instance(name=name)

    answer = ask(sdrs, **page).json

    assert "".join(row["resource_name"] for row in answer["resources"]) == names
    assert answer["total_count"] == 5


def test_a_page_has_1000_rows_at_most(sdrs):
    sdrs.import_data({"protected_instances": many(1001)})

    sizes = [len(ask(sdrs, offset=offset).json["resources"]) for offset in (0, 1000, 1001)]

    assert sizes == [1000, 1, 0]


def many(count):
    common = {"server_group_id": "g", "created_at": "2019-05-28 08:17:50.0"}
    common["updated_at"] = common["created_at"]
    ids = [{"id": f"i{number}", "name": f"n{number}"} for number in range(count)]
    servers = [{"source_server": f"s{number}", "target_server": "t"} for number in range(count)]
    return [{**common, **one, **other} for one, other in zip(ids, servers, strict=True)]


def test_no_value_of_an_instance_looks_like_a_part_of_its_row(sdrs):
    odd = '"created_at":"x","priority_station":,"tags":[],"metadata":{'
    instance = sdrs.add_protected_instance(
        id=odd, name=odd, description=odd, tags=[{"key": odd, "value": odd}], metadata={odd: odd}
    )

    (row,) = ask(sdrs).json["resources"]

    assert (row["resource_id"], row["resource_name"]) == (odd, odd)
    assert row["tags"] == row["resource_detail"]["tags"] == [{"key": odd, "value": odd}]
    assert row["resource_detail"] == {
        **json.loads(instance.wire_json),
        "created_at": row["resource_detail"]["created_at"],
        "updated_at": row["resource_detail"]["updated_at"],
    }


# Refusals


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"action": "explode"}, "SDRS.2210"),
        ({"action": "Filter"}, "SDRS.2210"),
        ({"action": ""}, "SDRS.2210"),
        ({"action": 1}, "SDRS.2210"),
        ({"action": ["filter"]}, "SDRS.2210"),
        ({"action": None}, "SDRS.0201"),
        ({"action": "count", "limit": 1}, "SDRS.2211"),
        ({"action": "count", "offset": "0"}, "SDRS.2211"),
        *(
            ({"limit": limit}, "SDRS.2220")
            for limit in (0, "0", 1001, "1001", -1, "-1", "", " 1", "1.0", 1.0, True, [1], "1" * 30)
        ),
        *(
            ({"offset": offset}, "SDRS.0222")
            for offset in (-1, "-1", "", "+1", "x", 1.5, False, {}, 2**31, "2147483648", 10**30)
        ),
    ],
)
def test_a_wrong_action_or_page_is_refused(sdrs, query, expected):
    assert code(ask(sdrs, **query)) == (400, expected)


@pytest.mark.parametrize("name", ["tags", "tags_any", "not_tags", "not_tags_any"])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"key": "a", "values": []}, "SDRS.0201"),
        ("a", "SDRS.0201"),
        ([None], "SDRS.0201"),
        (["a"], "SDRS.0201"),
        ([{"values": []}], "SDRS.0201"),
        ([{"key": None, "values": []}], "SDRS.0201"),
        ([{"key": 1, "values": []}], "SDRS.2204"),
        ([{"key": "k" * 128, "values": []}], "SDRS.2204"),
        ([{"key": " ", "values": []}], "SDRS.2205"),
        ([{"key": "a"}], "SDRS.0201"),
        ([{"key": "a", "values": None}], "SDRS.0201"),
        ([{"key": "a", "values": "1"}], "SDRS.0201"),
        ([{"key": "a", "values": [1]}], "SDRS.0201"),
        ([{"key": "a", "values": [None]}], "SDRS.0201"),
        ([{"key": "a", "values": ["*"]}], "SDRS.0201"),
        ([{"key": "a", "values": [" * "]}], "SDRS.0201"),
        ([{"key": "a", "values": ["v" * 256]}], "SDRS.2207"),
        ([{"key": "a", "values": ["1", " 1"]}], "SDRS.2219"),
        ([{"key": "a", "values": [str(number) for number in range(11)]}], "SDRS.2218"),
        ([{"key": "a", "values": []}, {"key": " a", "values": ["1"]}], "SDRS.2209"),
        ([{"key": str(number), "values": []} for number in range(11)], "SDRS.2218"),
    ],
)
def test_a_wrong_list_of_tags_is_refused(sdrs, name, given, expected):
    assert code(ask(sdrs, **{name: given})) == (400, expected)


def test_a_list_has_ten_keys_and_a_key_ten_values_at_most(sdrs):
    values = ["v" * 255, "*" + "v" * 254, "**", *map(str, range(7))]
    keys = ["k" * 127, " " + "l" * 127 + " ", *map(str, range(8))]

    full = [{"key": key, "values": values} for key in keys]

    assert ask(sdrs, tags=full, tags_any=full, not_tags=full, not_tags_any=full).status == 200


@pytest.mark.parametrize(
    ("matches", "expected"),
    [
        ([], "SDRS.2212"),
        ({}, "SDRS.0201"),
        ("resource_name", "SDRS.0201"),
        ([None], "SDRS.0201"),
        ([{}], "SDRS.2213"),
        ([{"key": "", "value": "x"}], "SDRS.2213"),
        ([{"key": None, "value": "x"}], "SDRS.2213"),
        ([{"key": "resource_id", "value": "x"}], "SDRS.2214"),
        ([{"key": ["resource_name"], "value": "x"}], "SDRS.2214"),
        ([{"key": "resource_name", "value": "x"}] * 2, "SDRS.2215"),
        ([{"key": "resource_name"}], "SDRS.2216"),
        ([{"key": "resource_name", "value": None}], "SDRS.2216"),
        ([{"key": "resource_name", "value": 1}], "SDRS.2217"),
        ([{"key": "resource_name", "value": ["x"]}], "SDRS.2217"),
        ([{"key": "resource_name", "value": "x" * 256}], "SDRS.2217"),
    ],
)
def test_wrong_matches_are_refused(sdrs, matches, expected):
    assert code(ask(sdrs, matches=matches)) == (400, expected)


@pytest.mark.parametrize("body", NO_BODIES)
def test_what_is_no_body_is_sdrs_0201(sdrs, body):
    assert code(send(sdrs, "POST", "resource_instances/action", body)) == (400, "SDRS.0201")
