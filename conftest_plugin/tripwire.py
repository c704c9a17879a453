"""`sdrs_block_real_cloud`: a test that reaches for a host of the real cloud fails, before anything
is looked up. PYTEST_DONT_REWRITE
"""

import os
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, wraps
from pathlib import Path
from threading import RLock, get_ident
from types import FrameType
from typing import Any, NamedTuple

import pytest

from conftest_plugin.handover import Handover

CLOUD = ("myhuaweicloud.com", "otc.t-systems.com")
"""The names that are the real cloud's, with all below them."""

ADVICE = (
    "Let the program ask a fake: with the fixture sdrs_intercept (what goes through requests"
    " reaches it), or with sdrs_url as its endpoint (sdrs_env sets the variables that SDKs read)."
)
_LOOK_UPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
"""The audit events of a look-up, which come before it; a name in an address is looked up before
`socket.connect` and the like come.
"""

_ADDRESSED = {
    "connect": slice(1),
    "connect_ex": slice(1),
    "bind": slice(1),
    "sendto": slice(-1, None),
    "sendmsg": slice(3, None),
}
"""The methods of a socket that look up the name in an address, and which of their arguments that
is; `sendmsg` is not everywhere.
"""

_PLUGIN = Path(__file__).parent
_NOT_THE_USERS = tuple(
    f"{folder}{os.sep}"
    for folder in (Path(os.__file__).parent, _PLUGIN, _PLUGIN.parent / "sdrs_fake")
)
_INSTALLED = ("site-packages", "dist-packages")


class RealCloudBlocked(socket.gaierror):
    """A name of the real cloud, asked for during a test. To a client it is a name that does not
    exist, so it gives up at once.
    """


class Attempt(NamedTuple):
    """A host, and the line of the user's code that led to it."""

    host: str
    site: str


