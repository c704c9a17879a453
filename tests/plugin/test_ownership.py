"""To whom a fake belongs: for every scope of fixture, and every way to ask for one."""

import re

import pytest

MADE = re.compile(
    r"^(?:of sdrs_factory: )<FakeSdrs .*\nseeded by sdrs\.seed\(failures=(\d)", re.MULTILINE
)
ASKED = """
    import pytest
    def arm(fake):
        fake.faults.fail("ListFailureJobs", status=503)
        return fake
    @pytest.fixture(scope="SCOPE")
    def cloud(sdrs_factory):
        return arm(sdrs_factory(failures=4))
    @pytest.fixture(scope="SCOPE")
    def late(request):
        return arm(request.getfixturevalue("sdrs_factory")(failures=4))
    @pytest.fixture(scope="SCOPE")
    def through(request):
        return request.getfixturevalue("cloud")
    class TestIt:
        def test_first(self, request):
            request.getfixturevalue("NAME")
        def test_other(self):
            assert 0
        HOW
"""
WAYS = {
    "argument": "def test_mine(self, NAME): assert 0",
    "usefixtures": "@pytest.mark.usefixtures('NAME')\n        def test_mine(self): assert 0",
    "dynamic": "def test_mine(self, request):"
    "\n            request.getfixturevalue('NAME')\n            assert 0",
}


@pytest.mark.parametrize("scope", ["class", "module", "package", "session"])
@pytest.mark.parametrize(
    ("name", "way"),
    [("cloud", "argument"), ("cloud", "dynamic"), ("late", "usefixtures"), ("through", "argument")],
)
def test_a_shared_fake_belongs_to_the_tests_that_ask_for_it(run, scope, name, way):
    source = ASKED.replace("HOW", WAYS[way]).replace("NAME", name).replace("SCOPE", scope)

    result = run(source)

    result.assert_outcomes(passed=1, failed=2)
    assert MADE.findall(result.stdout.str()) == ["4"]


def test_fixtures_of_the_same_name_do_not_share_fakes(run, pytester):
    pytester.makeconftest("""
        import pytest
        @pytest.fixture(scope="session")
        def cloud(sdrs_factory):
            return sdrs_factory(failures=1)
        @pytest.fixture(scope="session")
        def zone(sdrs_factory):
            return sdrs_factory(failures=2)
    """)
    result = run("""
        import pytest
        def test_before(request):
            pass
        class TestOverrides:
            @pytest.fixture(scope="session")
            def cloud(self, sdrs_factory):
                return sdrs_factory(failures=3)
            @pytest.fixture(scope="session")
            def zone(self, zone):
                return zone
            def test_other(self, cloud): assert 0
            def test_overridden(self, zone): assert 0
            def test_again(self, zone): assert 0
        def test_root(cloud): assert 0
    """)

    assert MADE.findall(result.stdout.str()) == ["3", "2", "2", "1"]


def test_a_parameter_of_a_shared_fixture_has_a_fake_of_its_own(run):
    result = run("""
        import pytest
        @pytest.fixture(scope="module", params=[1, 2])
        def cloud(request, sdrs_factory):
            return sdrs_factory(failures=request.param)
        def test_mine(cloud): assert 0
    """)

    assert MADE.findall(result.stdout.str()) == ["1", "2"]


BROKEN = """
    import contextlib, http.client, pytest
    from sdrs_fake.operations import failure_jobs
    def use(fake):
        host, headers = fake.url.removeprefix("http://"), {"X-Auth-Token": "t"}
        with contextlib.closing(http.client.HTTPConnection(host)) as connection:
            connection.request("GET", "/v1/p/task-center/failure-jobs", headers=headers)
            connection.getresponse().read()
    @pytest.fixture(scope="session")
    def cloud(sdrs_factory):
        return sdrs_factory()
    @pytest.fixture
    def clumsy(cloud):
        yield
        raise LookupError("its own")
    def test_before(cloud):
        use(cloud)
    def test_mine(sdrs, sdrs_factory, cloud, request, monkeypatch):
        monkeypatch.setattr(failure_jobs, "paginate", lambda *_: 1 / 0)
        WAY
    def test_after(cloud):
        use(cloud)
"""
USES = {
    "made in the test": "use(sdrs_factory())",
    "shared": "use(cloud)",
    "fork of a shared one": "fork = request.node.fork = cloud.fork(); use(fork)",
    "fork": "fork = request.node.fork = sdrs.fork(); use(fork)",
    "several": "use(cloud); use(sdrs_factory())",
    "beside another error": "request.getfixturevalue('clumsy'); use(cloud)",
}


@pytest.mark.parametrize("way", USES.values(), ids=USES)
def test_a_bug_inside_a_server_is_an_error_of_the_test_that_met_it(run, way):
    result = run(BROKEN.replace("WAY", way))

    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_mine*", "*ZeroDivisionError*"])
    assert ("LookupError: its own" in result.stdout.str()) == ("clumsy" in way)
