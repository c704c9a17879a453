"""The data of a fake over HTTP: health, reset, import, export, scenarios, seeding, OpenAPI."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sdrs_fake.admin.admin import Admin
from sdrs_fake.admin.bodies import read_json, read_object, refusal, refused
from sdrs_fake.domain.refusals import require
from sdrs_fake.errors import shown
from sdrs_fake.messages import Request, Response
from sdrs_fake.seeding.spec import OPTIONS

if TYPE_CHECKING:
    from sdrs_fake.seeding import Scenario

_SEED_FIELDS = (*OPTIONS, "project_id")
_SCENARIO_FIELDS = ("name", "title", "description", "failures", "groups")


def show_health(admin: Admin, _request: Request) -> Response:
    backend = admin.backend
    with backend.lock:
        ids = sorted(backend.project_ids)
        counts = {project_id: len(backend.find(project_id).failure_jobs) for project_id in ids}
    return Response.ok(
        status="ok",
        project_id=admin.project_id,
        auth=admin.auth_mode,
        failure_jobs=counts,
    )


def show_openapi(_admin: Admin, request: Request) -> Response:
    from sdrs_fake.openapi.document import document  # its models take long to make

    return Response.of(200, document(request.base_url))


def reset(admin: Admin, request: Request) -> Response:
    given = read_object(request, ("to",)) if request.body or request.declared_length else {}
    with refused():
        admin.backend.reset_to(given.get("to"))
    return Response.no_content()


def import_data(admin: Admin, request: Request) -> Response:
    from sdrs_fake.admin import data_import  # needs the builders of all resources

    content, now = read_json(request), admin.clock.now()
    with refused():
        counts = data_import.import_data(admin.backend, admin.credentials, content, now)
    return Response.ok(imported=counts)


def export_data(admin: Admin, _request: Request) -> Response:
    from sdrs_fake.admin import data_export

    return Response.of(200, data_export.export_data(admin.backend))


def list_scenarios(_admin: Admin, _request: Request) -> Response:
    from sdrs_fake.seeding import scenarios

    return Response.ok(scenarios=[_scenario_row(each) for each in scenarios().values()])


def _scenario_row(scenario: "Scenario") -> dict[str, object]:
    return {name: getattr(scenario, name) for name in _SCENARIO_FIELDS}


def seed(admin: Admin, request: Request) -> Response:
    given = read_object(request, _SEED_FIELDS)
    _check_scenario(given)
    project_id = given.pop("project_id", admin.project_id)
    with refused():
        dataset = admin.project(project_id).seed(**given)
    content = {
        "project_id": project_id,
        "seed_call": str(dataset.spec),
        "failure_jobs": len(dataset.failure_jobs),
        "protection_groups": len(dataset.groups),
    }
    return Response.of(201, content)


def _check_scenario(given: Mapping[str, Any]) -> None:
    """A string is the name of a scenario of the package: no request opens files of this machine."""
    from sdrs_fake.seeding import scenarios

    scenario = given.get("scenario")
    if scenario is None or isinstance(scenario, Mapping):
        return
    names = list(scenarios())
    wrong = f"scenario: {shown(scenario)} should be one of {', '.join(names)}, or an object"
    require(scenario in names, refusal(400, wrong))
