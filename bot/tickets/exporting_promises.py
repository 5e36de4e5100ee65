"""What a report sums up, as rows of a file: one for each promise that ended."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot import exports, texts
from bot.exports import Work
from bot.marks import _m
from bot.sheets import Cell, Column
from bot.texts import Reader
from bot.tickets import performance
from bot.tickets.exporting import NO, YES
from bot.tickets.performance import View
from bot.tickets.policy import ANSWER, SOLVE
from bot.turn import Turn
from storage import facts
from storage.facts import Which
from storage.models_people import Manager

CLOCKS = {ANSWER: _m("First answer"), SOLVE: _m("Solution")}


class PromiseRows:
    """The promises behind a report, of the people whose report the reader sees.

    `asked`: "view" as the report's own buttons have it.
    """

    def __init__(self, asked: Mapping[str, Any], manager: Manager | None, reader: Reader) -> None:
        self._view, self._manager, self._reader = View.parse(asked["view"]), manager, reader

    @property
    def columns(self) -> Sequence[Column]:
        of = self._reader
        return [
            exports.column(_m("Ticket"), of, 9), exports.column(_m("Title"), of, 40),
            exports.column(_m("Partner"), of, 24), exports.column(_m("Tier"), of, 9),
            exports.column(_m("Owner"), of), exports.column(_m("Promise"), of),
            exports.column(_m("Answered or solved at"), of, moment=True),
            exports.column(_m("Minutes taken (open hours)"), of, 12),
            exports.column(_m("Minutes promised"), of, 12), exports.column(_m("In time"), of, 9),
        ]  # fmt: skip

    async def keys(self, turn: Turn, after: int, limit: int) -> list[int]:
        return await facts.numbers(turn.session, await self._which(turn), after, limit)

    async def read(self, turn: Turn, keys: Sequence[int]) -> Work:
        found = await facts.rows(turn.session, await self._which(turn), keys)

        def work() -> Iterator[Sequence[Cell]]:
            for row in found:
                kept = "" if row.kept is None else self._word(YES if row.kept else NO)
                yield (
                    f"T-{row.ticket_id}", row.title, row.partner, self._word(row.tier),
                    row.owner or "", self._word(CLOCKS[row.clock]), row.ended_at,
                    round(row.used / 60), round(row.target / 60) if row.target else None, kept,
                )  # fmt: skip

        return work

    async def _which(self, turn: Turn) -> Which:
        return await performance.which(turn, self._manager, self._view)

    def _word(self, message: str) -> str:
        return texts.translate(message, texts.language_of(self._reader))
