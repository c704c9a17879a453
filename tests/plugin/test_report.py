"""The report section of a failed test, with its data, requests and oddities."""

import json
import re

import pytest

SCENARIO = {"scenario": 2, "name": "mine", "title": "Mine", "groups": 2, "waves": [{"count": 5}]}
AGAIN = re.compile(r"again with the same data: pytest (.*)")


def test_a_failed_test_shows_data_requests_oddities_and_how_to_run_it_again(run, section):
    result = run("""
        import pytest
        @pytest.mark.sdrs(failures=20, groups=2, seed=7, as_of="2019-04-01T12:00:00Z")
        def test_mine(sdrs):
            path = "/task-center/failure-jobs"
            for number in range(6):
                sdrs.request("GET", f"/v1/{sdrs.project_id}{path}", params={"limit": number})
            sdrs.request("GET", f"/v1/{sdrs.project_id}{path}?marker=x", credentials="a-secret")
            sdrs.request("GET", f"/v1/another{path}", json={"it's": 1}, credentials=None)
            assert 0
    """)

    path = "/v1/a4a5d4098fb4474fa22cd05f897d6b99/task-center/failure-jobs"
    lines = section(result).splitlines()
    assert lines[0].startswith(
        "<FakeSdrs project_id='a4a5d4098fb4474fa22cd05f897d6b99' failure_jobs=20"
    )
    assert lines[1:3] == [
        'seeded by sdrs.seed(failures=20, groups=2, seed=7, as_of="2019-04-01T12:00:00.000Z")',
        "the last 5 of 8 requests:",
    ]
    assert lines[9] == (
        f"""  curl --noproxy '*' -sS -H 'X-Auth-Token: any' "$SDRS_URL"'{path}?marker=x'"""
        "  # no parameter of ListFailureJobs: marker"
    )
    assert lines[10] == "  -> 200, rows 0 to 6 of 7"
    assert lines[11] == (
        "  curl --noproxy '*' -sS -X GET -H 'Content-Type: application/json'"
        """ --data-raw '{"it'"'"'s": 1}' "$SDRS_URL"/v1/another/task-center/failure-jobs"""
        "  # sent without token or AK/SK signature"
    )
    assert lines[12].startswith('  -> 401 {"error_code":"APIGW.0301",')
    assert lines[13] == (
        "project ids asked for that hold no data: another (the fake's own is"
        " a4a5d4098fb4474fa22cd05f897d6b99)"
    )
    assert lines[14] == "unknown parameters, which change nothing: marker"
    assert lines[15].startswith("without server_group_id the list shows ")
    again = r"again with the same data: pytest \S+::test_mine --sdrs-as-of=2019-04-01T12:00:00.000Z"
    assert re.fullmatch(again, lines[16])
    assert "a-secret" not in section(result)


@pytest.mark.parametrize(
    ("mark", "line", "ini"),
    [
        ("", "--sdrs-failures=9 --sdrs-seed=random", {}),
        ("", "", {"sdrs_failures": "9", "sdrs_seed": "random"}),
        ("", "--sdrs-scenario=noisy-group", {}),
        ("", "--sdrs-scenario=mine.json", {}),
        ("", "", {"sdrs_scenario": "mine.json"}),
        ("@pytest.mark.sdrs(failures=3)", "--sdrs-scenario=noisy-group --sdrs-seed=4", {}),
        ("@pytest.mark.sdrs(as_of='2019-04-01T12:00:00Z')", "--sdrs-failures=9", {}),
    ],
)
def test_the_command_shown_gives_the_same_data(run, pytester, mark, line, ini):
    pytester.makefile(".json", mine=json.dumps(SCENARIO))
    source = f"""
        import pytest
        {mark}
        def test_mine(sdrs_failure_jobs):
            print("first:", sdrs_failure_jobs[0].wire_json)
            assert 0
    """
    once = run(source, *line.split(), **ini)
    command = AGAIN.search(once.stdout.str())[1]

    again = run(source, *command.split()[1:])

    for shown in (r"first: .*", r"seeded by .*"):
        assert re.findall(shown, once.stdout.str()) == re.findall(shown, again.stdout.str()) != []


