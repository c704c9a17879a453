"""Ids and names that the fake gives. They follow from a running number, not from chance.

The same calls on a new fake give the same ids.
"""

import datetime as dt
import re
from collections.abc import Iterable
from hashlib import sha1
from uuid import UUID
from zlib import crc32

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.times import from_milliseconds, to_milliseconds

HOST = "ff808082"
"""The first eight digits of the service's job ids."""

_NAMESPACE = UUID("5d1f5a0c-7a57-4c4e-9a55-5d2d8f0b3c11")
_SERVER_START = 0x6B45D4A5
_HIBERNATE = re.compile(HOST + "[0-9a-f]{24}")
_NAMES = {
    ResourceType.SERVER_GROUPS: "Protection-Group",
    ResourceType.PROTECTED_INSTANCES: "Protected-Instance",
    ResourceType.REPLICATIONS: "Replication-Pair",
    ResourceType.DISASTER_RECOVERY_DRILLS: "DR-Drill",
}


def new_id(project_id: str, kind: str, number: int) -> str:
    """A UUID that is the same for the same project, kind and number."""
    # As `uuid5` makes it, in a quarter of the time.
    hex_ = sha1(_NAMESPACE.bytes + f"{project_id}/{kind}/{number}".encode()).hexdigest()  # noqa: S324
    variant = "89ab"[int(hex_[16], 16) & 3]
    return f"{hex_[:8]}-{hex_[8:12]}-5{hex_[13:16]}-{variant}{hex_[17:20]}-{hex_[20:32]}"


def default_name(resource_type: ResourceType, resource_id: str) -> str:
    """The service's default name for a resource, such as `Protected-Instance-ab14`."""
    digits = crc32(resource_id.encode(errors="replace")) & 0xFFFF
    return f"{_NAMES[resource_type]}-{digits:04x}"


def job_id(server_start: int, milliseconds: int, counter: int) -> str:
    """A job id in Hibernate's layout: host, server start, milliseconds since 1970, counter."""
    return f"{HOST}{server_start:08x}{milliseconds:012x}{counter:04x}"


def new_job_id(begin_time: dt.datetime, number: int) -> str:
    """The id of a job that began then; the service makes it a millisecond later."""
    return new_job_ids(begin_time, [number])[0]


def new_job_ids(begin_time: dt.datetime, numbers: Iterable[int]) -> list[str]:
    """The ids of jobs that began at the same time."""
    made = max(to_milliseconds(begin_time), 0) + 1
    return [
        job_id((_SERVER_START + (number >> 16)) & 0xFFFFFFFF, made, number & 0xFFFF)
        for number in numbers
    ]


def begin_time_of(job_id: object, now: dt.datetime) -> dt.datetime:
    """When a job with that id began: as the id says, where it is one of the service's; else now."""
    if isinstance(job_id, str) and _HIBERNATE.fullmatch(job_id):
        milliseconds = int(job_id[16:28], 16) - 1
        if 0 <= milliseconds <= to_milliseconds(now):
            return from_milliseconds(milliseconds)
    return now
