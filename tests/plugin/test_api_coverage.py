"""`--sdrs-api-coverage`: what a suite asked of its fakes, counted, summed up and shown."""

import contextlib
import json
import re
import runpy
from types import SimpleNamespace

import pytest

from conftest_plugin import api_coverage
from conftest_plugin.api_coverage import ApiCoverage, exercised
from conftest_plugin.api_coverage_table import RULES
from sdrs_fake import ConnectionDropped, FakeSdrs
from sdrs_fake.messages import Request, Response

LIST = "/v1/p/task-center/failure-jobs"
GROUPS = "/v1/p/server-groups"


@pytest.fixture(autouse=True)
def terminal(monkeypatch):
    """A hundred columns for the tables."""
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def watched():
    """A fake, and the coverage that counts its requests."""
    fake, coverage = FakeSdrs("p"), ApiCoverage()
    coverage.watch(fake)
    return fake, coverage


def shown(result):
    """The table at the end of a run."""
    text = result.stdout.str()
    table = text[text.index("SDRS API coverage") :].split("\n", 1)[1]
    return re.sub(r"\n=+ .*$", "", table).rstrip()


def counted(*requests, failures=0, behavior=None):
    """What these requests count as, without the numbers of requests and operations."""
    fake, coverage = FakeSdrs("p", behavior), ApiCoverage()
    for _ in range(failures):
        fake.add_failure_job()
    coverage.watch(fake)
    for request in requests:
        fake.request(*request.split())
    general = {"fakes", "requests", "operation"}
    return {key: number for key, number in coverage.counts.items() if key[0] not in general}


# The table

SUITE = """
    import pytest
    LIST = "/v1/{}/task-center/failure-jobs"

    @pytest.mark.sdrs(failures=40, groups=3, seed=7, as_of="2019-04-01T12:00:00Z")
    def test_walking(sdrs):
        group = sdrs.protection_groups[0]
        path = LIST.format(sdrs.project_id) + f"?server_group_id={group.id}&limit=5"
        offset = 0
        while jobs := sdrs.request("GET", f"{path}&offset={offset}&marker=x").json["failure_jobs"]:
            offset += len(jobs)

    QUERIES = [
        *("failure_status=createFail", "failure_status=exploded"),
        *("limit=1001", "resource_type=replications"),
    ]
    @pytest.mark.parametrize("query", QUERIES)
    def test_asking(sdrs, query):
        sdrs.request("GET", LIST.format(sdrs.project_id) + "?" + query)

    def test_retrying(sdrs):
        with sdrs.faults.fail("ListFailureJobs", status=503, times=1):
            for _ in range(2):
                sdrs.request("GET", LIST.format(sdrs.project_id) + "?limit=1000")
        body = {"replication": {"server_group_id": "none", "volume_id": "v", "name": "pair"}}
        sdrs.request("POST", f"/v1/{sdrs.project_id}/replications", json=body)
        sdrs.request("GET", f"/v1/{sdrs.project_id}/disaster-recovery-drills")
"""


@pytest.fixture(scope="session")
def documented(request):
    """The table of this suite, as the page that explains it shows it."""
    page = (request.config.rootpath / "docs" / "pytest.md").read_text(encoding="utf-8")
    return re.search(r"```\n(\d+ requests to .*?)\n```", page, re.DOTALL)[1]


def test_the_table_shows_what_was_exercised_and_what_never(run, documented):
    assert shown(run(SUITE, "--sdrs-api-coverage")) == documented


def test_under_xdist_the_workers_counts_are_summed(run, documented):
    assert shown(run(SUITE, "--sdrs-api-coverage", "-n2")) == documented


def test_without_the_option_nothing_is_shown_or_loaded(pytester):
    pytester.makeconftest("""
        import sys
        def pytest_unconfigure():
            loaded = [name for name in sys.modules if "api_coverage" in name]
            sys.stderr.write(f"loaded: {loaded}\\n")
    """)
    pytester.makepyfile("""
        def test_mine(sdrs):
            sdrs.request("GET", "/")
    """)

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)
    result.stderr.fnmatch_lines(["loaded: []"])
    assert "coverage" not in result.stdout.str()


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def test_mine(): pass", "no fake was made by the plugin's fixtures"),
        (
            "def test_mine(sdrs): pass",
            "no request came to the fake that the plugin's fixtures made",
        ),
        (
            "import sdrs_fake\ndef test_mine(): sdrs_fake.FakeSdrs().request('GET', '/')",
            "no fake was made by the plugin's fixtures",
        ),
    ],
)
def test_where_nothing_was_requested_one_line_is_shown(run, source, line):
    assert shown(run(source, "--sdrs-api-coverage")) == line