def test_a_request_that_is_repeated_is_shown_once(run, section):
    source = """
        def test_mine(sdrs):
            sdrs.jobs.hold()
            group, base = sdrs.add_protection_group(), f"/v1/{sdrs.project_id}"
            job_id = sdrs.request("DELETE", f"{base}/server-groups/{group.id}").json["job_id"]
            for _ in range(9):
                sdrs.request("GET", f"{base}/jobs/{job_id}")
            assert 0
    """
    lines = section(run(source)).splitlines()

    start = lines.index("10 requests:")
    deletion, _, poll, answer, *_ = lines[start + 1 :]
    assert ("-X DELETE" in deletion, "/jobs/" in poll) == (True, True)
    assert answer.endswith(" (9 times)")


def test_jobs_that_are_not_over_are_counted_by_their_types(run, section):
    source = """
        def test_mine(sdrs):
            sdrs.jobs.hold()
            for _ in range(2):
                group = sdrs.add_protection_group()
                sdrs.request("DELETE", f"/v1/{sdrs.project_id}/server-groups/{group.id}")
            assert 0
    """
    assert "jobs that are not over: deleteProtectionGroupNoCG 2" in section(run(source))


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ({"replication": {"server_group_id": "g", "name": "n"}}, "replication.volume_id: missing"),
        (
            {"replication": {"server_group_id": "g", "volume_id": 3, "name": "!"}},
            "replication.volume_id: 3 should be a valid string",
        ),
        ({"replication": 5}, "replication: 5 should be an object"),
        ([], "[] should be an object"),
    ],
)
def test_a_body_that_was_refused_is_shown_with_its_first_wrong_field(run, section, body, note):
    source = f"""
        def test_mine(sdrs):
            sdrs.request("POST", f"/v1/{{sdrs.project_id}}/replications", json={body})
            assert 0
    """
    assert re.search(rf"-> 400 {{.*}} \({re.escape(note)}\)\n", section(run(source)))


@pytest.mark.parametrize(
    ("method", "path", "note"),
    [
        (
            "GET",
            "task-center/failure-jobs?resource_type=replication",
            "resource_type: 'replication' should be 'server_groups', ",
        ),
        ("POST", "server-groups/g/action", "the body should name one of start-server-group, "),
    ],
)
def test_a_refused_parameter_or_action_is_named(run, section, method, path, note):
    source = f"""
        def test_mine(sdrs):
            sdrs.request({method!r}, f"/v1/{{sdrs.project_id}}/{path}")
            assert 0
    """

    assert re.search(rf"-> 400 {{.*}} \({re.escape(note)}.*\)\n", section(run(source)))


def test_unknown_fields_of_bodies_are_shown(run, section):
    source = """
        def test_mine(sdrs):
            group = {"name": "g", "colour": "red"}
            path = f"/v1/{sdrs.project_id}/server-groups"
            sdrs.request("POST", path, json={"server_group": group})
            assert 0
    """
    line = "unknown fields of bodies, which change nothing: server_group.colour"
    assert line in section(run(source)).splitlines()


def test_each_batch_is_shown(run, section):
    source = "def test_mine(sdrs): sdrs.seed(failures=5), sdrs.seed(failures=5), 1 / 0"
    lines = section(run(source)).splitlines()

    assert re.fullmatch(
        r'seeded by sdrs\.seed\(failures=5, groups=3, seed=0, as_of=".*"\)', lines[1]
    )
    assert re.fullmatch(r"seeded by sdrs\.seed\(failures=5, .*\)  # batch 1", lines[2])


def test_a_failed_test_with_a_socket_shows_commands_with_its_url(run, section):
    result = run("""
        import contextlib, http.client
        def test_mine(sdrs_url):
            host = sdrs_url.removeprefix("http://")
            with contextlib.closing(http.client.HTTPConnection(host)) as connection:
                connection.request("GET", "/v1/p/task-center/failure-jobs")
                assert connection.getresponse().read() == b"jobs"
    """)

    command = r"curl --noproxy '\*' -sS http://127\.0\.0\.1:\d+/v1/p/task-center/failure-jobs  # "
    assert re.search(command, section(result))


