"""`sdrs_block_real_cloud`: a test that reaches for the real cloud fails, before anything is looked
up.
"""

import asyncio
import concurrent.futures.process
import multiprocessing.context
import os
import socket
import sys
from ipaddress import ip_address

import pytest

from conftest_plugin import tripwire
from conftest_plugin.tripwire import RealCloudBlocked, Tripwire, is_of_cloud

HOST = "sdrs.cn-north-4.myhuaweicloud.com"
ADVICE = (
    "Let the program ask a fake: with the fixture sdrs_intercept (what goes through requests"
    " reaches it), or with sdrs_url as its endpoint (sdrs_env sets the variables that SDKs read)."
)
LOOK_UPS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
IMPORTED = (concurrent.futures.process, multiprocessing.context)
"""Imported before any run of pytester's in this process, which forgets what it imports first; what
is pickled is then another class.
"""

looked_up = []
"""What the tripwire let by, which must not come to a resolver; None outside these tests."""
guarding = []


class LookedUpError(OSError):
    """A name got as far as the resolver."""


def guard(event, arguments):
    """What stands between these tests and a resolver, behind the tripwire."""
    if event in LOOK_UPS and guarding:
        refuse_name(arguments[0])


def refuse_name(host):
    try:
        ip_address(host)
    except ValueError:
        looked_up.append(host)
        raise LookedUpError(host) from None


tripwire._audit()  # audit hooks are called in the order in which they were added
sys.addaudithook(guard)


@pytest.fixture(autouse=True)
def guarded(monkeypatch):
    """No test here looks anything up, whatever the tripwire does; nor does it know a proxy."""

    def guarded_method(original):
        def ask(asking, *arguments):
            if asking.family == socket.AF_INET and isinstance(arguments[-1], tuple):
                refuse_name(arguments[-1][0])
            return original(asking, *arguments)

        return ask

    for name in ("connect", "connect_ex", "bind", "sendto", "sendmsg"):
        monkeypatch.setattr(socket.socket, name, guarded_method(getattr(socket.socket, name)))
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    guarding.append(True)
    yield
    guarding.clear()
    looked_up.clear()


@pytest.fixture
def run(pytester):
    """Run a test file with the tripwire, in process, and give the result."""

    def run(source, *arguments, ini="sdrs_block_real_cloud = true", **files):
        pytester.makeini(f"[pytest]\n{ini}")
        pytester.makepyfile(test_program=source, **files)
        return pytester.runpytest_inprocess(
            "-p", "no:cacheprovider", "-p", "no:randomly", *arguments
        )

    return run


@pytest.fixture
def wire():
    """A tripwire that is awake for a test named `a test`."""
    wire = Tripwire()
    wire.test = "a test"
    yield wire
    wire.pytest_unconfigure()


def told(result, *sites, test="test_mine"):
    """Is the test told of exactly these attempts?"""
    head = (
        f"test_program.py::{test} reached for the real cloud, which sdrs_block_real_cloud forbids;"
        " nothing was sent:"
    )
    return (
        "\n".join([head, *(f"  {HOST}, asked for at {site}" for site in sites), ADVICE])
        in result.stdout.str()
    )


# What trips it


