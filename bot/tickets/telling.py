"""A ticket's story: what happened, by whom, and what it did to each clock, line by line."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.config import Config, parse
from bot.tickets import cards, clocks, policy
from bot.tickets.clocks import Clock, Story, TermsAt
from bot.turn import Turn
from storage import people, settings, tickets
from storage.models_work import Ticket, TicketLog

SHOWN = 40  # lines; what is older is counted
CAUSES = {
    "starts": (*clocks.STARTS, "answered"),
    "stops": clocks.STOPS,
    "pauses": ("waiting", *clocks.ENDS),
    "resumes": tuple(clocks.PHASES) + clocks.STARTS,
}


@dataclass(frozen=True)
class Effect:
    """What a moment did to a clock: starts, pauses, resumes, stops."""

    at: datetime
    what: str
    clock: Clock


@dataclass(frozen=True)
class Line:
    """A row of the log, and what it did to the clocks."""

    at: datetime
    kind: str
    who: str
    owner: str  # who has the ticket from then on, or was reminded of it
    data: dict[str, Any]
    effects: list[Effect] = field(default_factory=list)

    @property
    def until(self) -> datetime:
        """Of a promise in words: the moment that was given."""
        return datetime.fromisoformat(self.data["until"])


async def story(turn: Turn, ticket: Ticket) -> dict[str, Any]:
    """The data of tickets/story.html.j2."""
    log = (await tickets.logs(turn.session, [ticket.id]))[ticket.id]
    folded = clocks.fold(log)
    terms_at = await terms_of(turn, ticket, folded)
    found = clocks.clocks(folded, terms_at, turn.now)
    lines = told(log, found, await _names(turn, log))
    return {
        "ticket": ticket, "ref": f"T-{ticket.id}", "title": ticket.title,
        "partner": ticket.partner.name, "lines": lines[-SHOWN:],
        "earlier": max(0, len(lines) - SHOWN), "clocks": [_clock(one, turn.now) for one in found],
        "sums": clocks.sums(folded, terms_at, turn.now), "terms": terms_at(None), "now": turn.now,
    }  # fmt: skip


def told(log: Sequence[TicketLog], found: Sequence[Clock], names: dict[str, str]) -> list[Line]:
    """The log as lines; each effect stands with the row that caused it."""
    lines = [
        Line(row.at, row.kind, names.get(row.by, ""), names.get(_whom(row), ""), row.data)
        for row in log if not (row.kind == "nudged" and row.data.get("to") == "")
    ]  # fmt: skip
    for effect in sorted(_effects(found), key=lambda one: one.at):
        causes = (line for line in lines if line.at == effect.at)
        cause = next((line for line in causes if line.kind in CAUSES[effect.what]), None)
        if cause is not None:
            cause.effects.append(effect)
    return lines


def _whom(row: TicketLog) -> str:
    return str(row.data.get("to") or f"manager:{row.data.get('owner')}")


def _effects(found: Sequence[Clock]) -> list[Effect]:
    effects: list[Effect] = []
    for clock in found:
        effects.append(Effect(clock.started, "starts", clock))
        for index, (start, end) in enumerate(clock.pauses):
            effects.append(Effect(start, "pauses", clock))
            if not (clock.paused and index == len(clock.pauses) - 1):
                effects.append(Effect(end, "resumes", clock))
        if clock.stopped is not None:
            effects.append(Effect(clock.stopped, "stops", clock))
    return effects


def _clock(clock: Clock, now: datetime) -> dict[str, Any]:
    used = clock.used(now)
    whole = clock.terms.amount(clock.target, clock.started) or timedelta(0)
    return {"clock": clock, "used": used, "whole": whole, "left": max(timedelta(0), whole - used),
            "over": max(timedelta(0), used - whole)}  # fmt: skip


async def terms_of(turn: Turn, ticket: Ticket, folded: Story) -> TermsAt:
    """What was in force for a ticket at each moment, in the settings of that day."""
    known = {turn.config.version: turn.config}
    await learn(turn, [folded], known)
    return terms_in(known, turn.config, ticket, folded)


async def learn(turn: Turn, stories: Iterable[Story], known: dict[int, Config]) -> None:
    """Add the settings that counted in these stories to those that are known."""
    versions = {value for one in stories for _, name, value in one.said if name == "version"}
    for row in await settings.versions(turn.session, versions - known.keys()):
        known[row.id] = parse(row.content, "stored").model_copy(update={"version": row.id})


def terms_in(
    known: Mapping[int, Config], newest: Config, ticket: Ticket, folded: Story,
    terms: Callable[[Config, policy.Case], policy.Terms | None] = policy.terms,
) -> TermsAt:  # fmt: skip
    """The same once the settings are known: without the database."""

    def terms_at(moment: datetime | None) -> policy.Terms | None:
        version = folded.at(moment, "version", newest.version) if moment else newest.version
        return terms(known.get(version, newest), cards.case_of(ticket, folded, moment))

    return terms_at


async def _names(turn: Turn, log: Sequence[TicketLog]) -> dict[str, str]:
    """Who "manager:3" and "contact:7" are."""
    ids = {int(row.by.partition(":")[2]) for row in log if row.by.startswith("contact:")}
    contacts = {f"contact:{one.id}": one.name
                for one in await people.contacts(turn.session, sorted(ids))}  # fmt: skip
    managers = {f"manager:{one.id}": one.name for one in await people.managers(turn.session)}
    return contacts | managers