def test_a_passed_test_and_one_without_a_fake_show_nothing(run):
    result = run("""
        def test_passed(sdrs):
            pass
        def test_failed():
            assert 0
    """)

    assert "- sdrs -" not in result.stdout.str()


def test_a_long_or_binary_body_is_not_printed_into_the_terminal(run, section):
    text = section(
        run("""
        def test_mine(sdrs):
            sdrs.request("PUT", "/nowhere", json="x" * 2000)
            sdrs.request("PUT", "/\x1b[31m", json="@/etc/passwd\x1b[31m")
            sdrs.request("GET", "/nowhere", headers={"Authorization": "Basic 5p"}, credentials=None)
            assert 0
    """)
    )

    assert "--data-raw ... " in text
    assert "# its body of 2002 bytes is not shown" in text
    assert "\x1b" not in text
    assert "--data-binary" not in text
    assert "curl --noproxy '*' -sS \"$SDRS_URL\"/nowhere\n" in text


def test_a_failed_test_shows_what_an_id_named(run, section):
    result = run("""
        def test_mine(sdrs):
            job = sdrs.add_failure_job(resource_id="r")
            sdrs.request("DELETE", f"/v1/{sdrs.project_id}/task-center/failure-jobs/r")
            assert 0
    """)

    assert (
        "  -> 204 the failure_job_id was a resource_id; deleted: 1" in section(result).splitlines()
    )


# A bug of the fake

BROKEN = """
    import contextlib, http.client, pytest
    from sdrs_fake.operations import failure_jobs
    @pytest.fixture
    def broken(monkeypatch):
        monkeypatch.setattr(failure_jobs, "paginate", lambda *_: 1 / 0)
    def test_mine(broken, sdrs):
        host, headers = sdrs.url.removeprefix("http://"), {"X-Auth-Token": "t"}
        with contextlib.closing(http.client.HTTPConnection(host)) as connection:
            connection.request("GET", "/v1/p/task-center/failure-jobs", headers=headers)
            connection.getresponse().read()
        %s
"""


def test_a_bug_inside_the_server_is_an_error_at_teardown(run):
    result = run(BROKEN % "pass")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_mine*", "*ZeroDivisionError*"])


def test_a_fault_that_never_fired_does_not_hide_a_bug_inside_the_server(run):
    result = run(BROKEN % "sdrs.faults.fail('DeleteFailureJob', status=503)")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["E * ZeroDivisionError: *"])
    result.stdout.no_fnmatch_line("*never fired*")


def test_a_bug_inside_the_server_is_shown_and_does_not_mask_the_tests_own_failure(run, section):
    result = run(BROKEN % "raise LookupError('my own')")

    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(["*LookupError: my own*"])
    assert "1 request:" in section(result)
    assert "  -> 500 the fake itself failed" in section(result)


# Several fakes

FACTORY = """
    import pytest
    @pytest.fixture(scope="session")
    def cloud(sdrs_factory):
        return sdrs_factory(failures=4, seed=4)
    @pytest.fixture(scope="module")
    def others(sdrs_factory):
        return sdrs_factory(failures=5, seed=5), sdrs_factory(failures=6, seed=6).fork()
    @pytest.fixture
    def own(sdrs_factory):
        return sdrs_factory(failures=7, seed=7)
    def test_before(cloud, others, own):
        pass
    def test_mine({fixtures}):
        {body}
        assert 0
"""


