"""Export of the data of all projects, as an import takes it."""

import json
from typing import Any

from sdrs_fake.admin.data_format import DEFERRED, GONE, HELD, VERSION, Row
from sdrs_fake.admin.deferred import exported
from sdrs_fake.domain.backend import Backend
from sdrs_fake.domain.failure_jobs import FailureJob
from sdrs_fake.domain.jobs import Job
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.store import KeepsJson
from sdrs_fake.domain.times import precise_time


def export_data(backend: Backend) -> dict[str, Any]:
    """The data of all projects, as `import_data` takes it; keys and users are left out."""
    with backend.lock:
        ids = {*backend.project_ids, *(each.project_id for each in backend.deferred)}
        projects = [_exported(backend.find(each), backend) for each in sorted(ids)]
        held = {HELD: True} if backend.schedule.held else {}
        return {"version": VERSION, **held, "projects": projects}


def _exported(project: Project, backend: Backend) -> dict[str, Any]:
    """A project's data in the order it was added, since new ids depend on it."""
    gone = project.deleted_groups()
    number, created_at = project.counters
    return {
        "project_id": project.project_id,
        "protection_groups": [_row_of(group) for group in project.server_groups],
        **({GONE: gone} if gone else {}),
        "protected_instances": [
            {**_row_of(each), **each.kept} for each in project.protected_instances
        ],
        "replications": [_row_of(each) for each in project.replications],
        "disaster_recovery_drills": [_row_of(each) for each in project.disaster_recovery_drills],
        "resource_rpo_statistics": [_row_of(each) for each in project.rpo_statistics],
        "deleted_failure_jobs": [_failure_row(job) for job in project.deleted_failure_jobs],
        "failure_jobs": [_failure_row(job) for job in project.failure_jobs],
        "jobs": [_job_row(project, job) for job in project.jobs.values()],
        DEFERRED: [
            exported(each) for each in backend.deferred if each.project_id == project.project_id
        ],
        "counters": {
            "number": number,
            "created_at": None if created_at is None else precise_time(created_at),
        },
    }


def _row_of(resource: KeepsJson | Job) -> Row:
    row: Row = json.loads(resource.wire_json)
    return row


def _job_row(project: Project, job: Job) -> Row:
    """A job with the plan by which it ends, where it runs."""
    plan = project.plans.get(job.job_id)
    return _row_of(job) if plan is None else {**_row_of(job), "plan": plan.row}


def _failure_row(job: FailureJob) -> Row:
    return {**json.loads(job.wire_json), "server_group_id": job.server_group_id}
