"""FakeFactory: the type of the pytest fixture `sdrs_factory`."""

import datetime as dt
from typing import Protocol

from sdrs_fake.auth.auth import AuthMode
from sdrs_fake.domain.json_input import Given
from sdrs_fake.fake import BehaviorLike, CorsLike, FakeSdrs, JobDurationLike, QuotasLike
from sdrs_fake.fake_project import DEFAULT_PROJECT_ID
from sdrs_fake.seeding import Scenario


class FakeFactory(Protocol):
    """Makes a fake that lives until the end of the run."""

    def __call__(  # noqa: PLR0913 the arguments of the marker
        self,
        *,
        project_id: str = DEFAULT_PROJECT_ID,
        failures: int | None = None,
        groups: int | None = None,
        seed: int | None = None,
        as_of: dt.datetime | str | None = None,
        behavior: BehaviorLike = None,
        auth: AuthMode | None = None,
        scenario: Given | Scenario | None = None,
        job_duration: JobDurationLike | None = None,
        job_polls: int | None = None,
        quotas: QuotasLike = None,
        cors: CorsLike = None,
    ) -> FakeSdrs: ...