@pytest.mark.parametrize(
    ("fixtures", "body", "shown"),
    [
        ("sdrs_factory", "pass", []),
        ("sdrs_factory", "sdrs_factory(failures=1)", ["of sdrs_factory: 1"]),
        (
            "sdrs_factory",
            "sdrs_factory(failures=1), sdrs_factory(failures=2)",
            ["of sdrs_factory: 1", "of sdrs_factory: 2"],
        ),
        (
            "sdrs, sdrs_factory",
            "sdrs.seed(failures=1), sdrs_factory(failures=2)",
            ["1", "of sdrs_factory: 2"],
        ),
        ("own", "pass", ["of sdrs_factory: 7"]),
        ("cloud", "pass", ["of sdrs_factory: 4"]),
        ("cloud", "fork = cloud.fork()", ["of sdrs_factory: 4", "a fork: 4"]),
        ("cloud", "cloud.fork()", ["of sdrs_factory: 4"]),
        ("others", "pass", ["of sdrs_factory: 5", "of sdrs_factory: 6", "a fork: 6"]),
        ("sdrs", "sdrs.seed(failures=1); fork = sdrs.fork().fork()", ["1", "a fork: 1"]),
    ],
)
def test_a_failed_test_shows_each_fake_that_it_uses(run, fixtures, body, shown):
    text = run(FACTORY.format(fixtures=fixtures, body=body)).stdout.str()

    fakes = re.findall(
        r"^(.*)<FakeSdrs .*\nseeded by sdrs\.seed\(failures=(\d)", text, re.MULTILINE
    )
    assert [label + failures for label, failures in fakes] == shown
    assert text.count("again with the same data: pytest ") == bool(shown)


def test_of_many_fakes_the_first_are_shown(run, section):
    result = run("""
        def test_mine(sdrs_factory):
            fakes = [sdrs_factory(failures=1) for _ in range(7)]
            assert 0
    """)

    assert section(result).count("<FakeSdrs") == 5
    assert "and 2 more fakes\nagain with the same data: " in section(result)


# Started elsewhere

UNFIRED = """
    def test_mine(sdrs):
        sdrs.faults.fail("ListFailureJobs", status=503)
    def test_failed(sdrs):
        sdrs.seed(failures=3)
        assert 0
"""


@pytest.mark.parametrize(
    ("start", "arguments", "shown"),
    [
        (".", [], "tests/unit/test_it.py"),
        ("tests", [], "unit/test_it.py"),
        ("tests/unit", [], "test_it.py"),
        ("tests", ["-n1"], "unit/test_it.py"),
        ("tests", ["--rootdir=."], "unit/test_it.py"),
        ("tests", ["--rootdir=unit"], "unit/test_it.py"),
        (".", ["--rootdir=tests", "tests"], "tests/unit/test_it.py"),
        ("elsewhere", ["../tests"], "{path}/tests/unit/test_it.py"),
    ],
)
def test_errors_and_reports_are_the_same_wherever_pytest_is_started(
    pytester, monkeypatch, start, arguments, shown
):
    pytester.makeini("[pytest]")
    for folder in ("elsewhere", "tests", "tests/unit"):
        pytester.mkdir(folder)
    pytester.makepyfile(**{"tests/unit/test_it": UNFIRED})
    monkeypatch.chdir(pytester.path / start)

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly", *arguments)

    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_mine*", "*never fired*"])
    path = shown.format(path=pytester.path)
    assert f"again with the same data: pytest {path}::test_failed " in result.stdout.str()


# Pages, and what was missed

PAGER = """
    import pytest
    @pytest.fixture
    def ask(sdrs):
        group = sdrs.add_protection_group(id="g")
        for number in range(41):
            sdrs.add_failure_job(server_group_id="g", resource_type="replications")
        sdrs.add_failure_job(server_group_id="g", resource_type="server_groups")
        def ask(**params):
            path = f"/v1/{sdrs.project_id}/task-center/failure-jobs"
            sdrs.request("GET", path, params={"resource_type": "replications", **params})
        return ask
    @pytest.fixture
    def walk(ask):
        def walk(limit, *offsets):
            for offset in offsets:
                ask(server_group_id="g", limit=limit, offset=offset)
        return walk
    def test_mine(sdrs, ask, walk):
        %s
        assert 0
"""
GROUP = "(ListFailureJobs, resource_type=replications, server_group_id=g)"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("ask(server_group_id='g', limit=10)", ["  -> 200, rows 0 to 9 of 41"]),
        ("ask(server_group_id='g', offset=40)", ["  -> 200, rows 40 to 40 of 41"]),
        ("ask(server_group_id='g', offset=50)", ["  -> 200, no rows of 41 at offset 50"]),
        ("ask(server_group_id='x')", ["  -> 200, no rows of 0"]),
        (
            "sdrs.faults.short_page(); ask(server_group_id='g', limit=10)",
            ["  -> 200, rows 0 to 8 of 41 (9 for limit 10) [short_page()]"],
        ),
        (
            "sdrs.faults.fail(code='SDRS.0013', optional=True); ask(limit=2)",
            ['  -> 500 {"error":{"message":"', "[fail(code='SDRS.0013')]"],
        ),
        (
            "sdrs.faults.fail('ListFailureJobs', network='garbage'); ask(server_group_id='g')",
            [r"  -> 200 <html>\r\n", "[fail('ListFailureJobs', network='garbage')]"],
        ),
    ],
)
def test_an_answer_shows_the_figures_of_a_page_and_the_fault_it_met(run, section, body, shown):
    (line,) = [line for line in section(run(PAGER % body)).splitlines() if line.startswith("  ->")]

    assert line.startswith(shown[0])
    assert all(words in line for words in shown)
    assert line.endswith(shown[-1])


