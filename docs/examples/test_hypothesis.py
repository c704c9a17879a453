"""With Hypothesis: the fake is emptied in each example."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(1, 5))
def test_each_failure_is_listed(sdrs, number):
    sdrs.reset()
    for _ in range(number):
        sdrs.add_failure_job()
    assert len(sdrs.failure_jobs) == number
