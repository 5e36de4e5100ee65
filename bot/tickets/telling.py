"""A ticket's story: what happened, by whom, and what it did to each clock, line by line."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.config import Config, parse
from bot.tickets import cards, clocks, policy
from bot.tickets.clocks import Clock, Story, TermsAt
from bot.tickets.hours import elapsed
from bot.tickets.words import quote
from bot.turn import Turn
from storage import messages, people, promises, settings, tickets
from storage.models_work import Said, Ticket, TicketLog

SHOWN = 15  # lines of a page
WORDS = 80  # characters of what was said
SHOWN_PARTS = 3  # tickets that were merged into it, as buttons
SHOWN_ENDED = 5  # clocks that have ended; all of them stand in the lines
NUMBERED = re.compile(r"(?:said|promise):\d+")
NOBODY = {"", "bot"}
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

    @property
    def used(self) -> timedelta:
        """Of its time until then."""
        clock = self.clock
        return elapsed(clock.terms.hours, clock.started, self.at, clock.pauses)


@dataclass(frozen=True)
class Line:
    """A row of the log, or a change of what was said, and what it did to the clocks.

    `who` and `owner` are "manager:3" until the page is read, `said` is the key of what was said.
    """

    at: datetime
    kind: str
    who: str
    owner: str  # who has the ticket from then on, or was reminded of it
    data: dict[str, Any]
    words: str = ""
    said: str = ""
    effects: list[Effect] = field(default_factory=list)

    @property
    def until(self) -> datetime:
        """Of a promise in words: the moment that was given."""
        return datetime.fromisoformat(self.data["until"])

    @property
    def since(self) -> datetime | None:
        """Of a ticket that was merged into this one, if somebody has waited longer there."""
        return datetime.fromisoformat(self.data["since"]) if self.data["longer"] else None


async def story(turn: Turn, ticket: Ticket, start: int | None = None) -> dict[str, Any]:
    """The data of tickets/story.html.j2: the page that begins with this line, else the newest.

    A page reads downwards like a chat; only the newest one says where the clocks stand. What was
    said is read of its lines alone.
    """
    log = (await tickets.logs(turn.session, [ticket.id]))[ticket.id]
    folded = clocks.fold(log)
    terms_at = await terms_of(turn, ticket, folded)
    found = clocks.clocks(folded, terms_at, turn.now)
    lines = told(log, found, await messages.changed(turn.session, ticket.id))
    newest = max(0, len(lines) - SHOWN)
    first = newest if start is None else min(max(start, 0), newest)
    page = await _worded(turn, ticket, lines[first : first + SHOWN])
    ended = [one for one in found if one.stopped is not None][-SHOWN_ENDED:]
    return {
        "ticket": ticket, "ref": f"T-{ticket.id}", "title": ticket.title,
        "partner": ticket.partner.name, "lines": page, "earlier": first,
        "later": len(lines) - first - len(page), "before": max(0, first - SHOWN),
        "after": first + SHOWN,
        "clocks": [_clock(one, turn.now) for one in found if not one.stopped or one in ended],
        "sums": clocks.sums(folded, terms_at, turn.now), "terms": terms_at(None), "now": turn.now,
        "parts": [one.id for one in await tickets.parts(turn.session, ticket.id)][-SHOWN_PARTS:],
    }  # fmt: skip


def told(
    log: Sequence[TicketLog], found: Sequence[Clock], changed: Sequence[Said] = ()
) -> list[Line]:
    """The log as lines; each effect stands with the row that caused it.

    What was changed or deleted after it was said stands between them.
    """
    lines = [
        Line(row.at, row.kind, row.by, _whom(row), row.data, _solution(row), _said(row))
        for row in log if row.kind != "reworded"  # the change itself is told below
        and not (row.kind == "nudged" and row.data.get("to") == "")
    ]  # fmt: skip
    at_once = dict[datetime, list[Line]]()
    for line in lines:
        at_once.setdefault(line.at, []).append(line)
    for effect in sorted(_effects(found), key=lambda one: one.at):
        causes = at_once.get(effect.at, ())
        cause = next((line for line in causes if line.kind in CAUSES[effect.what]), None)
        if cause is not None:
            cause.effects.append(effect)
    return sorted([*lines, *_changed(log, changed)], key=lambda line: line.at)


def _said(row: TicketLog) -> str:
    """The key of the words that a row tells of: a message by its id or delivery, a promise."""
    match row.kind:
        case "heard":
            return f"said:{row.data.get('said')}"
        case "answered":
            return str(row.data.get("key", ""))
        case "note":
            return f"ticket:{row.ticket_id}:note:{row.id}"
        case "promised":
            return f"promise:{row.data['promise']}"
    return ""


def _solution(row: TicketLog) -> str:
    return quote(str(row.data.get("solution", "")), WORDS) if row.kind == "resolved" else ""


def _changed(log: Sequence[TicketLog], said: Iterable[Said]) -> Iterator[Line]:
    """Edits, with the new words, and deletions. What the log says itself is not said again."""
    back = {row.data.get("key") for row in log if row.kind == "unsent"}
    first = {row.data.get("said") for row in log if row.kind == "opened"}
    for one in said:
        who, ours = _author(one), one.direction == "out"
        wordings = [*(version["html"] for version in one.versions), one.html]
        for version, html in zip(one.versions, wordings[1:], strict=True):
            kind = "reworded" if one.id in first else "mended" if ours else "edited"
            moment = datetime.fromisoformat(version["until"])
            yield Line(moment, kind, who, "", {}, quote(html, WORDS))
        if one.deleted_at is not None and (one.delivery_key or f"said:{one.id}") not in back:
            yield Line(one.deleted_at, "deleted", who, "", {})


def _author(said: Said) -> str:
    if said.manager_id is not None:
        return f"manager:{said.manager_id}"
    if said.contact_id is not None:
        return f"contact:{said.contact_id}"
    return f"{said.platform}:{said.author}"


async def _worded(turn: Turn, ticket: Ticket, page: Sequence[Line]) -> list[Line]:
    """The lines with names, and with what was said, as it was then."""
    names = await _names(turn, ticket, {line.who for line in page})
    words = await _words(turn, [line.said for line in page if line.said])
    return [
        replace(line, who=names.get(line.who, ""), owner=names.get(line.owner, ""),
                words=line.words or words.get(line.said, ""))
        for line in page
    ]  # fmt: skip


async def _words(turn: Turn, keys: Sequence[str]) -> dict[str, str]:
    """What these keys stand for, without what a partner did not want read any more."""
    numbers = {key: int(key.partition(":")[2]) for key in keys if NUMBERED.fullmatch(key)}
    said_ids = [number for key, number in numbers.items() if key.startswith("said:")]
    said = await messages.many(turn.session, said_ids)
    said += await messages.by_deliveries(turn.session, [key for key in keys if key not in numbers])
    found = dict[str, str]()
    for one in said:
        if one.direction == "out" or one.deleted_at is None:
            first = one.versions[0]["html"] if one.versions else one.html
            words = quote(first, WORDS) or ("📎" if one.files else "")
            found[one.delivery_key or f"said:{one.id}"] = words
    given = [number for key, number in numbers.items() if key.startswith("promise:")]
    promised = (await promises.many(turn.session, given)).values()
    return found | {f"promise:{one.id}": one.words for one in promised}


def _whom(row: TicketLog) -> str:
    owner = row.data.get("caller") or row.data.get("owner")
    return str(row.data.get("to") or f"manager:{owner}")


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


async def _names(turn: Turn, ticket: Ticket, everyone: Set[str]) -> dict[str, str]:
    """Who "manager:3", "contact:7" and "slack:U1" are; whom we do not know is the partner."""
    ids = sorted(int(by.partition(":")[2]) for by in everyone if by.startswith("contact:"))
    known = {f"manager:{one.id}": one.name for one in await people.managers(turn.session)}
    known |= {f"contact:{one.id}": one.name for one in await people.contacts(turn.session, ids)}
    for by in everyone - known.keys() - NOBODY:
        platform, _, number = by.partition(":")
        identity = await people.find_identity(turn.session, platform, number)
        known[by] = identity.name if identity is not None else ticket.partner.name
    return known
