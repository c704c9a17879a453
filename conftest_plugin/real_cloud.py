"""Block the real cloud: fail a test that looks up one of its hosts. PYTEST_DONT_REWRITE"""

import os
import socket
import sys
from functools import cache
from pathlib import Path
from threading import main_thread
from traceback import walk_stack
from types import FrameType
from typing import Any

import pytest

DOMAINS = ("myhuaweicloud.com", "otc.t-systems.com")
"""The domains of the real cloud."""

ADVICE = (
    "Let the program call a fake: use the fixture sdrs_intercept (for programs that use requests,"
    " urllib3 or httpx), or sdrs_url as the endpoint (sdrs_env sets the variables that SDKs read)."
)
_NAME_EVENTS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
_ADDRESS_EVENTS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_PACKAGES = (
    Path(os.__file__).parent,
    Path(__file__).parent,
    Path(__file__).parents[1] / "sdrs_fake",
)
_NOT_THE_USERS = ("<", *(f"{package}{os.sep}" for package in _PACKAGES))


class RealCloudBlocked(socket.gaierror):
    """A test looked up a name of the real cloud. To a client it is a name that does not exist."""


class RealCloudGuard:
    """The hooks of a run with the option: they collect the attempts of each test and fail it."""

    def __init__(self) -> None:
        self.test: str | None = None
        self.attempts: list[str] = []
        self.folder = f"{Path.cwd()}{os.sep}"
        _add_audit_hook()
        _GUARDS.append(self)

    @pytest.hookimpl
    def pytest_unconfigure(self) -> None:
        _GUARDS.remove(self)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Any:
        self.test = item.nodeid
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:
        """Fail a test that tried, even if it swallowed the error, skipped, or is an xfail."""
        report = yield
        attempts, self.attempts = list(dict.fromkeys(self.attempts)), []
        if report.when == "teardown":
            self.test = None
        head = f"{item.nodeid} called the real cloud; the call was blocked:"
        text = "\n".join([head, *attempts, ADVICE])
        if attempts and report.failed:
            report.sections.append(("real cloud", text))
        elif attempts:
            report.longrepr, report.outcome = text, "failed"
            vars(report).pop("wasxfail", None)
        return report


_GUARDS: list[RealCloudGuard] = []
"""The guards of the runs in this process: a plugin's tests run pytest inside pytest."""


def is_real_cloud(host: object) -> bool:
    name = _text(host).lower().rstrip(".")
    return name in DOMAINS or name.endswith(tuple(f".{domain}" for domain in DOMAINS))


def _text(host: object) -> str:
    return host.decode("latin-1") if isinstance(host, bytes | bytearray) else str(host)


@cache
def _add_audit_hook() -> None:
    """Add the hook once: Python cannot remove it again."""
    sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    """Block names of the real cloud while a test runs; called for everything that Python audits."""
    __tracebackhide__ = True
    if event in _NAME_EVENTS:
        host = arguments[0]
    elif event in _ADDRESS_EVENTS and isinstance(arguments[1], tuple) and arguments[1]:
        host = arguments[1][0]
    else:
        return
    guard = next((each for each in reversed(_GUARDS) if each.test), None)
    if guard and is_real_cloud(host):
        # A thread of a pool may run no line of the user's; the main thread waits in one.
        waiting = sys._current_frames().get(main_thread().ident or 0)
        line = _user_line(sys._getframe(1)) or _user_line(waiting) or "no line of yours"
        guard.attempts.append(f"  {_text(host)}, called from {line.removeprefix(guard.folder)}")
        message = f"{_text(host)} is the real cloud, which sdrs_block_real_cloud blocks. {ADVICE}"
        raise RealCloudBlocked(socket.EAI_NONAME, message)


def _user_line(start: FrameType | None) -> str | None:
    """The nearest line on a stack that is neither installed nor of the standard library."""
    for frame, number in walk_stack(start) if start else ():
        file = frame.f_code.co_filename
        installed = {"site-packages", "dist-packages"} & {*Path(file).parts}
        if not (installed or file.startswith(_NOT_THE_USERS)):
            return f"{file}:{number}"
    return None
