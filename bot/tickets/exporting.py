"""Tickets as rows of a file: where they stand, what was promised for each, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import exports, texts
from bot.config import Config
from bot.exports import Work
from bot.marks import _m
from bot.sheets import Cell, Column
from bot.texts import Reader
from bot.tickets import clocks, policy, telling
from bot.tickets.attainment import ANSWERED
from bot.tickets.clocks import Clock, Entry, Story
from bot.tickets.closing import was_solved
from bot.tickets.finding import LABELS, Filters
from bot.tickets.policy import ANSWER, SOLVE, Case, Terms
from bot.turn import Turn
from storage import finding, known, surveys, tickets
from storage.models_people import Manager
from storage.models_work import Ticket

STATUSES = {"resolved": _m("solved"), "closed": _m("closed")}
SCORES = {"unsolved": _m("not solved")}
CASES = 10_000
YES, NO = _m("yes"), _m("no")


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise of a ticket: by when, when it was kept or broken, and which of the two."""

    due: datetime | None = None
    done: datetime | None = None
    kept: bool | None = None


class TicketRows:
    """The tickets that /ticket list would show, all of them, in the order of their numbers.

    `asked`: "filters" as a button has them, perhaps "since" and "until" as ISO moments.
    """

    def __init__(self, asked: Mapping[str, Any], _manager: Manager | None, reader: Reader) -> None:
        self._asked, self._reader = asked, reader
        self._settings: dict[int, Config] = {}  # that counted for some ticket
        self._terms: dict[tuple[int, Case], Terms | None] = {}

    @property
    def columns(self) -> Sequence[Column]:
        of = self._reader
        return [
            exports.column(_m("Ticket"), of, 9), exports.column(_m("Title"), of, 40),
            exports.column(_m("Partner"), of, 24), exports.column(_m("Tier"), of, 9),
            exports.column(_m("Kind"), of, 10), exports.column(_m("Priority"), of, 10),
            exports.column(_m("Status"), of, 14), exports.column(_m("Owner"), of),
            exports.column(_m("Opened"), of, moment=True),
            exports.column(_m("First answer due"), of, moment=True),
            exports.column(_m("First answer at"), of, moment=True),
            exports.column(_m("First answer in time"), of, 10),
            exports.column(_m("Solution due"), of, moment=True),
            exports.column(_m("Solved at"), of, moment=True),
            exports.column(_m("Solved in time"), of, 10),
            exports.column(_m("Score (1 to 5)"), of, 10),
            exports.column(_m("Known issue"), of, 24), exports.column(_m("Product"), of),
        ]  # fmt: skip

    async def keys(self, turn: Turn, after: int, limit: int) -> list[int]:
        wanted = wanted_of(self._asked, turn.now)
        return await finding.numbers(turn.session, wanted, after, limit)

    async def read(self, turn: Turn, keys: Sequence[int]) -> Work:
        found = await tickets.lines(turn.session, keys)
        logs = await tickets.entries(turn.session, keys)
        issues = await known.of_tickets(turn.session, keys)
        scores = await surveys.scores_of(turn.session, keys)
        self._settings[turn.config.version] = turn.config
        stories = {number: clocks.fold(log) for number, log in logs.items()}
        await telling.learn(turn, stories.values(), self._settings)

        def work() -> Iterator[Sequence[Cell]]:
            for number in keys:
                ticket, issue = found.get(number), issues.get(number)
                if ticket is not None:  # else it is gone meanwhile
                    yield (
                        *self._what(ticket),
                        *self._promises(turn, ticket, stories[number], logs[number]),
                        self._score(scores.get(number, "")),
                        f"K-{issue.id} {issue.title}" if issue is not None else "",
                        ticket.product,
                    )

        return work

    def _what(self, ticket: Ticket) -> list[Cell]:
        status = LABELS.get(ticket.status) or STATUSES.get(ticket.status, "")
        return [
            f"T-{ticket.id}", ticket.title, ticket.partner.name,
            self._word(ticket.partner.tier), self._word(LABELS[ticket.kind]),
            self._word(LABELS[ticket.priority]), self._word(status),
            ticket.owner.name if ticket.owner is not None else "", ticket.opened_at,
        ]  # fmt: skip

    def _promises(
        self, turn: Turn, ticket: Ticket, story: Story, log: Sequence[Entry]
    ) -> list[Cell]:  # fmt: skip
        end = clocks.last_end(log)
        if story.phase == "solved" and end is not None and end.kind == "not_a_ticket":
            return [None] * 6
        terms = telling.terms_in(self._settings, turn.config, ticket, story, self._promise)
        found = clocks.clocks(story, terms, turn.now)
        cells: list[Cell] = []
        for one in (answer(story, found, turn.now), solution(story, log, found, turn.now)):
            kept = "" if one.kept is None else self._word(YES if one.kept else NO)
            cells += [one.due, one.done, kept]
        return cells

    def _promise(self, config: Config, case: Case) -> Terms | None:
        """Many tickets are the same case; only so many are remembered."""
        if len(self._terms) > CASES:
            self._terms.clear()
        key = (config.version, case)
        if key not in self._terms:
            self._terms[key] = policy.terms(config, case)
        return self._terms[key]

    def _score(self, value: str) -> Cell:
        return int(value) if value.isdecimal() else self._word(SCORES.get(value, ""))

    def _word(self, message: str) -> str:
        return texts.translate(message, texts.language_of(self._reader))


def wanted_of(asked: Mapping[str, Any], now: datetime) -> finding.Wanted:
    """The filters of an order, looked at now."""
    since, until = (datetime.fromisoformat(asked[name]) if asked.get(name) else None
                    for name in ("since", "until"))  # fmt: skip
    return Filters.read(asked["filters"]).wanted(now, since, until)


def answer(story: Story, found: Sequence[Clock], now: datetime) -> Promised:
    """The first answer; a remark needed none."""
    wait = story.waits[0] if story.waits else None
    clock = next((one for one in found if (one.name, one.number) == (ANSWER, 1)), None)
    if wait is None or (wait.until is not None and wait.how not in ANSWERED):
        return Promised()
    return _promised(clock, wait.until, now)


def solution(
    story: Story, log: Sequence[Entry], found: Sequence[Clock], now: datetime
) -> Promised:  # fmt: skip
    """What was closed without being solved kept nothing and broke nothing."""
    if story.phase == "solved" and not was_solved(log):
        return Promised()
    clock = next((one for one in found if one.name == SOLVE), None)
    done = story.phases[-1].since if story.phase == "solved" else None
    return _promised(clock, done, now)


def _promised(clock: Clock | None, done: datetime | None, now: datetime) -> Promised:
    """What has not happened is late once it is due."""
    if clock is None:
        return Promised(done=done)
    late = done is None and not clock.paused and clock.due < now
    return Promised(clock.due, done, False if late else clock.kept)
