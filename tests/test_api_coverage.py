"""`--sdrs-coverage`: what a suite asked of its fakes, counted, summed up and shown."""

import contextlib
import json
import re
import runpy
from types import SimpleNamespace

import pytest

from conftest_plugin import coverage, coverage_hooks, coverage_table
from conftest_plugin.coverage import Coverage, exercised
from conftest_plugin.coverage_hooks import CoverageHooks
from conftest_plugin.coverage_table import table
from sdrs_fake import FakeSdrs, Reading, WireError
from sdrs_fake.exchange import Call, Reply
from sdrs_fake.operations.queries import PARAMETERS, QUERIES, filters
from sdrs_fake.wsgi.routes import SERVED, documented
from sdrs_fake.wsgi.wire import operation_name

LIST = "/v1/p/task-center/failure-jobs"
GROUPS = "/v1/p/server-groups"


@pytest.fixture
def run(pytester, monkeypatch):
    """Run a test file with the plugin, in process and a hundred columns wide, and give the
    result.
    """
    monkeypatch.setenv("COLUMNS", "100")

    def run(source, *arguments):
        pytester.makepyfile(source)
        return pytester.runpytest_inprocess(
            "-p", "no:cacheprovider", "-p", "no:randomly", *arguments
        )

    return run


def shown(result):
    """The table at the end of a run."""
    text = result.stdout.str()
    return re.sub(
        r"\n=+ .*$", "", text[text.index("SDRS API coverage") :].split("\n", 1)[1]
    ).rstrip()


def counted(*requests, **options):
    """What these requests to a fake count as, without the calls and the operations themselves."""
    jobs = options.pop("jobs", 0)
    watched = Coverage()
    fake = FakeSdrs("p", **options)
    for _ in range(jobs):
        fake.add_failure_job()
    watched.watch(fake)
    for request in requests:
        fake.request(*request.split())
    return {
        key: number
        for key, number in watched.counts.items()
        if key[0] not in {"fakes", "calls", "operation"}
    }


# The table

SUITE = """
    import pytest
    LIST = "/v1/{}/task-center/failure-jobs"

    @pytest.mark.sdrs(jobs=40, groups=3, seed=7, anchor="2019-04-01T12:00:00Z")
    def test_walking(sdrs):
        path = LIST.format(sdrs.project_id) + f"?server_group_id={sdrs.protection_groups[0].id}&limit=5"
        offset = 0
        while jobs := sdrs.request("GET", f"{path}&offset={offset}&marker=x").json["failure_jobs"]:
            offset += len(jobs)

    @pytest.mark.parametrize("query", ["failure_status=createFail", "failure_status=exploded", "limit=1001", "resource_type=replications"])
    def test_asking(sdrs, query):
        sdrs.request("GET", LIST.format(sdrs.project_id) + "?" + query)

    def test_retrying(sdrs):
        with sdrs.faults.fail("ListFailureJobs", status=503, times=1):
            for _ in range(2):
                sdrs.request("GET", LIST.format(sdrs.project_id) + "?limit=1000")
        sdrs.request("POST", f"/v1/{sdrs.project_id}/server-groups")
"""

