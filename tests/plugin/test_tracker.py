"""Faults that never fired are an error of the test that armed them, on whichever fake."""

import pytest


def test_a_fault_that_never_fired_is_an_error_at_teardown(run):
    result = run("""
        def test_mine(sdrs):
            sdrs.faults.fail("ListFailureJobs", status=503)
        def test_optional(sdrs):
            sdrs.faults.fail("ListFailureJobs", status=503, optional=True)
        def test_fired(sdrs):
            sdrs.faults.fail("ListFailureJobs", status=503)
            path = f"/v1/{sdrs.project_id}/task-center/failure-jobs"
            assert sdrs.request("GET", path).status == 503
    """)

    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*fail('ListFailureJobs', status=503): matched 0 *"])


def test_a_job_that_was_to_fail_and_never_started_is_an_error_at_teardown(run):
    result = run("""
        def ask(sdrs):
            body = {"extend-replication": {"new_size": 20}}
            return sdrs.request("POST", f"/v1/{sdrs.project_id}/replications/p/action", json=body)
        def test_mine(sdrs):
            sdrs.faults.fail_job("ExpandReplication", code="EVS.2024")
            assert ask(sdrs).status == 400
        def test_fired(sdrs):
            sdrs.add_replication_pair(id="p")
            sdrs.faults.fail_job("ExpandReplication", code="EVS.2024")
            assert ask(sdrs).status == 400
    """)

    result.assert_outcomes(passed=1, failed=1, errors=1)
    call = "fail_job('ExpandReplication', code='EVS.2024')"
    unfired = f"{call}: matched 0 requests, fired 0 of 1 times"
    result.stdout.fnmatch_lines(["faults that never fired (optional=True allows that):", unfired])
    assert f"[{call}]" in result.stdout.str()  # in the report of the other


def test_a_fault_that_never_fired_does_not_mask_the_tests_own_failure(run, section):
    result = run("""
        def test_mine(sdrs):
            sdrs.faults.fail("ListFailureJobs", status=503)
            assert 1 == 2
    """)

    result.assert_outcomes(failed=1)
    assert "never fired" not in result.stdout.str()
    assert "fault fail('ListFailureJobs', status=503): matched 0 " in section(result)


@pytest.mark.parametrize(
    "end", ["pytest.skip('no network')", "pytest.xfail('some day')", "raise unittest.SkipTest"]
)
def test_faults_of_a_test_that_skips_itself_need_not_fire(run, end):
    result = run(f"""
        import pytest, unittest
        def test_mine(sdrs):
            sdrs.faults.fail("ListFailureJobs", status=503)
            {end}
    """)

    assert not result.parseoutcomes().keys() & {"errors", "failed"}


def test_faults_of_a_test_that_a_later_fixture_skips_need_not_fire(run):
    run("""
        import pytest
        @pytest.fixture
        def network(sdrs):
            sdrs.faults.fail("ListFailureJobs", status=503)
            pytest.skip("there is none")
        def test_mine(network):
            pass
    """).assert_outcomes(skipped=1)


ARMED = """
    import pytest
    def arm(fake):
        fake.faults.fail("ListFailureJobs", status=503)
        return fake
    @pytest.fixture(scope="session")
    def cloud(sdrs_factory):
        return arm(sdrs_factory())
    @pytest.fixture(scope="session")
    def fork(sdrs_factory):
        return arm(sdrs_factory().fork())
    @pytest.fixture(scope="session")
    def bare(sdrs_factory):
        return sdrs_factory()
    @pytest.fixture
    def own(sdrs_factory):
        return arm(sdrs_factory())
    def test_mine({fixtures}):
        {body}
    def test_innocent(sdrs, sdrs_factory):
        pass
"""
FIRE = "sdrs.request('GET', f'/v1/{sdrs.project_id}/task-center/failure-jobs')"


@pytest.mark.parametrize(
    ("fixtures", "body", "error"),
    [
        ("sdrs_factory", "arm(sdrs_factory())", "of sdrs_factory: "),
        ("own", "pass", "of sdrs_factory: "),
        ("own", FIRE.replace("sdrs", "own"), None),
        ("own", "pytest.skip('no network')", None),
        ("cloud", "pass", None),
        ("fork", "pass", None),
        ("bare", "arm(bare)", None),
        ("bare", "arm(bare.fork())", "a fork: "),
        ("sdrs", "arm(sdrs.fork())", "a fork: "),
        ("sdrs", "arm(sdrs.fork().fork())", "a fork: "),
        ("sdrs", "arm(sdrs.fork()).faults.clear()", None),
        ("sdrs", "sdrs = arm(sdrs.fork()); " + FIRE, None),
        ("sdrs", "arm(sdrs.fork()); pytest.skip('no network')", None),
    ],
)
def test_the_faults_of_all_fakes_of_a_test_have_to_fire(run, fixtures, body, error):
    result = run(ARMED.format(fixtures=fixtures, body=body))

    skipped = int("skip" in body)
    result.assert_outcomes(passed=2 - skipped, skipped=skipped, errors=int(error is not None))
    if error is not None:
        result.stdout.fnmatch_lines(
            [
                "*ERROR at teardown of test_mine*",
                f"{error}faults that never fired (optional=True allows that):",
            ]
        )


def test_a_failed_test_is_not_blamed_for_faults_of_other_fakes(run, section):
    result = run(ARMED.format(fixtures="own, sdrs", body="arm(sdrs.fork()); assert 0"))

    result.assert_outcomes(passed=1, failed=1)
    assert "fault fail('ListFailureJobs', status=503): matched 0 " in section(result)


def test_the_last_test_of_a_run_is_blamed_too_although_the_factory_ends_with_it(run, section):
    result = run("def test_mine(sdrs_factory):\n    sdrs_factory().faults.fail(status=503)")

    result.assert_outcomes(passed=1, errors=1)
    assert "<FakeSdrs" in section(result)


def test_a_fork_is_not_kept_for_its_faults(run):
    run("""
        import gc, weakref
        def test_mine(sdrs, sdrs_factory):
            for fake in (sdrs, sdrs_factory()):
                seen = weakref.ref(fake.fork())
                gc.collect()
                assert seen() is None
    """).assert_outcomes(passed=1)
