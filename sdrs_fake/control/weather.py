"""Paging weather: what real lists do while a client walks through their pages."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from sdrs_fake.control.clock import Clock
from sdrs_fake.control.conditions import Test
from sdrs_fake.control.effects import Effect, Serve
from sdrs_fake.control.fault import Fault, Turns
from sdrs_fake.control.faults import Faults, told_as
from sdrs_fake.domain.errors import ApiError
from sdrs_fake.domain.failure_jobs import FailureJob, FailureJobQuery, listed, wanted
from sdrs_fake.domain.fields import read
from sdrs_fake.domain.listing import cut
from sdrs_fake.domain.project import Project
from sdrs_fake.domain.world import World
from sdrs_fake.exchange import Call, Operation, Reply

LIST = "ListFailureJobs"

_COUNT = re.compile(rb'(?<=^\{"count":)\d+')
_MILLISECOND = dt.timedelta(milliseconds=1)


class Weather:
    """What may happen to the list of failed jobs between two of its pages, a call for each.

    A next page is one with an offset, of a list that has anything in it. What is armed is a Fault:
    it says how often it fired, ends with
    a `with` block or after so many `times`, and meets only calls with these `fields`, such as
    `server_group_id="..."`; see `Faults.fail`.
    """

    def __init__(self, faults: Faults, world: World, clock: Clock) -> None:
        self._faults = faults
        self._world = world
        self._clock = clock

    def insert_between_pages(
        self, *, times: int | None = 1, optional: bool = False, **fields: object
    ) -> Fault:
        """Before a next page is answered, a new job comes to the front of the list: what was on the
        page before comes again.
        """

        def insert(operation: Operation, project: Project, call: Call) -> Reply:
            for newest in _newest(project, call):
                begin_time = max(self._clock.now(), newest.begin_time + _MILLISECOND)
                project.add_failure_jobs(
                    [replace(newest, job_id=project.free_job_id(begin_time), begin_time=begin_time)]
                )
            return operation(project, call)

        return self._arm(
            "insert_between_pages", insert, self._is_next, times, fields, optional=optional
        )

    def delete_between_pages(
        self, *, times: int | None = 1, optional: bool = False, **fields: object
    ) -> Fault:
        """Before a next page is answered, the newest job of the list is deleted: the first row of
        the page is never seen.
        """

        def delete(operation: Operation, project: Project, call: Call) -> Reply:
            project.delete_failure_jobs(_newest(project, call))
            return operation(project, call)

        return self._arm(
            "delete_between_pages", delete, self._is_next, times, fields, optional=optional
        )

    def drift_count(
        self, by: int = 1, *, times: int | None = None, optional: bool = False, **fields: object
    ) -> Fault:
        """Next pages say a count that is off `by` so many, though the list is as it was; never
        below 0.
        """
        if not isinstance(by, int) or isinstance(by, bool) or not by:
            raise ValueError(f"by: {by!r} should be a whole number other than 0")

        def drift(operation: Operation, project: Project, call: Call) -> Reply:
            reply = operation(project, call)
            reply.body = _COUNT.sub(lambda said: b"%d" % max(0, int(said[0]) + by), reply.body)
            return reply

        return self._arm(
            "drift_count", drift, self._is_next, times, fields, optional=optional, by=by
        )

    def short_page(
        self, *, times: int | None = 1, optional: bool = False, **fields: object
    ) -> Fault:
        """A page that is not the last comes with one row less than its limit. The next row is still
        at the next offset.
        """

        def shorten(operation: Operation, project: Project, call: Call) -> Reply:
            limit = read(FailureJobQuery, call.query).limit
            return operation(project, replace(call, query={**call.query, "limit": str(limit - 1)}))

        return self._arm("short_page", shorten, self._is_followed, times, fields, optional=optional)

    def _arm(  # noqa: PLR0913 all that is said of it
        self,
        name: str,
        serve: Serve,
        met: Test,
        times: int | None,
        fields: dict[str, object],
        *,
        optional: bool,
        **said: object,
    ) -> Fault:
        tests = [*self._faults.tests(LIST, None, fields), met]
        return self._faults.arm(
            LIST,
            Effect(serve=serve),
            told_as(name, None, said, fields),
            Turns(times),
            tests,
            optional=optional,
        )

    def _is_next(self, call: Call) -> bool:
        return self._asked(call, lambda query, rows: query.offset > 0 and rows > 0)

    def _is_followed(self, call: Call) -> bool:
        return self._asked(call, lambda query, rows: 2 <= query.limit < rows - query.offset)  # noqa: PLR2004 one row less is still one

    def _asked(self, call: Call, test: Callable[[FailureJobQuery, int], bool]) -> bool:
        """Is a call for such a page, of a list of so many rows? One that will be refused is for
        none, and HEAD shows none.
        """
        if call.method != "GET":
            return False
        with self._world.lock:
            project = self._world.find(call.arguments["project_id"])
            try:
                query = read(FailureJobQuery, call.query)
                project.check_group(query.server_group_id)
                rows = listed(project.failure_jobs, query, project.reading)
                cut(rows, query, project.reading)
            except ApiError:
                return False
            return test(query, len(rows))


def _newest(project: Project, call: Call) -> list[FailureJob]:
    """The first of all that the list has which a call asks for a page of: one, unless somebody has
    emptied it since.
    """
    query = read(FailureJobQuery, call.query)
    return list(islice(wanted(project.failure_jobs.ordered(), query, project.reading), 1))
