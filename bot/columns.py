"""Small tables for monospaced text, in which a Chinese character is two wide. Pure."""

from collections.abc import Sequence
from unicodedata import east_asian_width

NAME = 12  # cells of the first column: with four figures beside it, what a phone shows


def aligned(rows: Sequence[Sequence[str]], widest: int = NAME) -> str:
    """Lines of columns: the first one to the left and cut, the figures to the right."""
    cut = [[_cut(row[0], widest), *row[1:]] for row in rows]
    widths = [max(width(row[index]) for row in cut) for index in range(len(cut[0]))]
    return "\n".join(_line(row, widths) for row in cut)


def width(text: str) -> int:
    """Cells on a screen."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name = row[0] + " " * (widths[0] - width(row[0]))
    figures = (" " * (size - width(cell)) + cell
               for cell, size in zip(row[1:], widths[1:], strict=True))  # fmt: skip
    return " ".join([name, *figures])


def _cut(text: str, widest: int) -> str:
    if width(text) <= widest:
        return text
    while width(text) > widest - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"