@pytest.mark.parametrize(
    ("body", "missed"),
    [
        ("ask(server_group_id='g')", []),
        ("walk(10, 0, 10, 20, 30, 40)", []),
        ("walk(10, 0)", [f"rows never asked for: 10 to 40 of 41 {GROUP}"]),
        ("walk(10, 0, 11, 21, 31)", [f"rows never asked for: 10 of 41 {GROUP}"]),
        (
            "sdrs.faults.short_page(); walk(10, 0, 10, 20, 30)",
            [
                f"rows never asked for: 40 of 41 {GROUP}",
                f"rows asked for that never arrived: 9 of 41 {GROUP}",
            ],
        ),
        (
            "sdrs.faults.fail('ListFailureJobs', status=503, times=1); walk(30, 0, 30)",
            [f"rows asked for that never arrived: 0 to 29 of 41 {GROUP}"],
        ),
        ("sdrs.faults.wrong_count(by=5, offset=30); walk(30, 0, 30)", []),
        ("walk(10, 'x')", []),
        (
            "sdrs.request('GET', f'/v1/{sdrs.project_id}/server-groups', params={'offset': 1})",
            ["rows never asked for: 0 of 1 (ListProtectionGroups)"],
        ),
    ],
)
def test_rows_of_a_paged_list_that_a_test_missed_are_shown(run, section, body, missed):
    text = section(run(PAGER % body))

    assert [line for line in text.splitlines() if line.startswith("rows ")] == missed


WITHOUT_GROUP = "without server_group_id the list shows failures of protection groups themselves: "


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("ask()", ["0 of 41 failed jobs"]),
        ("ask(resource_type='')", ["1 of 42 failed jobs"]),
        ("ask(resource_type='server_groups')", []),
        ("ask(server_group_id='g')", []),
        ("ask(offset='x')", []),
    ],
)
def test_a_list_that_is_short_because_no_group_was_named_is_explained(run, section, body, shown):
    lines = section(run(PAGER % body)).splitlines()

    assert [line for line in lines if line.startswith("without")] == [
        f"{WITHOUT_GROUP}{figures}" for figures in shown
    ]


def test_the_fakes_own_project_is_never_one_that_holds_no_data(run, section):
    result = run("""
        def test_mine(sdrs_factory):
            sdrs = sdrs_factory(project_id="mine")
            for project_id in ("mine", "theirs", "a b"):
                sdrs.request("GET", f"/v1/{project_id}/task-center/failure-jobs")
            assert 0
    """)

    assert "that hold no data: a b, theirs (the fake's own is mine)\n" in section(result)


def test_a_request_cannot_control_the_terminal_by_a_report(run, section):
    result = run(r"""
        def test_mine(sdrs):
            sdrs.faults.fail(status=503, when=lambda request: True)
            sdrs.request("GET", "/v1/%1b[31m%0d%0aforged/task-center/failure-jobs?%1b%0aforged=1")
            sdrs.request("PUT", "/v1/\x1b[31m", json="\x9b31m", headers={"X": "y"})
            assert 0
    """)

    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", section(result))
    assert not re.search("^forged", section(result), re.MULTILINE)
    assert r"that hold no data: \x1b[31m\r\nforged (the" in section(result)