class Tripwire:
    """The hooks of a run with the option. It is there as long as the run, and awake while a test is
    set up, called and torn down.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._attempts: Counter[Attempt] = Counter()
        self._thread = 0
        self._loops = False
        self._here = Path.cwd()
        self.test: str | None = None
        self._patch = pytest.MonkeyPatch()
        self._handover = Handover()
        for name, place in _ADDRESSED.items():
            if hasattr(socket.socket, name):
                self._patch.setattr(
                    socket.socket, name, _addressing(getattr(socket.socket, name), place)
                )
        _audit()
        _TRIPWIRES.append(self)

    @pytest.hookimpl
    def pytest_unconfigure(self) -> None:
        _TRIPWIRES.remove(self)
        self._patch.undo()
        self._handover.close()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Any:
        loops = getattr(sys.modules.get("asyncio.base_events"), "BaseEventLoop", None)
        if loops and not self._loops:
            self._patch.setattr(loops, "getaddrinfo", _looking_up(loops.getaddrinfo))
            self._loops = True
        with self._lock:
            self._thread, self.test = get_ident(), item.nodeid
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:
        report = yield
        with self._lock:
            attempts, self._attempts = self._attempts, Counter()
            attempts.update(
                Attempt(host, site)
                for test, host, site in self._handover.read()
                if test == self.test
            )
            if report.when == "teardown":
                self.test = None
        if attempts and report.failed:
            report.sections.append(("real cloud", told(item.nodeid, attempts)))
        elif attempts:
            _fail(report, told(item.nodeid, attempts))
        return report

    def refuse(self, host: str, frame: FrameType) -> None:
        """Keep in mind that a host was asked for, and refuse it."""
        __tracebackhide__ = True
        test = self.test
        waiting = sys._current_frames().get(self._thread)  # noqa: SLF001 in a pool's thread is none of the user's code
        site = _site(frame, self._here) or _site(waiting, self._here) or "no line of yours"
        if self._handover.is_childs():  # the lock may have been taken while the process was forked
            self._handover.write(str(test), host, site)
        else:
            with self._lock:
                self._attempts[Attempt(host, site)] += 1
        raise RealCloudBlocked(
            socket.EAI_NONAME,
            f"{host} is the real cloud, which sdrs_block_real_cloud keeps {test} from; asked for at"
            f" {site}",
        )


_TRIPWIRES: list[Tripwire] = []
"""Those of the runs in this process: a test of a plugin runs pytest inside pytest."""


def is_of_cloud(host: object) -> bool:
    """Is it a name of the real cloud, as it may be given to a socket?"""
    name = _plain(_text(host)).lower().rstrip(".")
    return name in CLOUD or name.endswith(tuple(f".{domain}" for domain in CLOUD))


def _text(host: object) -> str:
    return host.decode("latin-1") if isinstance(host, bytes | bytearray) else str(host)


def _plain(name: str) -> str:
    """A name as sockets read it: with wide letters, other full stops and what is not to be seen
    made plain. One that they refuse stays.
    """
    try:
        return name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def told(test: str, attempts: Counter[Attempt]) -> str:
    """What a test is told that reached for the cloud."""
    lines = [
        f"{test} reached for the real cloud, which sdrs_block_real_cloud forbids; nothing was sent:"
    ]
    for attempt, number in attempts.items():
        lines.append(
            f"  {attempt.host}, asked for at"
            f" {attempt.site}{f' ({number} times)' if number > 1 else ''}"
        )
    return "\n".join([*lines, ADVICE])


def _fail(report: pytest.TestReport, text: str) -> None:
    """Whatever else the test came to, swallowed the error, skipped, or was expected to fail."""
    with pytest.raises(pytest.fail.Exception) as failure:
        pytest.fail(text, pytrace=False)
    report.longrepr = failure.getrepr(style="value")
    report.outcome = "failed"
    vars(report).pop("wasxfail", None)


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    """The audit hook: called for all that Python audits, so it asks first for what is quickly
    told.
    """
    __tracebackhide__ = True
    if event in _LOOK_UPS and _TRIPWIRES:
        _check(arguments[0], sys._getframe(1))  # noqa: SLF001 whose call it is


@cache
def _audit() -> None:
    """An audit hook stays for the life of the process, so there is one, which does nothing where no
    tripwire is.
    """
    sys.addaudithook(_heard)


def _addressing(original: Callable[..., Any], place: slice) -> Callable[..., Any]:
    @wraps(original)
    def ask(asking: socket.socket, *arguments: Any) -> Any:
        __tracebackhide__ = True
        for address in arguments[place]:
            _check(address[0] if isinstance(address, tuple) and address else None, sys._getframe(1))  # noqa: SLF001 as above
        return original(asking, *arguments)

    return ask


def _looking_up(original: Callable[..., Any]) -> Callable[..., Any]:
    """An event loop looks up in another thread, whose stack shows nobody's code; this is still in
    the task that asks.
    """

    @wraps(original)
    async def getaddrinfo(loop: Any, host: Any, *arguments: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        _check(host, sys._getframe(1))  # noqa: SLF001 as above
        return await original(loop, host, *arguments, **options)

    return getaddrinfo


def _check(host: object, frame: FrameType) -> None:
    __tracebackhide__ = True
    tripwire = next((each for each in reversed(_TRIPWIRES) if each.test), None)
    if tripwire and is_of_cloud(host):
        tripwire.refuse(_text(host), frame)


def _site(frame: FrameType | None, here: Path) -> str | None:
    """The nearest line of the user's code on a stack: `file:line`, as seen from here where it is
    below.
    """
    for file, line in _lines(frame):
        if not (
            file.startswith(("<", *_NOT_THE_USERS))
            or any(part in Path(file).parts for part in _INSTALLED)
        ):
            return f"{Path(file).relative_to(here) if Path(file).is_relative_to(here) else file}:{line}"
    return None


def _lines(frame: FrameType | None) -> Iterator[tuple[str, int]]:
    while frame:
        yield frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