WAYS = {
    "requests": ("requests.get(f'https://{HOST}/v1', timeout=1)", "requests.ConnectionError"),
    "the SDK": ("sdk().list_failure_jobs(ListFailureJobsRequest())", "ConnectionException"),
    "httpx": ("httpx.get(f'https://{HOST}/v1')", "httpx.ConnectError"),
    "httpx, async": ("asyncio.run(httpx_get())", "httpx.ConnectError"),
    "asyncio": ("asyncio.run(open_connection())", "OSError"),
    "urllib": ("urllib.request.urlopen(f'https://{HOST}/v1')", "urllib.error.URLError"),
    "http.client": ("http.client.HTTPSConnection(HOST).request('GET', '/')", "OSError"),
    "create_connection": ("socket.create_connection((HOST, 443))", "socket.gaierror"),
    "getaddrinfo": ("socket.getaddrinfo(HOST, 443)", "socket.gaierror"),
    "getaddrinfo, imported by its name": ("getaddrinfo(HOST.encode(), 443)", "socket.gaierror"),
    "gethostbyname": ("socket.gethostbyname(HOST)", "socket.gaierror"),
    "gethostbyname_ex": ("socket.gethostbyname_ex(HOST)", "socket.gaierror"),
    "connect": ("call('connect', (HOST, 443))", "socket.gaierror"),
    "connect_ex": ("call('connect_ex', (HOST, 443))", "socket.gaierror"),
    "bind": ("call('bind', (HOST, 443))", "socket.gaierror"),
    "sendto": ("call('sendto', b'x', (HOST, 443))", "socket.gaierror"),
    "sendto with flags": ("call('sendto', b'x', 0, (HOST, 443))", "socket.gaierror"),
    "sendmsg": ("call('sendmsg', [b'x'], [], 0, (HOST, 443))", "socket.gaierror"),
}
CALLS = {"httpx, async": "await client.get", "asyncio": "await asyncio.open"} | {
    way: "getattr(" for way, (call, _) in WAYS.items() if call.startswith("call")
}
"""What the line begins with that asks, where it is not the call itself."""
PROGRAM = """
    import asyncio, http.client, socket, urllib.request
    from socket import getaddrinfo
    import httpx, requests
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdksdrs.v1 import ListFailureJobsRequest, SdrsClient

    HOST = "sdrs.cn-north-4.myhuaweicloud.com"
    async def httpx_get():
        async with httpx.AsyncClient() as client:
            await client.get(f"https://{HOST}/v1")

    async def open_connection():
        await asyncio.open_connection(HOST, 443)

    def sdk():
        builder = SdrsClient.new_builder().with_credentials(BasicCredentials("access key", "secret key", "project"))
        return builder.with_endpoint(f"https://{HOST}").build()

    def call(method, *arguments):
        with socket.socket(type=socket.SOCK_DGRAM) as asking:
            getattr(asking, method)(*arguments)

    def ask():
        %s
""".strip("\n")


@pytest.mark.parametrize("way", WAYS)
def test_a_client_gets_an_error_of_its_own_and_the_test_fails_all_the_same(run, way):
    call, error = WAYS[way]

    program = PROGRAM % call

    result = run(
        f"""
        import httpx, program, pytest, requests, socket, urllib.error
        from huaweicloudsdkcore.exceptions.exceptions import ConnectionException
        def test_mine():
            with pytest.raises({error}):
                program.ask()
        """,
        program=program,
    )

    result.assert_outcomes(failed=1)
    lines = [line.strip().startswith(CALLS.get(way, call)) for line in program.splitlines()]
    assert told(result, f"program.py:{lines.index(True) + 1}")
    assert looked_up == []


def test_the_error_itself_says_which_test_and_which_line_and_once_it_is_said_what_to_do(run):
    result = run(f"""
        import socket
        def test_mine():
            socket.getaddrinfo("{HOST}", 443)
    """)

    result.assert_outcomes(failed=1)
    said = (
        f"{HOST} is the real cloud, which sdrs_block_real_cloud keeps test_program.py::test_mine"
        " from; asked for at test_program.py:3"
    )
    assert f"RealCloudBlocked: [Errno {socket.EAI_NONAME}] {said}" in result.stdout.str()
    assert result.stdout.str().count(ADVICE) == 1
    assert "tripwire.py" not in result.stdout.str()


def test_a_program_that_tries_again_and_again_is_told_once(run):
    result = run(f"""
        import contextlib, socket
        def test_mine():
            for host in ("{HOST}", "{HOST}", "iam.eu-de.otc.t-systems.com"):
                with contextlib.suppress(Exception):
                    socket.create_connection((host, 443))
    """)

    site = "test_program.py:5"
    assert told(result, f"{site} (2 times)\n  iam.eu-de.otc.t-systems.com, asked for at {site}")


@pytest.mark.parametrize(
    ("call", "line"),
    [
        ("threading.Thread(target=ask)", 5),
        ("threading.Thread(target=quietly, args=(socket.getaddrinfo, HOST, 443))", 8),
        ("threading.Thread(target=unittest.mock.Mock(side_effect=lambda: ask()))", 5),
    ],
)
def test_a_thread_of_a_test_counts_as_the_test(run, call, line):
    result = run(f"""
        import contextlib, socket, threading, unittest.mock
        HOST = "{HOST}"
        def ask():
            with contextlib.suppress(OSError):
                socket.getaddrinfo(HOST, 443)
        def quietly(call, *arguments):
            with contextlib.suppress(OSError):
                call(*arguments)
        def test_mine():
            thread = {call}
            thread.start()
            thread.join()
    """)

    result.assert_outcomes(failed=1)
    assert told(result, f"test_program.py:{line}")


