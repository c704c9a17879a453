"""Faults, journal and clock over HTTP: what `sdrs.faults`, `sdrs.weather`, `sdrs.journal` and
`sdrs.clock` do in Python.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sdrs_fake.control.clock import Clock
from sdrs_fake.control.entry import Entry, visible
from sdrs_fake.control.fault import Fault
from sdrs_fake.control.faults import Faults
from sdrs_fake.control.journal import Journal
from sdrs_fake.control.weather import Weather
from sdrs_fake.domain.errors import ApiError, found, require
from sdrs_fake.domain.fields import wire_time
from sdrs_fake.exchange import Reply
from sdrs_fake.wsgi.admin_bodies import Action, object_of, query_of, refusal, refused

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Controls:
    """The control routes over what a test holds besides the state."""

    def __init__(self, faults: Faults, weather: Weather, journal: Journal, clock: Clock) -> None:
        self._faults = faults
        self._journal = journal
        self._clock = clock
        self._arming: dict[str, Callable[..., Fault]] = {
            "fail": faults.fail,
            "busy": faults.busy,
            "insert_between_pages": weather.insert_between_pages,
            "delete_between_pages": weather.delete_between_pages,
            "drift_count": weather.drift_count,
            "short_page": weather.short_page,
        }
        self.routes: dict[str, Action] = {
            "GET /_fake/faults": self.list_faults,
            "POST /_fake/faults": self.arm,
            "DELETE /_fake/faults": self.clear_faults,
            "DELETE /_fake/faults/{number}": self.disarm,
            "GET /_fake/journal": self.list_calls,
            "POST /_fake/journal/assert-called": self.assert_called,
            "DELETE /_fake/journal": self.clear_journal,
            "GET /_fake/clock": self.tell_time,
            "POST /_fake/clock": self.move_time,
        }

    # Faults

    def list_faults(self, _environ: "WSGIEnvironment") -> Reply:
        return Reply.of(200, {"faults": [_shown(fault) for fault in self._faults]})

    def arm(self, environ: "WSGIEnvironment") -> Reply:
        said = object_of(environ)
        kind = said.pop("kind", "fail")
        require(
            isinstance(kind, str) and kind in self._arming,
            refusal(400, f"kind: {kind!r} should be one of {', '.join(self._arming)}"),
        )
        require(
            "when" not in said,
            refusal(400, "when: a condition is a function, which only Python has"),
        )
        with refused():
            return Reply.of(201, _shown(self._arming[kind](**said)))

    def disarm(self, environ: "WSGIEnvironment") -> Reply:
        number = environ["PATH_INFO"].rpartition("/")[2]
        fault = next((fault for fault in self._faults if str(fault.number) == number), None)
        found(fault, refusal(404, f"there is no fault {number}")).disarm()
        return Reply(204)

    def clear_faults(self, _environ: "WSGIEnvironment") -> Reply:
        self._faults.clear()
        return Reply(204)

    # Journal

    def list_calls(self, environ: "WSGIEnvironment") -> Reply:
        query = query_of(environ, ("operation", "last"))
        with refused():
            calls = self._journal.calls(query.get("operation"))
        if (last := query.get("last")) is not None:
            require(
                last.isascii() and last.isdecimal() and len(last) < 10,
                refusal(400, f"last: {last!r:.40} should be a whole number"),
            )  # noqa: PLR2004 as many digits
            calls = calls[max(0, len(calls) - int(last)) :]
        return Reply.of(
            200, {"dropped": self._journal.dropped, "calls": [_call(entry) for entry in calls]}
        )

    def assert_called(self, environ: "WSGIEnvironment") -> Reply:
        said = object_of(environ)
        operation = said.pop("operation", None)
        require(
            isinstance(operation, str),
            refusal(400, f"operation: {operation!r} should be the name of one"),
        )
        try:
            with refused():
                return Reply.of(200, _call(self._journal.assert_called(operation, **said)))
        except AssertionError as error:
            raise ApiError(refusal(409, str(error))) from None

    def clear_journal(self, _environ: "WSGIEnvironment") -> Reply:
        self._journal.clear()
        return Reply(204)

    # Clock

    def tell_time(self, _environ: "WSGIEnvironment") -> Reply:
        return Reply.of(200, {"now": wire_time(self._clock.now())})

    def move_time(self, environ: "WSGIEnvironment") -> Reply:
        said = object_of(environ, ("set", "days", "hours", "minutes", "seconds"))
        require(said, refusal(400, "the body should have set, or days, hours, minutes or seconds"))
        require(len(said) == 1 or "set" not in said, refusal(400, "set: goes with nothing else"))
        with refused():
            if "set" in said:
                self._clock.set(said["set"])
            else:
                self._clock.advance(**said)
        return self.tell_time(environ)


def _shown(fault: Fault) -> dict[str, Any]:
    return {
        "number": fault.number,
        "fault": fault.told,
        "armed": fault.armed,
        "matched": fault.matched,
        "fired": fault.fired,
        "optional": fault.optional,
    }


def _call(entry: Entry) -> dict[str, Any]:
    call, reply = entry
    return {
        "operation": call.operation,
        "method": call.method,
        "target": call.target,
        "arguments": dict(call.arguments),
        "query": dict(call.query),
        "unknown": list(call.unknown),
        "body": entry.shown_body,
        "curl": entry.curl(call.root),
        "status": reply.status,
        "reply": reply.body.decode("utf-8", "replace"),
        "note": visible(reply.note),
        "trouble": str(reply.trouble) if reply.trouble else None,
    }
