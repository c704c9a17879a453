"""An embeddable fake of Huawei Cloud's Storage Disaster Recovery Service (SDRS) for tests and
demos.

    from sdrs_fake import FakeSdrs

    with FakeSdrs() as sdrs:
        sdrs.add_failure_job(failure_status="createFail")
        print(sdrs.url, sdrs.project_id)

Names load on first use, so that importing the package costs next to nothing.
"""

from importlib import import_module

TYPE_CHECKING = (
    False  # type checkers know the name; importing typing for it would cost ten times this module
)

if TYPE_CHECKING:
    from sdrs_fake.control.fault import Fault as Fault
    from sdrs_fake.domain.failure_jobs import FailureJob as FailureJob
    from sdrs_fake.domain.failure_jobs import FailureStatus as FailureStatus
    from sdrs_fake.domain.failure_jobs import ResourceType as ResourceType
    from sdrs_fake.domain.jobs import Job as Job
    from sdrs_fake.domain.jobs import JobStatus as JobStatus
    from sdrs_fake.domain.protection_groups import ProtectionGroup as ProtectionGroup
    from sdrs_fake.domain.reading import Reading as Reading
    from sdrs_fake.exchange import Reply as Reply
    from sdrs_fake.exchange import WireError as WireError
    from sdrs_fake.fake import FakeSdrs as FakeSdrs
    from sdrs_fake.state import DEFAULT_PROJECT_ID as DEFAULT_PROJECT_ID
    from sdrs_fake.state import ProjectState as ProjectState

_HOMES = {
    "DEFAULT_PROJECT_ID": "state",
    "FailureJob": "domain.failure_jobs",
    "FailureStatus": "domain.failure_jobs",
    "FakeSdrs": "fake",
    "Fault": "control.fault",
    "Job": "domain.jobs",
    "JobStatus": "domain.jobs",
    "ProjectState": "state",
    "ProtectionGroup": "domain.protection_groups",
    "Reading": "domain.reading",
    "Reply": "exchange",
    "ResourceType": "domain.failure_jobs",
    "WireError": "exchange",
}
__all__ = [
    "DEFAULT_PROJECT_ID",
    "FailureJob",
    "FailureStatus",
    "FakeSdrs",
    "Fault",
    "Job",
    "JobStatus",
    "ProjectState",
    "ProtectionGroup",
    "Reading",
    "Reply",
    "ResourceType",
    "WireError",
]

if not TYPE_CHECKING:  # else a misspelt name would pass type checkers

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return __all__