def test_a_thread_without_a_line_of_the_users_shows_where_the_test_waits(run):
    result = run(f"""
        import concurrent.futures, contextlib, socket
        def test_mine():
            with concurrent.futures.ThreadPoolExecutor() as pool, contextlib.suppress(OSError):
                pool.submit(socket.getaddrinfo, "{HOST}", 443).result()
    """)

    result.assert_outcomes(failed=1)
    assert told(result, "test_program.py:4")


FORKS = """
    import concurrent.futures, contextlib, multiprocessing, os, socket, time
    forking = multiprocessing.get_context("fork")
    def ask():
        with contextlib.suppress(OSError):
            socket.getaddrinfo("%s", 443)
    def fork():
        child = os.fork()
        if not child:
            ask()
            os._exit(0)
        os.waitpid(child, 0)
    def process():
        child = forking.Process(target=ask)
        child.start()
        child.join()
    def pool():
        with concurrent.futures.ProcessPoolExecutor(1, mp_context=forking) as pool:
            pool.submit(ask).result()
    def test_mine():
        %s()
    def test_innocent():
        pass
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is none here")
@pytest.mark.parametrize(
    ("way", "times"),
    [("fork", ""), ("process", ""), ("pool", ""), ("process(); process", " (2 times)")],
)
def test_a_forked_process_of_a_test_counts_as_the_test(run, way, times):
    result = run(FORKS % (HOST, way))

    result.assert_outcomes(failed=1, passed=1)
    assert told(result, f"test_program.py:5{times}")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is none here")
def test_a_forked_process_that_outlives_its_test_is_blocked_and_nobodys(wire):
    wire.test = "a test before"
    child = os.fork()
    if not child:
        try:
            socket.getaddrinfo(HOST, 443)
        except RealCloudBlocked:
            os._exit(7)
        os._exit(0)
    wire.test = "a test"

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert [words[:2] for words in wire._handover.read()] == [["a test before", HOST]]
    assert wire._handover.read() == []


def test_an_event_loop_does_not_even_ask_another_thread(run):
    result = run(f"""
        import asyncio, concurrent.futures, contextlib
        class Pool(concurrent.futures.ThreadPoolExecutor):
            def submit(self, *_):
                raise LookupError("another thread was asked")
        async def program():
            asyncio.get_running_loop().set_default_executor(Pool())
            with contextlib.suppress(OSError):
                await asyncio.open_connection("{HOST}", 443)
        def test_mine():
            asyncio.run(program())
    """)

    assert told(result, "test_program.py:8")
    assert "another thread" not in result.stdout.str()


@pytest.mark.parametrize(("setup", "teardown"), [("ask()", "pass"), ("pass", "ask()")])
def test_what_a_fixture_asks_is_its_tests_error(run, setup, teardown):
    result = run(f"""
        import contextlib, pytest, socket
        def ask():
            with contextlib.suppress(OSError):
                socket.getaddrinfo("{HOST}", 443)
        @pytest.fixture(scope="session")
        def client():
            {setup}
            yield
            {teardown}
        def test_mine(client):
            pass
    """)

    result.assert_outcomes(passed=int(setup == "pass"), errors=1)
    assert told(result, "test_program.py:4")


def test_each_test_is_told_of_its_own_attempts(run):
    result = run(f"""
        import contextlib, socket
        def ask():
            with contextlib.suppress(OSError):
                socket.getaddrinfo("{HOST}", 443)
        def test_first():
            ask()
        def test_innocent():
            pass
        def test_mine():
            ask()
    """)

    result.assert_outcomes(failed=2, passed=1)
    assert told(result, "test_program.py:4", test="test_first")
    assert told(result, "test_program.py:4", test="test_mine")


@pytest.mark.parametrize("mark", ["", "@pytest.mark.xfail", "@pytest.mark.xfail(strict=True)"])
@pytest.mark.parametrize("end", ["pass", "pytest.skip('no network')", "assert 0"])
def test_it_fails_whatever_else_it_came_to(run, pytester, mark, end):
    result = run(
        f"""
        import contextlib, pytest, socket
        {mark}
        def test_mine():
            with contextlib.suppress(OSError):
                socket.getaddrinfo("{HOST}", 443)
            {end}
    """,
        "--junitxml=results.xml",
    )

    result.assert_outcomes(failed=1)
    assert told(result, "test_program.py:5")
    assert 'failures="1" skipped="0"' in (pytester.path / "results.xml").read_text(encoding="utf-8")


def test_a_tests_own_failure_is_not_masked(run):
    result = run(f"""
        import contextlib, socket
        def test_mine():
            with contextlib.suppress(OSError):
                socket.getaddrinfo("{HOST}", 443)
            assert "my own" == "other"
    """)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E       AssertionError: assert 'my own' == 'other'", "*- real cloud -*"]
    )
    assert told(result, "test_program.py:4")


def test_a_test_that_tripped_also_shows_what_its_fake_was_asked(run):
    result = run(f"""
        import contextlib, socket
        def test_mine(sdrs):
            sdrs.faults.fail(status=503)
            with contextlib.suppress(OSError):
                socket.getaddrinfo("{HOST}", 443)
    """)

    result.assert_outcomes(failed=1)
    assert "no request was made" in result.stdout.str()


def test_an_interception_that_does_not_catch_a_host_is_not_taken_for_the_users_code(run):
    result = run("""
        import pytest, requests
        def test_mine(sdrs_intercept):
            with pytest.raises(requests.ConnectionError):
                requests.get("https://ecs.cn-north-4.myhuaweicloud.com/", timeout=1)
    """)

    assert (
        "  ecs.cn-north-4.myhuaweicloud.com, asked for at test_program.py:4\n"
        in result.stdout.str()
    )


def test_under_xdist_the_worker_fails_the_test(run):
    result = run(
        f"""
        import contextlib, socket
        def test_mine():
            with contextlib.suppress(OSError):
                socket.getaddrinfo("{HOST}", 443, flags=socket.AI_NUMERICHOST)
        """,
        "-n1",
    )

    result.assert_outcomes(failed=1)
    assert told(result, "test_program.py:4")


# What does not


def test_loopback_is_reached(run):
    run("""
        import asyncio, contextlib, http.client, pytest, socket
        def test_http(sdrs_url):
            with contextlib.closing(http.client.HTTPConnection(sdrs_url.removeprefix("http://"))) as connection:
                connection.request("GET", "/")
                assert connection.getresponse().status == 200
        def test_asyncio(sdrs_url):
            async def program():
                port = int(sdrs_url.rpartition(":")[2])
                assert await asyncio.get_running_loop().getaddrinfo("127.0.0.1", port)
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                await writer.wait_closed()
            asyncio.run(program())
        @pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are none here")
        def test_unix():
            with socket.socket(socket.AF_UNIX) as asking, pytest.raises(FileNotFoundError):
                asking.connect("x.myhuaweicloud.com")
    """).assert_outcomes(passed=3)


def test_what_is_intercepted_is_answered(run):
    run(f"""
        import requests
        def test_mine(sdrs_intercept):
            assert requests.get("https://{HOST}/", timeout=1).status_code == 200
    """).assert_outcomes(passed=1)


@pytest.mark.parametrize("host", ["example.test", "evilmyhuaweicloud.com"])
def test_another_host_is_looked_up_as_ever(run, host):
    run(f"""
        import pytest, socket
        def test_mine():
            with pytest.raises(OSError, match="^{host}$"):
                socket.getaddrinfo("{host}", 443)
            with socket.socket() as asking, pytest.raises(OSError, match="^{host}$"):
                asking.connect(("{host}", 443))
    """).assert_outcomes(passed=1)

    assert looked_up == [host, host]


def test_a_resolver_that_a_test_puts_in_place_is_left_alone(run):
    run(f"""
        import socket
        def test_mine(monkeypatch, sdrs_url):
            port = int(sdrs_url.rpartition(":")[2])
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))])
            socket.create_connection(("{HOST}", 80)).close()
    """).assert_outcomes(passed=1)


@pytest.mark.parametrize("ini", ["", "sdrs_block_real_cloud = false"])
def test_it_is_off_by_itself(run, ini):
    run(
        f"""
        import pytest, socket
        def test_mine():
            with pytest.raises(OSError, match="^{HOST}$"):
                socket.getaddrinfo("{HOST}", 443)
        """,
        ini=ini,
    ).assert_outcomes(passed=1)


def test_where_it_is_off_it_is_not_loaded(pytester):
    pytester.makeconftest("""
        import sys
        def pytest_unconfigure():
            sys.stderr.write(f"loaded: {'conftest_plugin.tripwire' in sys.modules}\\n")
    """)

    pytester.runpytest_subprocess("-p", "no:cacheprovider").stderr.fnmatch_lines(["loaded: False"])


def test_what_is_asked_outside_of_a_test_is_nobodys(run):
    run(f"""
        import pytest, socket
        with pytest.raises(OSError, match="^{HOST}$"):
            socket.getaddrinfo("{HOST}", 443)
        def test_mine():
            pass
    """).assert_outcomes(passed=1)


def test_nothing_is_left_behind(run):
    before = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.socket.sendto,
        asyncio.BaseEventLoop.getaddrinfo,
    )
    run("def test_mine(): pass")

    assert (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.socket.sendto,
        asyncio.BaseEventLoop.getaddrinfo,
    ) == before
    assert tripwire._TRIPWIRES == []


# As plain values


@pytest.mark.parametrize(
    ("host", "cloud"),
    [
        (HOST, True),
        (HOST.encode(), True),
        (bytearray(HOST.encode()), True),
        ("SDRS.CN-North-4.MyHuaweiCloud.COM.", True),
        ("myhuaweicloud.com", True),
        ("sdrs.eu-de.otc.t-systems.com", True),
        ("otc.t-systems.com", True),
        ("sdrs.\uff4dyhuaweicloud.com", True),
        ("sdrs.my\u00adhuaweicloud\u3002com\uff0e", True),
        ("\U0001f4a9.otc.t-systems.com", True),
        ("\u00fc" * 99 + ".otc.t-systems.com", True),
        ("evilmyhuaweicloud.com", False),
        ("m\u00fchuaweicloud.com", False),
        ("..\u00fc", False),
        ("evilotc.t-systems.com", False),
        ("t-systems.com", False),
        ("myhuaweicloud.com.example.test", False),
        ("example.test", False),
        ("127.0.0.1", False),
        ("", False),
        (b"\xff", False),
        (None, False),
        (5, False),
    ],
)
def test_a_host_is_of_the_cloud_by_its_last_labels(host, cloud):
    assert is_of_cloud(host) == cloud


@pytest.mark.parametrize("event", LOOK_UPS)
def test_each_look_up_is_heard(wire, event):
    with pytest.raises(RealCloudBlocked):
        tripwire._heard(event, (HOST, 443, 0, 0, 0))


def test_no_other_event_is_heard(wire):
    tripwire._heard("open", (HOST,))


@pytest.mark.parametrize(
    ("method", "arguments", "stopped"),
    [
        ("connect", [(HOST, 443)], True),
        ("connect_ex", [(HOST.encode(), 443)], True),
        ("connect", [[HOST, 443]], False),
        ("connect", [()], False),
        ("connect", ["x.sock"], False),
        ("sendto", [b"x", (HOST, 443)], True),
        ("sendto", [b"x"], False),
        ("sendto", [HOST.encode(), ("127.0.0.1", 443)], False),
        ("sendmsg", [(HOST.encode(),)], False),
        ("sendmsg", [[b"x"], (), 0, (HOST, 443)], True),
        ("sendmsg", [[b"x"], (), 0, None], False),
    ],
)
def test_an_address_is_of_the_cloud_by_its_host(wire, method, arguments, stopped):
    ask = tripwire._addressing(lambda asking, *arguments: "asked", tripwire._ADDRESSED[method])

    if stopped:
        with pytest.raises(RealCloudBlocked):
            ask(None, *arguments)
    else:
        assert ask(None, *arguments) == "asked"


def test_of_runs_inside_runs_the_innermost_that_is_in_a_test_is_told(wire):
    inner = Tripwire()
    try:
        with pytest.raises(RealCloudBlocked, match="keeps a test from"):
            socket.getaddrinfo(HOST, 443)
        inner.test = "an inner test"
        with pytest.raises(RealCloudBlocked, match="keeps an inner test from"):
            socket.getaddrinfo(HOST, 443)
    finally:
        inner.pytest_unconfigure()


def test_where_no_line_of_the_users_is_to_be_found_it_says_so(wire):
    with pytest.raises(RealCloudBlocked, match="asked for at no line of yours"):
        wire.refuse(HOST, None)


def test_a_line_outside_of_the_folder_of_the_run_is_told_in_full(wire, tmp_path):
    wire._here = tmp_path

    with pytest.raises(RealCloudBlocked, match=f"asked for at {__file__}:"):
        socket.getaddrinfo(HOST, 443)
