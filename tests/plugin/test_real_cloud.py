"""`sdrs_block_real_cloud`: a test that looks up a host of the real cloud fails."""

import os
import socket
import sys
from ipaddress import ip_address
from textwrap import dedent

import pytest

from conftest_plugin.real_cloud import ADVICE, RealCloudBlocked, RealCloudGuard, is_real_cloud

HOST = "sdrs.cn-north-4.myhuaweicloud.com"
NAME_EVENTS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
PROGRAM = f"""\
import asyncio, contextlib, socket, pytest
HOST = "{HOST}"
def look_up(host=HOST, *_):
    with contextlib.suppress(OSError):
        socket.getaddrinfo(host, 443)
"""
LINE = "test_program.py:5"
"""Where the program looks up a name."""

looked_up = []
"""The names that the guard let pass, and that this module stops."""
stopping = []


class LookedUpError(OSError):
    """A name came as far as the resolver."""


def stop_look_ups(event, arguments):
    """Stop all look-ups behind the guard, so that no test here needs a network."""
    if event not in NAME_EVENTS or not stopping:
        return
    try:
        ip_address(arguments[0])
    except ValueError:
        looked_up.append(arguments[0])
        raise LookedUpError(arguments[0]) from None


# Audit hooks are called in the order in which they were added: the guard's has to be there first.
RealCloudGuard().pytest_unconfigure()
sys.addaudithook(stop_look_ups)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    stopping.append(True)
    yield
    stopping.clear()
    looked_up.clear()


@pytest.fixture
def run(run):
    """Run a test file that begins as PROGRAM does, with the guard on, and return the result."""

    def run_guarded(source, *arguments, option="true"):
        return run(PROGRAM + dedent(source), *arguments, sdrs_block_real_cloud=option)

    return run_guarded


def test_a_value_that_is_neither_true_nor_false_is_a_usage_error(run):
    result = run("", option="maybe")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: ini file: sdrs_block_real_cloud: *'maybe'; it should be true or false"]
    )


@pytest.fixture
def guard():
    """A guard while a test named `a test` runs."""
    guard = RealCloudGuard()
    guard.test = "a test"
    yield guard
    guard.pytest_unconfigure()


def assert_blames(result, line=LINE, *, test="test_mine", host=HOST):
    head = f"test_program.py::{test} called the real cloud; the call was blocked:"
    assert f"{head}\n  {host}, called from {line}\n{ADVICE}" in result.stdout.str()


# What is blocked


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("requests.get(f'https://{HOST}/v1', timeout=1)", "requests.ConnectionError"),
        ("sdk().list_failure_jobs(ListFailureJobsRequest())", "ConnectionException"),
        ("httpx.get(f'https://{HOST}/v1')", "httpx.ConnectError"),
        ("urllib.request.urlopen(f'https://{HOST}/v1')", "urllib.error.URLError"),
        ("getaddrinfo(HOST.encode(), 443)", "socket.gaierror"),
        ("socket.gethostbyname_ex(HOST)", "socket.gaierror"),
    ],
)
def test_a_client_gets_its_own_error_and_the_test_fails_although_it_expects_that(run, call, error):
    result = run(f"""
        import httpx, requests, urllib.request
        from socket import getaddrinfo
        from huaweicloudsdkcore.auth.credentials import BasicCredentials
        from huaweicloudsdkcore.exceptions.exceptions import ConnectionException
        from huaweicloudsdksdrs.v1 import ListFailureJobsRequest, SdrsClient
        def sdk():
            credentials = BasicCredentials("access key", "secret key", "project")
            builder = SdrsClient.new_builder().with_credentials(credentials)
            return builder.with_endpoint(f"https://{{HOST}}").build()
        def program():
            {call}
        def test_mine():
            with pytest.raises({error}):
                program()
    """)

    result.assert_outcomes(failed=1)
    assert_blames(result, "test_program.py:17")
    assert looked_up == []


def test_an_error_that_escapes_names_the_host_and_the_advice(run):
    result = run("""
        def test_mine():
            socket.getaddrinfo(HOST, 443)
    """)

    result.assert_outcomes(failed=1)
    message = f"{HOST} is the real cloud, which sdrs_block_real_cloud blocks. {ADVICE}"
    assert f"RealCloudBlocked: [Errno {socket.EAI_NONAME}] {message}" in result.stdout.str()
    assert "real_cloud.py" not in result.stdout.str()
    assert_blames(result, "test_program.py:8")


