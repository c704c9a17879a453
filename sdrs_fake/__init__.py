"""An embeddable fake of Huawei Cloud's Storage Disaster Recovery Service (SDRS).

    from sdrs_fake import FakeSdrs

    with FakeSdrs() as sdrs:
        sdrs.add_failure_job(failure_status="createFail")
        print(sdrs.url, sdrs.project_id)

Names load on first use, so that importing the package costs next to nothing.
"""

# Type checkers know the name; importing typing for it would cost ten times this module.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from sdrs_fake.activity.activity import Activity as Activity
    from sdrs_fake.activity.activity import ActivityStep as ActivityStep
    from sdrs_fake.auth.auth import Auth as Auth
    from sdrs_fake.auth.auth import AuthMode as AuthMode
    from sdrs_fake.domain.behavior import Behavior as Behavior
    from sdrs_fake.domain.clock import Clock as Clock
    from sdrs_fake.domain.drills import Drill as Drill
    from sdrs_fake.domain.drills import DrillStatus as DrillStatus
    from sdrs_fake.domain.failure_jobs import FailureJob as FailureJob
    from sdrs_fake.domain.failure_jobs import FailureStatus as FailureStatus
    from sdrs_fake.domain.failure_jobs import ResourceType as ResourceType
    from sdrs_fake.domain.groups import GroupStatus as GroupStatus
    from sdrs_fake.domain.groups import ProtectionGroup as ProtectionGroup
    from sdrs_fake.domain.instances import InstanceStatus as InstanceStatus
    from sdrs_fake.domain.instances import ProtectedInstance as ProtectedInstance
    from sdrs_fake.domain.job_types import JobType as JobType
    from sdrs_fake.domain.jobs import Job as Job
    from sdrs_fake.domain.jobs import JobStatus as JobStatus
    from sdrs_fake.domain.json_input import Given as Given
    from sdrs_fake.domain.keywords import DrillFields as DrillFields
    from sdrs_fake.domain.keywords import FailureJobFields as FailureJobFields
    from sdrs_fake.domain.keywords import JobFields as JobFields
    from sdrs_fake.domain.keywords import ProtectedInstanceFields as ProtectedInstanceFields
    from sdrs_fake.domain.keywords import ProtectionGroupFields as ProtectionGroupFields
    from sdrs_fake.domain.keywords import ReplicationPairFields as ReplicationPairFields
    from sdrs_fake.domain.keywords import RpoStatisticFields as RpoStatisticFields
    from sdrs_fake.domain.pairs import PairStatus as PairStatus
    from sdrs_fake.domain.pairs import ReplicationPair as ReplicationPair
    from sdrs_fake.domain.rpo_statistics import RpoStatistic as RpoStatistic
    from sdrs_fake.errors import Offline as Offline
    from sdrs_fake.errors import ParameterError as ParameterError
    from sdrs_fake.fake import FakeSdrs as FakeSdrs
    from sdrs_fake.fake_factory import FakeFactory as FakeFactory
    from sdrs_fake.fake_project import DEFAULT_PROJECT_ID as DEFAULT_PROJECT_ID
    from sdrs_fake.fake_project import FakeProject as FakeProject
    from sdrs_fake.faults.fault import Fault as Fault
    from sdrs_fake.faults.faults import Faults as Faults
    from sdrs_fake.journal.journal import Journal as Journal
    from sdrs_fake.journal.recorded_request import RecordedRequest as RecordedRequest
    from sdrs_fake.messages import ConnectionDropped as ConnectionDropped
    from sdrs_fake.messages import NetworkFault as NetworkFault
    from sdrs_fake.messages import Request as Request
    from sdrs_fake.messages import Response as Response
    from sdrs_fake.project_jobs import ProjectJobs as ProjectJobs
    from sdrs_fake.seeding.datasets import Dataset as Dataset
    from sdrs_fake.seeding.library import Scenario as Scenario
    from sdrs_fake.seeding.spec import SeedSpec as SeedSpec

_MODULES = {
    "Activity": "activity.activity",
    "ActivityStep": "activity.activity",
    "Auth": "auth.auth",
    "AuthMode": "auth.auth",
    "Behavior": "domain.behavior",
    "Clock": "domain.clock",
    "ConnectionDropped": "messages",
    "DEFAULT_PROJECT_ID": "fake_project",
    "Dataset": "seeding.datasets",
    "Drill": "domain.drills",
    "DrillFields": "domain.keywords",
    "DrillStatus": "domain.drills",
    "FailureJob": "domain.failure_jobs",
    "FailureJobFields": "domain.keywords",
    "FailureStatus": "domain.failure_jobs",
    "FakeFactory": "fake_factory",
    "FakeProject": "fake_project",
    "FakeSdrs": "fake",
    "Fault": "faults.fault",
    "Faults": "faults.faults",
    "Given": "domain.json_input",
    "GroupStatus": "domain.groups",
    "InstanceStatus": "domain.instances",
    "Job": "domain.jobs",
    "JobFields": "domain.keywords",
    "JobStatus": "domain.jobs",
    "JobType": "domain.job_types",
    "Journal": "journal.journal",
    "NetworkFault": "messages",
    "Offline": "errors",
    "PairStatus": "domain.pairs",
    "ParameterError": "errors",
    "ProjectJobs": "project_jobs",
    "ProtectedInstance": "domain.instances",
    "ProtectedInstanceFields": "domain.keywords",
    "ProtectionGroup": "domain.groups",
    "ProtectionGroupFields": "domain.keywords",
    "RecordedRequest": "journal.recorded_request",
    "ReplicationPair": "domain.pairs",
    "ReplicationPairFields": "domain.keywords",
    "Request": "messages",
    "ResourceType": "domain.failure_jobs",
    "Response": "messages",
    "RpoStatistic": "domain.rpo_statistics",
    "RpoStatisticFields": "domain.keywords",
    "Scenario": "seeding.library",
    "SeedSpec": "seeding.spec",
}
__all__ = [*_MODULES]  # noqa: PLE0604 they are strings

if not TYPE_CHECKING:  # else a misspelt name would pass type checkers

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return __all__
