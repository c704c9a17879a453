"""Jobs: how what was asked for went."""

from sdrs_fake.domain.errors import NULL_JOB, NULL_JOB_OF_THE_TABLE, found
from sdrs_fake.domain.project import Project
from sdrs_fake.exchange import Call, Reply


def show_job_status(project: Project, call: Call) -> Reply:
    unknown = NULL_JOB if project.reading.unknown_job == "refused" else NULL_JOB_OF_THE_TABLE
    return Reply(200, found(project.job(call.arguments["job_id"]), unknown).wire_json)