TABLE = """\
12 calls to 6 fakes; - is never

operations: 1 of 11 that are served
    -  ListApiVersions
    -  ShowSpecifiedApiVersion
    -  ShowJobStatus
    -  ListActiveActiveDomains
    -  ShowQuota
    -  ListProtectionGroups
    -  ShowProtectionGroup
   11  ListFailureJobs
    -  DeleteFailureJob
    -  DeleteAllServerGroupFailureJobs
    -  DeleteServerGroupFailureJobs
    1  CreateProtectionGroup, not served (501)
    -  37 others, not served

filters of ListProtectionGroups
    -  status
    -  name
    -  query_type
    -  availability_zone

filters of ListFailureJobs
    2  failure_status   createFail 1, refused 1; never deleteFail, attachFail, detachFail,
                        expandFail, resizeFail, startFail, stopFail, reverseFail, failoverFail,
                        reprotectFail
    -  resource_name
    5  server_group_id
    1  resource_type    replications 1; never server_groups, protected_instances,
                        disaster_recovery_drills
    5  unknown, which change nothing: marker 5

limit                         absent       0       1   2 to 999    1000   refused
       ListProtectionGroups        -       -       -          -       -         -
       ListFailureJobs             2       -       -          5       1         1

offset                        absent       0   inside   past the end   refused
       ListProtectionGroups        -       -        -              -         -
       ListFailureJobs             3       1        3              1         -

page                          empty list   more behind it   next page
       ListProtectionGroups            -                -           -
       ListFailureJobs                 3                3           3

errors; with - what the fake refuses by its own rules, and nobody met
    1  400 SDRS.0201   Invalid request parameters
    -  400 SDRS.0209   Incorrect status
    1  400 SDRS.0221   limit value must be greater than 0 or less than 1000
    -  400 SDRS.0222   offset value cannot be negative, and must be an integer
    -  400 SDRS.1013   Protection group not found
    -  401 APIGW.0301  Incorrect IAM authentication information.
    -  403 APIGW.0302  The IAM user is not authorized to access the API.
    -  404 APIGW.0101  The API does not exist or has not been published in the environment.
    -  404 SDRS.0408   Null job
    -  405 405         Method Not Allowed
    -  413 APIGW.0201  Request entity too large.
    -  414 APIGW.0201  Request URI too large.
    -  500 SDRS.0408   Null job
    1  501 501         Not Implemented
    1  503 503         Service Unavailable
    3  of the 14 abnormal statuses; never 401, 403, 404, 405, 406, 407, 408, 409, 500, 502, 504
       (sdrs.faults.fail(status=504) brings one about)"""


def test_the_table_shows_what_was_exercised_and_what_never(run):
    assert shown(run(SUITE, "--sdrs-coverage")) == TABLE


def test_under_xdist_the_workers_counts_are_summed(run):
    assert shown(run(SUITE, "--sdrs-coverage", "-n2")) == TABLE


def test_the_page_that_explains_it_shows_this_table(request):
    page = (request.config.rootpath / "docs" / "pytest.md").read_text(encoding="utf-8")

    assert f"```\n{TABLE}\n```" in page


def test_without_the_option_nothing_is_shown_or_loaded(pytester):
    pytester.makeconftest("""
        import sys
        def pytest_unconfigure():
            sys.stderr.write(f"loaded: {[name for name in sys.modules if name.startswith('conftest_plugin.coverage')]}\\n")
    """)
    pytester.makepyfile("""
        def test_mine(sdrs):
            sdrs.request("GET", "/")
            assert sdrs.journal.observers == ()
    """)

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)
    result.stderr.fnmatch_lines(["loaded: []"])
    assert "coverage" not in result.stdout.str()


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def test_mine(): pass", "no fake was made by the plugin's fixtures"),
        ("def test_mine(sdrs): pass", "no call to a fake: 1 made by the plugin's fixtures"),
        (
            "import sdrs_fake\ndef test_mine(): sdrs_fake.FakeSdrs().request('GET', '/')",
            "no fake was made by the plugin's fixtures",
        ),
    ],
)
def test_where_nothing_was_asked_a_line_says_so(run, source, line):
    assert shown(run(source, "--sdrs-coverage")) == line


@pytest.mark.parametrize(
    "arguments",
    [["--collect-only"], ["nowhere.py"], ["-k", "zebra"], ["-n1", "-k", "zebra"], ["--fixtures"]],
)
def test_where_no_test_ran_nothing_is_shown(run, arguments):
    assert (
        "SDRS API coverage"
        not in run("def test_mine(sdrs): pass", "--sdrs-coverage", *arguments).stdout.str()
    )


