"""What the tests of several folders share."""

import pytest


def refusal(call, *args, **fields):
    """The message with which a call is refused."""
    with pytest.raises(ValueError, match=r".+") as caught:
        call(*args, **fields)
    return str(caught.value)


def show_job(sdrs, job_id):
    """The answer of GET .../jobs/{job_id}."""
    return sdrs.request("GET", f"/v1/{sdrs.project_id}/jobs/{job_id}")


def added_job(sdrs, **fields):
    """A job that is added, as it is answered."""
    return show_job(sdrs, sdrs.add_job(**fields).job_id).json
