"""Files: written whole or not at all, and read without waiting for a pipe that nobody writes to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import ETIMEDOUT
from pathlib import Path
from stat import S_IMODE
from typing import BinaryIO

from sdrs_fake.domain.signals import waiting
from sdrs_fake.errors import ParameterError, shown

PATIENCE = 5.0
"""Seconds that a named pipe may have no writer."""

NO_WRITER = "no program writes to this pipe"


@contextmanager
def replaced(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of the one at a path once the block has ended.

    It has the mode of the one that was there; where the block raises, that one stays as it was.
    What is no regular file, such as a pipe or a device, is written as it is. An OSError, of the
    block too, names the path.
    """
    if not isinstance(path, str | os.PathLike):
        raise ParameterError("path", f"{shown(path)} should be the path of a file")
    try:
        file = Path(os.path.realpath(path))  # a link still leads to where it led
    except ValueError as error:  # a path that no system takes
        raise ParameterError("path", f"{shown(path)} should be a file: {error}") from None
    try:
        if file.is_file() or not Path(path).exists():
            yield from _part_of(file)
        else:
            with Path(path).open("wb") as stream:
                yield stream
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None


def read(path: str | os.PathLike[str]) -> bytes:
    """The content of a file; TimeoutError for a named pipe that no program writes to."""
    if Path(os.path.realpath(path)).is_fifo():
        return _read_fifo(path)
    return Path(path).read_bytes()


def reason_of(error: OSError) -> str:
    """Why a file cannot be read, whatever the message of the error says besides."""
    return NO_WRITER if isinstance(error, TimeoutError) else os.strerror(error.errno or 0)


def _part_of(file: Path) -> Iterator[BinaryIO]:
    # A name of its own length: with the file's in it, it could be too long.
    part = file.with_name(f".sdrs-fake-{os.urandom(8).hex()}.part")
    with waiting():
        try:
            with part.open("xb") as stream:
                if file.exists():
                    part.chmod(S_IMODE(file.stat().st_mode))
                yield stream
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)


def _read_fifo(path: str | os.PathLike[str]) -> bytes:
    import select

    first = b""
    # To open it the usual way would wait for a writer.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:  # noqa: PTH123
        poll = select.poll()
        poll.register(stream, select.POLLIN)
        if not poll.poll(PATIENCE * 1000):
            with suppress(BlockingIOError):  # a program has it open, and has yet to write
                first = os.read(stream.fileno(), 1)
                if not first:  # pragma: no branch: a writer may come in this moment
                    raise TimeoutError(ETIMEDOUT, NO_WRITER, os.fspath(path))
        os.set_blocking(stream.fileno(), True)
        return first + stream.read()