def test_every_door_of_every_fixture_counts(run):
    result = run(
        """
        import contextlib, http.client, requests
        def get(url):
            with contextlib.closing(http.client.HTTPConnection(url.removeprefix("http://"))) as connection:
                connection.request("GET", "/v1", headers={"X-Auth-Token": "t"})
                connection.getresponse().read()
        def test_socket(sdrs_url):
            get(sdrs_url)
        def test_intercepted(sdrs_intercept):
            requests.get("https://sdrs.cn-north-4.myhuaweicloud.com/v1", timeout=1)
        def test_factory(sdrs_factory):
            fake = sdrs_factory()
            fake.request("GET", "/v1")
            fake.journal.clear()
            fake.fork().request("GET", "/v1")
        """,
        "--sdrs-coverage",
    )

    assert "4 calls to 3 fakes; - is never" in shown(result)
    assert "    4  ShowSpecifiedApiVersion" in shown(result)


def test_what_a_crashed_worker_asked_is_said_to_be_missing(run):
    result = run(
        """
        import os, pytest
        def test_mine(sdrs):
            sdrs.request("GET", "/")
        def test_crash():
            os._exit(1)
        """,
        "--sdrs-coverage",
        "-n1",
    )

    assert "not counted: what 1 crashed worker asked" in shown(result)


def test_it_loads_where_pytest_does_not_name_its_reporter_yet(monkeypatch):
    monkeypatch.delattr(pytest, "TerminalReporter", raising=False)

    assert runpy.run_path(coverage_hooks.__file__)["CoverageHooks"]()


def test_only_a_worker_has_something_to_hand_over():
    hooks = CoverageHooks()
    hooks.coverage.counts["calls",] = 3
    worker = SimpleNamespace(config=SimpleNamespace(workeroutput={}))
    hooks.pytest_sessionfinish(worker)
    hooks.pytest_sessionfinish(SimpleNamespace(config=SimpleNamespace()))

    assert worker.config.workeroutput == {"sdrs_coverage": [["calls", 3]]}


def test_a_users_watcher_goes_on_seeing(run):
    run(
        """
        def test_mine(sdrs):
            seen = []
            sdrs.journal.watcher = seen.append
            sdrs.request("GET", "/")
            assert seen == list(sdrs.journal)
        """,
        "--sdrs-coverage",
    ).assert_outcomes(passed=1)


# Counting


@pytest.mark.parametrize(
    ("query", "limit", "offset"),
    [
        ("", "absent", "absent"),
        ("limit=0&offset=0", "0", "0"),
        ("limit=1&offset=1", "1", "inside"),
        ("limit=2&offset=2", "2 to 999", "inside"),
        ("limit=0999&offset=3", "2 to 999", "past the end"),
        ("limit=1000&offset=2147483647", "1000", "past the end"),
        ("limit=0&offset=2", "0", "inside"),
        (f"offset={'0' * 5000}", "absent", "0"),
        ("limit=1001", "refused", None),
        ("limit=x&offset=5", "refused", None),
        ("limit=5&offset=-1", None, "refused"),
    ],
)
def test_a_page_is_told_by_its_limit_and_its_offset(query, limit, offset):
    edges = {
        key[0]: key[2]
        for key in counted(f"GET {LIST}?{query}", jobs=3)
        if key[0] in {"limit", "offset"}
    }

    assert (edges.get("limit"), edges.get("offset")) == (limit, offset)


@pytest.mark.parametrize(
    ("queries", "pages"),
    [
        (["limit=3"], []),
        (["limit=2"], ["more behind it"]),
        (["limit=2", "limit=2&offset=2"], ["more behind it", "next page"]),
        (["limit=2", "limit=1&offset=1"], ["more behind it"]),
        (["limit=2", "limit=2&offset=2&resource_name=other"], ["more behind it"]),
        (["limit=2&offset=1"], []),
        (["resource_name=other"], ["empty list"]),
        (["offset=3"], []),
    ],
)
def test_a_page_is_told_by_its_place_in_the_list(queries, pages):
    assert [
        key[2]
        for key in counted(*(f"GET {LIST}?{query}" for query in queries), jobs=3)
        if key[0] == "page"
    ] == pages