def test_each_host_and_line_is_shown_once(run):
    result = run("""
        def test_mine():
            look_up(), look_up(), look_up("iam.eu-de.otc.t-systems.com")
    """)

    assert_blames(result, f"{LINE}\n  iam.eu-de.otc.t-systems.com, called from {LINE}")


@pytest.mark.parametrize(
    ("call", "line"),
    [
        ("pool.submit(look_up).result()", LINE),
        ("pool.submit(socket.getaddrinfo, HOST, 443).result()", "test_program.py:10"),
        ("asyncio.run(asyncio.open_connection(HOST, 443))", "test_program.py:10"),
    ],
)
def test_a_thread_of_a_test_or_of_its_event_loop_counts_as_the_test(run, call, line):
    result = run(f"""
        import concurrent.futures
        def test_mine():
            with concurrent.futures.ThreadPoolExecutor() as pool, contextlib.suppress(OSError):
                {call}
    """)

    result.assert_outcomes(failed=1)
    assert_blames(result, line)
    assert looked_up == []


@pytest.mark.parametrize(("setup", "teardown"), [("look_up()", "pass"), ("pass", "look_up()")])
def test_a_call_of_a_fixture_is_an_error_of_its_test(run, setup, teardown):
    result = run(f"""
        @pytest.fixture(scope="session")
        def client():
            {setup}
            yield
            {teardown}
        def test_mine(client):
            pass
    """)

    result.assert_outcomes(passed=int(setup == "pass"), errors=1)
    assert_blames(result)


@pytest.mark.parametrize("arguments", [[], ["-n1"]])
def test_each_test_is_blamed_for_its_own_calls_in_a_worker_of_xdist_too(run, arguments):
    result = run(
        """
        def test_first():
            look_up()
        def test_innocent():
            pass
        def test_mine():
            look_up()
        """,
        *arguments,
    )

    result.assert_outcomes(failed=2, passed=1)
    assert_blames(result, test="test_first")
    assert_blames(result)


@pytest.mark.parametrize("mark", ["", "@pytest.mark.xfail", "@pytest.mark.xfail(strict=True)"])
@pytest.mark.parametrize("end", ["pass", "pytest.skip('no network')", "assert 0"])
def test_a_test_that_passes_skips_or_is_expected_to_fail_fails(run, pytester, mark, end):
    result = run(
        f"""
        {mark}
        def test_mine():
            look_up()
            {end}
        """,
        "--junitxml=results.xml",
    )

    result.assert_outcomes(failed=1)
    assert_blames(result)
    assert 'failures="1" skipped="0"' in (pytester.path / "results.xml").read_text(encoding="utf-8")


def test_the_tests_own_failure_is_not_masked(run):
    result = run("def test_mine(): look_up(), 1 / 0")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E   ZeroDivisionError: *", "*- real cloud -*"])
    assert_blames(result)


def test_a_blocked_test_shows_the_requests_to_its_fake_too(run):
    result = run("def test_mine(sdrs): look_up()")

    result.assert_outcomes(failed=1)
    assert "no request was made" in result.stdout.str()


def test_a_host_that_an_interception_does_not_catch_is_blamed_on_the_users_line(run):
    result = run("""
        import requests
        def test_mine(sdrs_intercept):
            with pytest.raises(requests.ConnectionError):
                requests.get("https://ecs.cn-north-4.myhuaweicloud.com/", timeout=1)
    """)

    assert_blames(result, "test_program.py:10", host="ecs.cn-north-4.myhuaweicloud.com")


# What is not


def test_loopback_unix_sockets_and_intercepted_hosts_are_reached(run):
    run("""
        import http.client, requests
        def test_http(sdrs_url):
            host = sdrs_url.removeprefix("http://")
            with contextlib.closing(http.client.HTTPConnection(host)) as connection:
                connection.request("GET", "/")
                assert connection.getresponse().status == 200
        def test_asyncio(sdrs_url):
            async def program():
                port = int(sdrs_url.rpartition(":")[2])
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                await writer.wait_closed()
            asyncio.run(program())
        @pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are none here")
        def test_unix():
            with socket.socket(socket.AF_UNIX) as client, pytest.raises(FileNotFoundError):
                client.connect("x.myhuaweicloud.com")
        def test_intercepted(sdrs_intercept):
            assert requests.get(f"https://{HOST}/", timeout=1).status_code == 200
    """).assert_outcomes(passed=4)


