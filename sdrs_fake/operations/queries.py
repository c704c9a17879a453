"""Which parameters each served operation knows."""

from sdrs_fake.domain.failure_jobs import FailureJobQuery

PARAMETERS: dict[str, frozenset[str]] = {
    "ListFailureJobs": frozenset(FailureJobQuery.model_fields),
}