def test_walks_side_by_side_are_told_apart():
    walks = [
        f"GET /v1/{project}/task-center/failure-jobs?{query}"
        for query in ("limit=1", "limit=1&offset=1")
        for project in "pq"
    ]
    watched, fake = Coverage(), FakeSdrs("p")
    for project in ("p", "p", "q", "q"):
        fake.project(project).add_failure_job()
    watched.watch(fake)
    for walk in walks:
        fake.request(*walk.split())

    assert watched.counts["page", "ListFailureJobs", "next page"] == 2


def test_a_fake_remembers_only_the_newest_walks(monkeypatch):
    monkeypatch.setattr(coverage, "MOST_WALKS", 1)

    pages = counted(f"GET {LIST}?limit=1", f"GET {GROUPS}", f"GET {LIST}?limit=1&offset=1", jobs=2)

    assert ("page", "ListFailureJobs", "next page") not in pages


@pytest.mark.parametrize(
    ("path", "query", "given"),
    [
        (LIST, "failure_status=startFail", ["startFail"]),
        (LIST, "failure_status=", ["empty"]),
        (LIST, "failure_status=startfail", ["refused"]),
        (LIST, "failure_status=startFail&resource_type=protectionGroup", ["refused"]),
        (LIST, "failure_status=exploded&limit=x", []),
        (LIST, "failure_status=startFail&offset=x", []),
        (LIST, "resource_name=web", ["any"]),
        (LIST, "resource_name=", ["empty"]),
        (GROUPS, "status=error", ["error"]),
        (GROUPS, "status=exploded", ["refused"]),
        (GROUPS, "query_type=stop_protected", ["stop_protected"]),
        (GROUPS, "query_type=%20stop_protected", ["other"]),
    ],
)
def test_a_filter_is_told_by_what_it_was_given(path, query, given):
    assert [key[3] for key in counted(f"GET {path}?{query}") if key[0] == "filter"] == given


FAULTS = [
    *({"status": 503}, {"code": "SDRS.0221"}, {"code": "SDRS.0201"}, {"status": 401}),
    *({"wire": wire} for wire in ("drop", "cut", "garbage", "content_type")),
    *({"wire": "slow_body", "latency": 1}, {"latency": 1}),
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize(
    "query", ["failure_status=startFail", "limit=10", "limit=x", "offset=0&marker=x"]
)
def test_a_call_that_met_a_fault_exercised_no_filter_and_no_page(fault, query):
    watched, fake = Coverage(), FakeSdrs("p")
    watched.watch(fake)
    fake.faults.fail(**fault)
    with contextlib.suppress(WireError):
        fake.request("GET", f"{LIST}?{query}")

    assert {key[0] for key in watched.counts} - {"error"} == {"fakes", "calls", "operation"}


@pytest.mark.parametrize(
    "weather", ["insert_between_pages", "delete_between_pages", "drift_count", "short_page"]
)
def test_a_page_in_bad_weather_is_none_of_its_list(weather):
    watched, fake = Coverage(), FakeSdrs("p")
    for _ in range(9):
        fake.add_failure_job()
    watched.watch(fake)
    fault = getattr(fake.weather, weather)()
    fake.request("GET", f"{LIST}?limit=3&offset=3")

    assert fault.fired == 1
    assert {key[0] for key in watched.counts} == {"fakes", "calls", "operation"}


@pytest.mark.parametrize(
    ("request_", "reading", "error"),
    [
        (f"GET {LIST}?limit=x", {}, ("400", "SDRS.0221")),
        (f"GET {LIST}?limit=x", {"error_key": "named"}, ("400", "SDRS.0221")),
        ("GET /nowhere", {}, ("404", "APIGW.0101")),
        ("PATCH /v1", {}, ("405", "405")),
        (f"HEAD {LIST}?limit=x", {}, ("400", "SDRS.0221")),
    ],
)
def test_an_error_is_told_by_status_and_code_in_any_of_its_bodies(request_, reading, error):
    assert [
        key[1:] for key in counted(request_, reading=Reading(**reading)) if key[0] == "error"
    ] == [error]


def test_calls_to_iam_do_not_count():
    watched, fake = Coverage(), FakeSdrs()
    watched.watch(fake)
    fake.request("POST", "/v3/auth/tokens")
    fake.request("GET", "/v3/projects")

    assert watched.counts == {("fakes",): 1}


def test_a_parameter_that_is_not_documented_counts_wherever_there_is_an_operation():
    names = counted(
        f"GET {LIST}?marker=x&limit=x",
        "GET /v1/p/replications?marker=x&volume_id=x",
        "GET /nowhere?marker=x",
    )

    assert [key for key in names if key[0] == "unknown"] == [
        ("unknown", "ListFailureJobs", "marker"),
        ("unknown", "ListReplications", "marker"),
    ]


def test_there_is_room_for_a_number_of_names_and_they_are_fit_for_a_terminal(monkeypatch):
    monkeypatch.setattr(coverage, "MOST_NAMES", 2)

    names = counted(
        *(f"GET {LIST}?{name}=x" for name in ("%1b[31m", "a" * 50, "b", "c", "%1b[31m"))
    )

    assert {key[2]: number for key, number in names.items() if key[0] == "unknown"} == {
        "\\x1b[31m": 2,
        "a" * 40: 1,
        "...": 2,
    }


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b'{"error": 1}', b'{"failure_jobs": {}}']
)
@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_that_makes_no_sense_counts_for_nothing_more(body, status):
    call = Call("GET", LIST, LIST, {"limit": "1"}, {}, b"", operation="ListFailureJobs")

    more = {200: [], 500: [("error", "500", "")]}[status]
    assert list(exercised(call, Reply(status, body), {})) == [
        ("calls",),
        ("operation", "ListFailureJobs"),
        *more,
    ]


