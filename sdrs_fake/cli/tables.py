"""Text tables for a terminal, and what fits on one of its lines."""

import shutil
import sys
from collections.abc import Sequence
from unicodedata import east_asian_width

from sdrs_fake.journal.recorded_request import visible_line

GAP = "  "
ELLIPSIS = "..."
"""In ASCII, which every encoding has."""
MIN_COLUMN = 10
"""A column of a table that would have less room than this is left out."""


def terminal_width() -> int:
    """The columns of the terminal; 80 where there is none."""
    return shutil.get_terminal_size().columns


def width(text: str) -> int:
    """How many columns a string takes on a terminal; Chinese characters take two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def printable(text: str) -> str:
    """The text on one line, with escapes for what standard output cannot show or would obey."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return visible_line(text).encode(encoding, "backslashreplace").decode(encoding)


def fit(text: str, room: int) -> str:
    """The text, cut to a number of columns."""
    if width(text) <= room:
        return text
    room -= len(ELLIPSIS)
    end = 0
    while width(text[end]) <= room:
        room -= width(text[end])
        end += 1
    return text[:end] + ELLIPSIS


def table(header: Sequence[str], rows: Sequence[Sequence[str]], room: int | None = None) -> str:
    """Rows under a header, each column as wide as its widest cell.

    Where that is wider than the room, columns on the right are cut or left out.
    """
    lines = [[printable(cell) for cell in line] for line in (header, *rows)]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    if room is not None:
        widths = _fitting(widths, room)
    return "\n".join(_line(cells, widths) for cells in lines)


def _fitting(widths: Sequence[int], room: int) -> list[int]:
    """The widths of the columns that there is room for, the first in any case."""
    fitting: list[int] = []
    for needed in widths:
        if fitting and room < min(needed, MIN_COLUMN):
            break
        fitting.append(min(needed, room))
        room -= needed + len(GAP)
    return fitting


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = []
    for cell, room in zip(cells, widths, strict=False):  # the columns that there is no room for
        shown = fit(cell, room)
        padded.append(shown + " " * (room - width(shown)))
    return GAP.join(padded).rstrip()
