"""Signals that would end the process: in a block they wait, or raise, so that it can clean up."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def waiting() -> Iterator[None]:
    """Let a signal that would end the process end it after the block."""
    came: list[int] = []
    try:
        with _handled(came.append):
            yield
    finally:
        for number in came:
            signal.raise_signal(number)  # pragma: no cover: the process ends


@contextmanager
def exiting() -> Iterator[None]:
    """Let a signal that would end the process raise SystemExit, as a shell counts its status."""
    with _handled(lambda number: sys.exit(128 + number)):
        yield


@contextmanager
def _handled(handle: Callable[[int], object]) -> Iterator[None]:
    """Handle the signals that nobody handles or ignores; other threads than the first cannot."""
    numbers = _ENDING if current_thread() is main_thread() else []
    numbers = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    try:
        for number in numbers:
            signal.signal(number, lambda number, _frame: handle(number))
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