def test_counts_of_another_process_are_added():
    here, there = Coverage(), Coverage()
    for each in (here, there):
        with FakeSdrs() as fake:
            each.watch(fake)
            fake.request("GET", "/nowhere")

    here.merge(json.loads(json.dumps(there.portable())))

    assert here.counts == {("fakes",): 2, ("calls",): 2, ("error", "404", "APIGW.0101"): 2}


# Rendering


def test_a_code_that_is_only_in_the_catalogue_has_its_message_and_an_answer_without_a_code_none():
    lines = list(
        table({("calls",): 2, ("error", "400", "SDRS.1820"): 1, ("error", "500", ""): 1}, 100)
    )

    assert "    1  400 SDRS.1820   Failed to expand the capacity" in lines
    assert "    1  500 (no code)" in lines


def test_where_all_was_met_nothing_is_said_to_be_missing():
    counts = {("calls",): 1, **{("operation", name): 1 for name in documented()}}
    counts |= {("error", str(status), "x"): 1 for status in coverage_table.ABNORMAL}
    counts |= {
        ("filter", "ListFailureJobs", "resource_type", value): 1
        for value in filters("ListFailureJobs")["resource_type"]
    }

    lines = list(table(counts, 200))

    assert lines[-1] == "   14  of the 14 abnormal statuses"
    assert not [line for line in lines if "other" in line and "not served" in line]
    assert (
        "    4  resource_type    server_groups 1, protected_instances 1, replications 1,"
        " disaster_recovery_drills 1" in lines
    )


def test_filters_and_pages_of_a_list_that_was_never_asked_are_shown_all_the_same():
    lines = list(table({("calls",): 1, ("operation", "ShowQuota"): 1}, 100))

    for operation in QUERIES:
        start = lines.index(f"filters of {operation}") + 1
        assert lines[start : start + len(filters(operation))] == [
            f"    -  {name}" for name in filters(operation)
        ]
        assert len([line for line in lines if re.fullmatch(rf" {{7}}{operation}[ -]+", line)]) == 3


def everything():
    """Counts in which each row has something to say."""
    counts = {
        ("fakes",): 6,
        ("calls",): 123456,
        **{("operation", name): 12345 for name in documented()},
    }
    for operation in QUERIES:
        counts |= {
            ("filter", operation, name, value): 12
            for name, values in filters(operation).items()
            for value in (*values, "empty")
        }
        counts |= {("unknown", operation, f"parameter-{number}"): number for number in range(1, 51)}
        counts |= {
            (kind, operation, edge): 12345 for kind, edges in EDGES.items() for edge in edges
        }
    return counts | {("error", "418", ""): 1, ("error", "404", "APIGW.0101"): 1}


