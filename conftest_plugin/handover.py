"""What a process that was forked from a test hands over to it. PYTEST_DONT_REWRITE"""

import json
import os
from tempfile import TemporaryFile


class Handover:
    """A file that a forked child inherits open, position and all: what it writes there is read
    where the file was opened.
    """

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._file = TemporaryFile(buffering=0)  # noqa: SIM115 open as long as the run
        self._read = 0

    def is_childs(self) -> bool:
        """Is this another process than the one that reads?"""
        return os.getpid() != self._owner

    def write(self, *words: str) -> None:
        self._file.write(f"{json.dumps(words)}\n".encode())

    def read(self) -> list[list[str]]:
        """What was written since the last time; without moving the position, which is where a child
        writes next.
        """
        size = os.fstat(self._file.fileno()).st_size
        if size == self._read:
            return []
        lines = os.pread(self._file.fileno(), size - self._read, self._read).splitlines()
        self._read = size
        return [json.loads(line) for line in lines]

    def close(self) -> None:
        self._file.close()
