"""Files of rows that people ask for: what a kind of them is, and how one is ordered.

A file takes seconds or minutes, so it is made beside everything else by bot/exporter.py, which the
outbox asks as it asks a platform: an order outlives a restart, and no transaction waits for it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from bot import outbox, texts
from bot.chat import Address
from bot.routes import Act
from bot.sheets import MIMES, Cell, Column
from bot.texts import Reader
from bot.turn import Turn
from storage.models_people import Manager

PLATFORM = "export"
USUAL = "xlsx"
WORDS = {"xlsx": "xlsx", "excel": "xlsx", "表格": "xlsx", "csv": "csv"}

Work = Callable[[], Iterable[Sequence[Cell]]]


class Source(Protocol):
    """The rows of one file: what it reads needs the database, its Work nothing but a thread."""

    @property
    def columns(self) -> Sequence[Column]: ...

    async def keys(self, turn: Turn, after: int, limit: int) -> list[int]:
        """What there is a row for, or several, in order: numbers greater than `after`."""
        ...

    async def read(self, turn: Turn, keys: Sequence[int]) -> Work:
        """Some of them; makes their rows."""
        ...


# What was asked for, by whom (None: an operator), and who reads it.
Open = Callable[[Mapping[str, Any], Manager | None, Reader], Source]


def format_in(words: str) -> tuple[str, str]:
    """The kind of file that was typed, else the usual one, and the other words."""
    said = words.split()
    found = [WORDS[word.casefold()] for word in said if word.casefold() in WORDS]
    rest = " ".join(word for word in said if word.casefold() not in WORDS)
    return (found[-1] if found else USUAL), rest


async def order(act: Act, kind: str, file: str, about: str, **asked: Any) -> None:
    """Have a file made for whoever acts; `about` says in their words what is in it."""
    assert act.manager is not None  # noqa: S101 - the route's role says so
    await outbox.ask(
        act, PLATFORM, "file", key=f"export:{act.event.key}", route="export.made", kind=kind,
        file=file if file in MIMES else USUAL, about=about, asked=asked,
        manager=act.manager.id, to=str(Address(act.event.platform, act.person.id)),
    )  # fmt: skip


def column(heading: str, reader: Reader, width: int = 14, *, moment: bool = False) -> Column:
    """A marked heading in the reader's language, with the city whose clock its moments go by."""
    words = texts.translate(heading, texts.language_of(reader))
    if not moment:
        return Column(words, width)
    city = texts.city(reader.zone, reader)
    chinese = texts.language_of(reader) == "zh"
    return Column(f"{words}（{city}）" if chinese else f"{words} ({city})", 17)