EDGES = {"limit": coverage.LIMITS, "offset": coverage.OFFSETS, "page": coverage.PAGES}


@pytest.mark.parametrize("width", [70, 79, 80, 81, 100, 200])
@pytest.mark.parametrize(
    "counts", [{("calls",): 1}, everything()], ids=["next to nothing", "everything"]
)
def test_nothing_is_wider_than_the_terminal(width, counts):
    assert max(map(len, table(counts, width))) <= width


@pytest.mark.parametrize(
    ("names", "more", "told"),
    [
        (1, {}, "name-1 1"),
        (2, {}, "name-2 2, name-1 1"),
        (
            10,
            {},
            (
                "name-10 10, name-9 9, name-8 8, name-7 7, name-6 6, name-5 5, name-4 4, name-3 3,"
                " name-2 2, name-1 1"
            ),
        ),
        (
            11,
            {},
            (
                "name-11 11, name-10 10, name-9 9, name-8 8, name-7 7, name-6 6, name-5 5, name-4"
                " 4, name-3 3, name-2 2, 1 other"
            ),
        ),
        (
            100,
            {},
            ", ".join([*(f"name-{number} {number}" for number in range(100, 90, -1)), "90 others"]),
        ),
        (
            100,
            {"...": 500},
            ", ".join(
                [
                    *(f"name-{number} {number}" for number in range(100, 90, -1)),
                    "more than 90 others",
                ]
            ),
        ),
        (1, {"...": 5}, "name-1 1, others"),
        (0, {"...": 5}, "others"),
    ],
)
def test_the_most_frequent_of_the_unknown_parameters_are_named(names, more, told):
    given = {f"name-{number}": number for number in range(1, names + 1)} | more
    counts = {
        ("calls",): 1,
        **{("unknown", "ListFailureJobs", name): number for name, number in given.items()},
    }

    assert f"{sum(given.values()):>5}  unknown, which change nothing: {told}" in list(
        table(counts, 400)
    )


def test_the_refusals_of_the_table_can_all_be_met_without_a_fault():
    watched = Coverage()
    lenient, strict = FakeSdrs("p"), FakeSdrs("p", Reading(unknown_job="server_error"), "strict")
    for fake in (lenient, strict):
        watched.watch(fake)
    for query in ("?limit=x", "?offset=x", "?failure_status=x", "?" + "x" * 9000):
        lenient.request("GET", LIST + query)
    for path in (
        f"{GROUPS}?status=x",
        f"{GROUPS}/x",
        "/v1/p/jobs/x",
        "/v1/p/replications",
        "/nowhere",
    ):
        lenient.request("GET", path)
    lenient.request("PATCH", "/v1", json="x" * (1 << 20))
    lenient.request("PATCH", "/v1")
    strict.request("GET", LIST, credentials=None)
    strict.request("GET", LIST, credentials=strict.auth.issue_token("other"))
    strict.request("GET", "/v1/p/jobs/x")

    assert {
        (int(key[1]), key[2]) for key in watched.counts if key[0] == "error"
    } == coverage_table._RULES


# What it stands on


def test_the_operations_of_the_table_are_the_served_ones_and_its_lists_those_with_a_limit():
    assert set(PARAMETERS) == {operation_name(operation) for operation in SERVED.values()}
    assert set(QUERIES) == {name for name, known in PARAMETERS.items() if "limit" in known}


def test_several_observers_see_each_entry_beside_the_watcher():
    fake, first, second, watched = FakeSdrs(), [], [], []
    fake.journal.observe(first.append)
    fake.journal.observe(second.append)
    fake.journal.watcher = watched.append
    fake.request("GET", "/")
    fake.journal.clear()
    fake.request("GET", "/v1")

    assert first == second == watched
    assert [entry.call.path for entry in first] == ["/", "/v1"]