def test_a_resolver_that_a_test_puts_in_place_is_left_alone(run):
    run("""
        def test_mine(monkeypatch, sdrs_url):
            port = int(sdrs_url.rpartition(":")[2])
            found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found)
            socket.create_connection((HOST, 80)).close()
    """).assert_outcomes(passed=1)


@pytest.mark.parametrize(("host", "option"), [("evilmyhuaweicloud.com", "true"), (HOST, "false")])
def test_other_hosts_and_without_the_option_all_hosts_are_looked_up(run, host, option):
    run(f"def test_mine(): look_up({host!r})", option=option).assert_outcomes(passed=1)

    assert looked_up == [host]


def test_by_default_the_guard_is_not_loaded(pytester):
    pytester.makeconftest("""
        import sys
        def pytest_unconfigure():
            sys.stderr.write(f"loaded: {'conftest_plugin.real_cloud' in sys.modules}\\n")
    """)

    pytester.runpytest_subprocess("-p", "no:cacheprovider").stderr.fnmatch_lines(["loaded: False"])


def test_a_look_up_outside_of_any_test_is_let_pass(run):
    run("look_up()\ndef test_mine(): pass").assert_outcomes(passed=1)

    assert looked_up == [HOST]


# As plain values


@pytest.mark.parametrize(
    ("host", "blocked"),
    [
        (HOST, True),
        (bytearray(HOST.encode()), True),
        ("SDRS.CN-North-4.MyHuaweiCloud.COM.", True),
        ("myhuaweicloud.com", True),
        ("sdrs.eu-de.otc.t-systems.com", True),
        ("evilmyhuaweicloud.com", False),
        ("t-systems.com", False),
        ("myhuaweicloud.com.example.test", False),
        ("127.0.0.1", False),
        (b"\xff", False),
        (None, False),
    ],
)
def test_a_host_of_the_real_cloud_is_known_by_its_last_labels(host, blocked):
    assert is_real_cloud(host) == blocked


@pytest.mark.parametrize(
    ("event", "arguments", "blocked"),
    [
        *((event, (HOST, 443), True) for event in NAME_EVENTS),
        ("socket.connect", (None, (HOST.encode(), 443)), True),
        ("socket.sendto", (None, (HOST, 443)), True),
        ("socket.sendmsg", (None, (HOST, 443)), True),
        ("socket.sendmsg", (None, None), False),
        ("socket.connect", (None, ("127.0.0.1", 443)), False),
        ("socket.connect", (None, ()), False),
        ("socket.connect", (None, HOST), False),
        ("open", (HOST, "r", 0), False),
    ],
)
def test_look_ups_and_names_in_addresses_are_blocked(guard, event, arguments, blocked):
    stopping.clear()

    if blocked:
        with pytest.raises(RealCloudBlocked):
            sys.audit(event, *arguments)
    else:
        sys.audit(event, *arguments)
    assert bool(guard.attempts) == blocked


def test_of_runs_inside_runs_the_innermost_that_is_in_a_test_is_blamed(guard):
    inner = RealCloudGuard()
    try:
        for test, blamed in ((None, guard), ("an inner test", inner)):
            inner.test = test
            with pytest.raises(RealCloudBlocked):
                socket.getaddrinfo(HOST, 443)
            assert len(blamed.attempts) == 1
    finally:
        inner.pytest_unconfigure()


def test_a_line_outside_of_the_folder_of_the_run_is_shown_in_full(guard, tmp_path):
    guard.folder = f"{tmp_path}{os.sep}"
    with pytest.raises(RealCloudBlocked):
        socket.getaddrinfo(HOST, 443)

    assert guard.attempts[0].startswith(f"  {HOST}, called from {__file__}:")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is none here")
def test_a_forked_process_of_a_test_is_blocked_but_its_test_does_not_learn_of_it(guard):
    child = os.fork()
    if not child:
        try:
            socket.getaddrinfo(HOST, 443)
        except RealCloudBlocked:
            os._exit(7)
        os._exit(0)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert guard.attempts == []
