"""The routes of the admin API. They need no credentials of the service, and no journal has them."""

from collections.abc import Sequence

from sdrs_fake.admin import controls, failures, inspector, recorded, state
from sdrs_fake.admin.bodies import IMPORT, refusal
from sdrs_fake.domain.refusals import Refusal
from sdrs_fake.messages import Response, Route

# Relative, so that it holds wherever the fake is mounted, and behind any proxy.
_TO_INSPECTOR = Response(308, headers={"Location": "_fake/"})

TABLE: tuple[Route, ...] = (
    Route("ShowHealth", "GET", "/_fake/health", state.show_health),
    Route("Reset", "POST", "/_fake/reset", state.reset),
    Route("ImportData", "POST", IMPORT, state.import_data),
    Route("ExportData", "GET", "/_fake/export", state.export_data),
    Route("ListScenarios", "GET", "/_fake/scenarios", state.list_scenarios),
    Route("Seed", "POST", "/_fake/scenarios", state.seed),
    Route("ListFaults", "GET", "/_fake/faults", controls.list_faults),
    Route("ArmFault", "POST", "/_fake/faults", controls.arm_fault),
    Route("ClearFaults", "DELETE", "/_fake/faults", controls.clear_faults),
    Route("DisarmFault", "DELETE", "/_fake/faults/{number}", controls.disarm_fault),
    Route("ListPendingJobs", "GET", "/_fake/jobs", controls.list_jobs),
    Route("EndJobs", "POST", "/_fake/jobs", controls.control_jobs),
    Route("ListRequests", "GET", "/_fake/journal", controls.list_requests),
    Route("AssertCalled", "POST", "/_fake/journal/assert-called", controls.assert_called),
    Route("ClearJournal", "DELETE", "/_fake/journal", controls.clear_journal),
    Route("ShowTime", "GET", "/_fake/clock", controls.show_time),
    Route("MoveTime", "POST", "/_fake/clock", controls.move_time),
    Route("ShowOpenApi", "GET", "/_fake/openapi.json", state.show_openapi),
    # The inspector
    Route("ShowInspector", "GET", "/_fake/", inspector.show_page),
    Route("ShowInspector", "GET", "/_fake", lambda *_: _TO_INSPECTOR),
    Route("ShowInspectorFile", "GET", "/_fake/inspector/{name}", inspector.show_file),
    Route("ShowChanges", "GET", "/_fake/changes", inspector.show_changes),
    Route("ShowToken", "GET", "/_fake/token", inspector.show_token),
    Route("ListOperations", "GET", "/_fake/operations", inspector.list_operations),
    Route("ListAllFailureJobs", "GET", "/_fake/failure-jobs", failures.list_all_failure_jobs),
    Route("CountFailureJobs", "GET", "/_fake/failure-jobs/count", failures.count_failure_jobs),
    Route(
        "ShowFailureJob",
        "GET",
        "/_fake/failure-jobs/{failure_job_id}",
        failures.show_failure_job,
    ),
    Route("ListRecordedRequests", "GET", "/_fake/requests", recorded.list_recorded_requests),
    Route("ShowRecordedRequest", "GET", "/_fake/requests/{number}", recorded.show_recorded_request),
)


def no_route(path: str, allowed: Sequence[str]) -> Refusal:
    """404 with the routes there are, or 405 with the methods that the path has."""
    if not allowed:
        routes = ", ".join(f"{route.method} {route.path}" for route in TABLE)
        return refusal(404, f"there is no such path; there are {routes}")
    methods = ", ".join(allowed)
    return refusal(405, f"{path} takes {methods}").with_headers(Allow=methods)
