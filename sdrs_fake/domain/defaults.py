"""What is not said of a failed job or a group follows from what is said, and from a running number.

No chance is involved: the same calls on a new fake give the same values.
"""

import datetime as dt
import re
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5
from zlib import crc32

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.job_types import JOB_TYPES, JobType, today

_NAMESPACE = UUID("5d1f5a0c-7a57-4c4e-9a55-5d2d8f0b3c11")
_NAMES = {
    ResourceType.SERVER_GROUPS: "Protection-Group",
    ResourceType.PROTECTED_INSTANCES: "Protected-Instance",
    ResourceType.REPLICATIONS: "Replication-Pair",
    ResourceType.DISASTER_RECOVERY_DRILLS: "DR-Drill",
}
_HOST = "ff808082"
_SERVER_START = 0x6B45D4A5
_HIBERNATE = re.compile(_HOST + "[0-9a-f]{24}")
_GROUPS_BEGAN = dt.datetime(2018, 6, 1, tzinfo=dt.UTC)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

PLACEHOLDERS: dict[str, Any] = {
    "resource_id": "?",
    "resource_name": "?",
    **JOB_TYPES[0]._asdict(),
    "job_id": "?",
    "begin_time": _EPOCH,
}
"""Stands for what is not said of a failed job while what is said is checked."""


def new_id(project_id: str, kind: str, number: int) -> str:
    """A UUID that is the same for the same project, kind and number."""
    return str(uuid5(_NAMESPACE, f"{project_id}/{kind}/{number}"))


def name_of(resource_type: ResourceType, resource_id: str) -> str:
    """The service's kind of default name, such as `Protected-Instance-ab14`; one resource has one
    name.
    """
    return f"{_NAMES[resource_type]}-{crc32(resource_id.encode()) & 0xFFFF:04x}"


def job_id_at(moment: dt.datetime, number: int) -> str:
    """A job id in Hibernate's layout: host, server start, milliseconds since 1970 (begin_time plus
    1), counter.
    """
    start = (_SERVER_START + (number >> 16)) & 0xFFFFFFFF
    return f"{_HOST}{start:08x}{_milliseconds(moment) + 1:012x}{number & 0xFFFF:04x}"


def created_at_of(group_id: str) -> dt.datetime:
    """When a group was made that only its id is known of: some time in the second half of 2018,
    before what can have failed in it.
    """
    return _GROUPS_BEGAN + dt.timedelta(milliseconds=crc32(group_id.encode()) * 4)


def duration_of(text: str) -> dt.timedelta:
    """How long a job takes: from 5 to 20 seconds, as those of the samples do."""
    return dt.timedelta(milliseconds=5000 + crc32(text.encode()) % 15_001)


def begin_time_of(job_id: object, now: dt.datetime) -> dt.datetime:
    """When a job with such an id began: what the id itself says, where it is one of the service's;
    else now.
    """
    if isinstance(job_id, str) and _HIBERNATE.fullmatch(job_id):
        said = int(job_id[16:28], 16) - 1
        if 0 <= said <= _milliseconds(now):
            return _EPOCH + dt.timedelta(milliseconds=said)
    return now


_WEIGHTS = {
    "job_type": 9,
    "fail_reason": 5,
    "error_code": 4,
    "failure_status": 3,
    "resource_type": 2,
}
"""What says most of how something failed: a job type is one way, a resource fails in several."""


@lru_cache(maxsize=1024)
def failure_of(*, inside: bool, **said: str) -> JobType:
    """The documented way to fail that agrees best with the fields said; by itself a creation.

    `inside` a group it is an instance that fails, elsewhere a group. Spellings of 2019 are
    understood.
    """
    usual = ResourceType.PROTECTED_INSTANCES if inside else ResourceType.SERVER_GROUPS
    wanted = {**said, "job_type": today(said.get("job_type", ""))}
    if "resource_type" in said:
        wanted["resource_type"] = ResourceType.of(said["resource_type"])

    def agreement(row: JobType) -> tuple[int, bool]:
        facts = {**row._asdict(), "job_type": today(row.job_type)}
        return sum(
            weight for field, weight in _WEIGHTS.items() if facts[field] == wanted.get(field)
        ), row.resource_type == usual

    return max(JOB_TYPES, key=agreement)


def _milliseconds(moment: dt.datetime) -> int:
    return max(moment - _EPOCH, dt.timedelta()) // dt.timedelta(milliseconds=1)
