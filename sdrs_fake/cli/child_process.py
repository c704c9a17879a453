"""A command as a child process: it has the terminal, and gets the signals of this program."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

_PASSED_ON = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
    if hasattr(signal, name)
]


def run_command(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end; return its exit status, as a shell counts it.

    No signal reaches it twice, and what it leaves running in its process group is killed; see
    docs/decisions/0023. OSError where it cannot be started.
    """
    with _signals() as next_signal, _terminal() as terminal:
        is_shared = _shares_terminal(terminal)
        group = None if is_shared else 0
        process = subprocess.Popen(command, env=environment, process_group=group)  # noqa: S603
        pid = process.pid
        child = _ChildInSameGroup(pid) if is_shared else _ChildInOwnGroup(pid, terminal)
        process.returncode = os.waitstatus_to_exitcode(child.wait(next_signal))
    return 128 - process.returncode if process.returncode < 0 else process.returncode


class _ChildInSameGroup:
    """A command beside others that use the terminal: in a pipeline, or in a script.

    What is typed at the terminal, such as Ctrl-C, reaches all of them.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def wait(self, next_signal: Callable[[], int]) -> int:
        """Wait for the end of the command; return its wait status."""
        while True:
            number = next_signal()
            if number == signal.SIGTERM:  # the others come from the terminal
                os.kill(self._pid, number)
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                return status


class _ChildInOwnGroup:
    """A command in a process group of its own, which has the terminal where this program has it."""

    def __init__(self, pid: int, terminal: int | None) -> None:
        self._pid = pid
        self._terminal = terminal
        self._own = os.getpgrp()

    def wait(self, next_signal: Callable[[], int]) -> int:
        """Wait for the end of the command, and of what it left; return its wait status."""
        self._go_on()  # it may have asked for the terminal before it had it
        while True:
            number = next_signal()
            if number != signal.SIGCHLD:
                self._send(number)
            pid, status = os.waitpid(self._pid, os.WNOHANG | os.WUNTRACED)
            if pid and not os.WIFSTOPPED(status):
                self._send(signal.SIGKILL)
                _move_terminal(self._terminal, self._pid, self._own)
                return status
            if pid and self._terminal is not None:
                if not _is_in_front(self._terminal, self._own):
                    # By Ctrl-Z: this program stops too, until the shell lets both go on.
                    os.kill(os.getpid(), signal.SIGTSTP)
                self._go_on()

    def _go_on(self) -> None:
        _move_terminal(self._terminal, self._own, self._pid)
        self._send(signal.SIGCONT)

    def _send(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):  # has ended, or is another user's
            os.killpg(self._pid, number)


@contextmanager
def _signals() -> Iterator[Callable[[], int]]:
    """A function that waits for the next signal of the block, also for that of a child.

    They come through a pipe: one that another thread gets would not wake this one.
    """
    heeded = [each for each in _PASSED_ON if signal.getsignal(each) is not signal.SIG_IGN]
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    wakeup = signal.set_wakeup_fd(writer)
    before = {each: signal.signal(each, lambda *_: None) for each in [*heeded, signal.SIGCHLD]}
    try:
        yield lambda: os.read(reader, 1)[0]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(wakeup)
        os.close(reader)
        os.close(writer)


@contextmanager
def _terminal() -> Iterator[int | None]:
    """The terminal that controls this program, if one does."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        yield None
        return
    try:
        yield terminal
    finally:
        os.close(terminal)


def _shares_terminal(terminal: int | None) -> bool:
    """Whether others are in the foreground with this program: those of a pipeline, or a script."""
    own = os.getpgrp()
    is_alone = own == os.getpid() and os.isatty(0) and os.isatty(1)
    return _is_in_front(terminal, own) and not is_alone


def _is_in_front(terminal: int | None, group: int) -> bool:
    """Whether a process group is in the foreground of a terminal."""
    if terminal is None:
        return False
    try:
        return os.tcgetpgrp(terminal) == group
    except OSError:  # the terminal has gone
        return False


def _move_terminal(terminal: int | None, old: int, new: int) -> None:
    """Put a process group into the foreground, if `old` is there."""
    if terminal is None or not _is_in_front(terminal, old):
        return
    # A group in the background would be stopped for doing this.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    try:
        with suppress(OSError):
            os.tcsetpgrp(terminal, new)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