@pytest.mark.parametrize(
    "arguments",
    [["--collect-only"], ["nowhere.py"], ["-k", "zebra"], ["-n1", "-k", "zebra"], ["--fixtures"]],
)
def test_where_no_test_ran_nothing_is_shown(run, arguments):
    result = run("def test_mine(sdrs): pass", "--sdrs-api-coverage", *arguments)

    assert "SDRS API coverage" not in result.stdout.str()


def test_every_client_of_every_fixture_counts(run):
    result = run(
        """
        import contextlib, http.client, requests
        def get(url):
            host = url.removeprefix("http://")
            with contextlib.closing(http.client.HTTPConnection(host)) as connection:
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
        "--sdrs-api-coverage",
    )

    assert "4 requests to 3 fakes; - is never" in shown(result)
    assert "    4  ShowSpecifiedApiVersion" in shown(result)


def test_the_requests_of_a_crashed_worker_are_shown_as_missing(run):
    result = run(
        """
        import os, pytest
        def test_mine(sdrs):
            sdrs.request("GET", "/")
        def test_crash():
            os._exit(1)
        """,
        "--sdrs-api-coverage",
        "-n1",
    )

    assert "not counted: the requests of 1 crashed worker" in shown(result)


def test_it_loads_where_pytest_does_not_name_its_reporter_yet(monkeypatch):
    monkeypatch.delattr(pytest, "TerminalReporter", raising=False)

    assert runpy.run_path(api_coverage.__file__)["ApiCoverage"]()


def test_a_worker_sends_its_counts_and_the_controller_adds_them(watched):
    fake, worker = watched
    fake.request("GET", "/nowhere")
    session = SimpleNamespace(config=SimpleNamespace(workeroutput={}))
    worker.pytest_sessionfinish(session)
    controller = ApiCoverage()
    controller.pytest_sessionfinish(SimpleNamespace(config=SimpleNamespace()))
    for _ in range(2):
        sent = json.loads(json.dumps(session.config.workeroutput))
        controller.pytest_testnodedown(SimpleNamespace(workeroutput=sent))

    assert controller.counts == {("fakes",): 2, ("requests",): 2, ("error", "404", "APIGW.0101"): 2}


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
def test_a_page_counts_by_its_limit_and_its_offset(query, limit, offset):
    counts = counted(f"GET {LIST}?{query}", failures=3)
    edges = {key[0]: key[2] for key in counts if key[0] in {"limit", "offset"}}

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
def test_a_page_counts_by_its_place_in_the_list(queries, pages):
    counts = counted(*(f"GET {LIST}?{query}" for query in queries), failures=3)

    assert [key[2] for key in counts if key[0] == "page"] == pages


def test_lists_that_are_paged_at_the_same_time_are_kept_apart(watched):
    fake, coverage = watched
    for project in "pq":
        for _ in range(2):
            fake.project(project).add_failure_job()
    for query in ("limit=1", "limit=1&offset=1"):
        for project in "pq":
            fake.request("GET", f"/v1/{project}/task-center/failure-jobs?{query}")

    assert coverage.counts["page", "ListFailureJobs", "next page"] == 2


def test_of_many_lists_only_the_newest_have_a_next_page(monkeypatch):
    monkeypatch.setattr(api_coverage, "MAX_LISTS", 1)

    pages = counted(
        f"GET {LIST}?limit=1", f"GET {GROUPS}", f"GET {LIST}?limit=1&offset=1", failures=2
    )

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
def test_a_filter_counts_by_its_value(path, query, given):
    assert [key[3] for key in counted(f"GET {path}?{query}") if key[0] == "filter"] == given


FAULTS = [
    *({"status": 503}, {"code": "SDRS.0221"}, {"code": "SDRS.0201"}, {"status": 401}),
    *({"network": kind} for kind in ("disconnect", "truncate", "garbage", "wrong_content_type")),
    *({"network": "slow_body", "latency": 1}, {"latency": 1}),
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize(
    "query", ["failure_status=startFail", "limit=10", "limit=x", "offset=0&marker=x"]
)
def test_a_request_that_matched_a_fault_exercised_no_filter_and_no_page(watched, fault, query):
    fake, coverage = watched
    fake.faults.fail(**fault)
    with contextlib.suppress(ConnectionDropped):
        fake.request("GET", f"{LIST}?{query}")

    assert {key[0] for key in coverage.counts} - {"error"} == {"fakes", "requests", "operation"}


@pytest.mark.parametrize(
    "kind", ["insert_between_pages", "delete_between_pages", "wrong_count", "short_page"]
)
def test_a_page_with_a_paging_fault_does_not_count_as_a_page(watched, kind):
    fake, coverage = watched
    for _ in range(9):
        fake.add_failure_job()
    fault = getattr(fake.faults, kind)()
    fake.request("GET", f"{LIST}?limit=3&offset=3")

    assert fault.fired == 1
    assert {key[0] for key in coverage.counts} == {"fakes", "requests", "operation"}


@pytest.mark.parametrize(
    ("request_", "behavior", "error"),
    [
        (f"GET {LIST}?limit=x", {}, ("400", "SDRS.0221")),
        (f"GET {LIST}?limit=x", {"error_key": "named"}, ("400", "SDRS.0221")),
        ("GET /nowhere", {}, ("404", "APIGW.0101")),
        ("PATCH /v1", {}, ("405", "405")),
        (f"HEAD {LIST}?limit=x", {}, ("400", "SDRS.0221")),
    ],
)
def test_an_error_counts_by_status_and_code_in_either_body(request_, behavior, error):
    counts = counted(request_, behavior=behavior)

    assert [key[1:] for key in counts if key[0] == "error"] == [error]


def test_requests_to_iam_do_not_count(watched):
    fake, coverage = watched
    fake.request("POST", "/v3/auth/tokens")
    fake.request("GET", "/v3/projects")

    assert coverage.counts == {("fakes",): 1}


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


def test_unknown_parameters_are_counted_by_name_up_to_a_number_and_fit_for_a_terminal(monkeypatch):
    monkeypatch.setattr(api_coverage, "MAX_NAMES", 2)

    names = ("%1b[31m", "a" * 50, "b", "c", "%1b[31m")
    counts = counted(*(f"GET {LIST}?{name}=x" for name in names))

    unknown = {key[2]: number for key, number in counts.items() if key[0] == "unknown"}
    assert unknown == {"\\x1b[31m": 2, "a" * 40: 1, "...": 2}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b'{"error": 1}', b'{"failure_jobs": {}}']
)
@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_that_makes_no_sense_counts_for_nothing_more(body, status):
    request = Request("GET", LIST, LIST, {"limit": "1"}, {}, b"", operation="ListFailureJobs")

    counted = list(exercised(request, Response(status, body), {}))
    error = [("error", "500", "")] if status == 500 else []
    assert counted == [("requests",), ("operation", "ListFailureJobs"), *error]


def test_the_general_refusals_of_the_table_can_all_be_met_without_a_fault(watched):
    any_, coverage = watched
    strict = FakeSdrs("p", auth="strict")
    coverage.watch(strict)
    for path in (f"{LIST}?{'x' * 9000}", "/v1/p/disaster-recovery-drills", "/x"):
        any_.request("GET", path)
    any_.request("PATCH", "/v1", json="x" * (1 << 20))
    any_.request("PATCH", "/v1")
    strict.request("GET", LIST, credentials=None)
    strict.request("GET", LIST, credentials=strict.auth.issue_token("other"))

    met = {(int(key[1]), key[2]) for key in coverage.counts if key[0] == "error"}
    # Those of the service are each held by the test that docs/fidelity.md names.
    assert met == {(status, code) for status, code in RULES if not code.startswith("SDRS.")}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"replication": {"volume_id": "v", "name": ""}}, ["volume_id", "name"]),
        ({"replication": {"description": None, "colour": "red"}}, []),
        ({"volume_id": "v"}, []),
        ([1], []),
    ],
)
def test_a_field_of_a_body_counts_where_it_was_sent(watched, body, fields):
    fake, coverage = watched
    fake.request("POST", "/v1/p/replications", json=body)

    assert [key[2] for key in coverage.counts if key[0] == "field"] == fields
