"""Signals that end the program while its modules are imported."""

import os
import signal
import sys
from types import FrameType

_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


def exit_in_imports() -> None:
    """From now on, let the signals that end this program end it at once where a module is imported.

    The import system has callbacks from which Python drops what a handler raises. Elsewhere
    SIGINT raises KeyboardInterrupt, and the others SystemExit.
    """
    for number in (signal.SIGINT, *_ENDING):
        if signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}:
            signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> None:
    if _is_importing(frame):
        os._exit(128 + number)  # nothing is open yet
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False
