"""ArmedFaults: the faults of one fake, as the app that serves its requests sees them."""

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from threading import Lock

from sdrs_fake.domain.clock import Clock
from sdrs_fake.domain.forks import renew_in_child
from sdrs_fake.faults.effects import Effect, MatchedFault
from sdrs_fake.faults.fault import Fault, Schedule
from sdrs_fake.faults.matchers import RequestMatcher
from sdrs_fake.messages import Request, Response


class Rule:
    """What is behind a fault: the requests that it matches, its schedule and its effect."""

    def __init__(
        self, fault: Fault, schedule: Schedule, matcher: RequestMatcher, effect: Effect
    ) -> None:
        self.fault = fault
        self.matcher = matcher
        self.job_failures = effect.job_failures
        self._schedule = schedule
        self._effect = effect
        self._until: dt.datetime | None = None
        """The end of a Retry-After, which begins when the fault first fires."""

    def fire(self, now: dt.datetime) -> MatchedFault | None:
        """Count a request that matches; the fault, if it fires at this one."""
        fault, effect = self.fault, self._effect
        if self._until and self._until <= now:
            fault.disarm()
        if not self.count():
            return None
        if effect.retry_after is None:
            return MatchedFault(effect, fault.description)
        self._until = self._until or now + dt.timedelta(seconds=effect.retry_after)
        return MatchedFault(effect, fault.description, self._until - now)

    def count(self) -> bool:
        """Count a match; whether the fault fires at it."""
        fault = self.fault
        if not fault.armed:
            return False
        fault.matched += 1
        if not self._schedule.fires_at(fault.matched):
            return False
        fault.fired += 1
        if fault.fired == self._schedule.times:
            fault.disarm()
        return True

    @property
    def is_next(self) -> bool:
        """Whether the next request that matches is one at which the fault fires."""
        return self.fault.armed and self._schedule.fires_at(self.fault.matched + 1)


class ArmedFaults:
    """The faults of one fake. Of those that match a request and are due, the first armed fires."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.faults: list[Fault] = []
        self._rules: tuple[Rule, ...] = ()
        self._numbers = count(1)
        # Not held while a condition of the user's runs, which may call the fake itself.
        self._lock = Lock()
        renew_in_child(self)

    def after_fork(self) -> None:
        self._lock = Lock()

    def arm(
        self, description: str, schedule: Schedule, matcher: RequestMatcher, effect: Effect
    ) -> Fault:
        with self._lock:
            fault = Fault(next(self._numbers), description, schedule)
            self.faults.append(fault)
            armed = [rule for rule in self._rules if rule.fault.armed]
            self._rules = (*armed, Rule(fault, schedule, matcher, effect))
        return fault

    def clear(self) -> None:
        """Disarm and forget all faults."""
        with self._lock:
            for fault in self.faults:
                fault.disarm()
            self.faults, self._rules = [], ()

    def match(self, request: Request) -> MatchedFault | None:
        """The fault that fires at a request; counts it."""
        for rule in self._rules:
            if not rule.job_failures and self._is_meant(rule, request):
                with self._lock:
                    matched = rule.fire(self.clock.now())
                if matched:
                    return matched
        return None

    def rules_for_jobs(self, request: Request) -> list[Rule]:
        """The rules for the job that a request starts, if it starts one."""
        return [each for each in self._rules if each.job_failures and self._is_meant(each, request)]

    @staticmethod
    def failing(rules: Sequence[Rule]) -> Rule | None:
        """The rule by which the next job fails."""
        return next((rule for rule in rules if rule.is_next), None)

    def count_job(self, rules: Sequence[Rule]) -> None:
        """Count a job that started, up to the rule by which it fails."""
        with self._lock:
            for rule in rules:
                if rule.count():
                    return

    @staticmethod
    def _is_meant(rule: Rule, request: Request) -> bool:
        return rule.fault.armed and rule.matcher.matches(request)

    def apply_fault(self, matched: MatchedFault, response: Response, request: Request) -> Response:
        """The response as the fault changes it; latency without `sleep` moves the clock."""
        if matched.effect.latency and not matched.effect.sleep:
            with suppress(ValueError):  # at the end of the calendar the clock stands still
                self.clock.advance(seconds=matched.effect.latency)
        return matched.change(response, request)
