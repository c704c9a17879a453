"""Text tables for a terminal."""

from collections.abc import Sequence
from unicodedata import east_asian_width


def width(text: str) -> int:
    """How many columns a string takes on a terminal; Chinese characters take two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under a header, each column as wide as its widest cell."""
    lines = [header, *rows]
    widths = [max(width(cell) for cell in column) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(_padded(cell, room) for cell, room in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _padded(cell: str, room: int) -> str:
    return cell + " " * (room - width(cell))
