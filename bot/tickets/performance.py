"""How well promises are kept, by week, partner, tier and owner, and the tickets behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from bot import columns, due, texts
from bot.due import DueKinds
from bot.errors import Refused
from bot.marks import _m
from bot.partners.people import reader_of
from bot.routes import Act, Role
from bot.texts import Reader
from bot.tickets import clocks, facts, telling
from bot.tickets.periods import Period
from bot.tickets.policy import ANSWER, SOLVE
from bot.turn import Turn
from storage import facts as kept
from storage import people, tickets
from storage.facts import Figures, Which
from storage.models_delivery import DueWork
from storage.models_people import Manager

GROUPS = 6  # of one page: more figures are not read
LISTED = 6  # tickets of one page, each with a button
SLICE = 50  # tickets of one transaction whose logs are read
MADE = 1  # raised when facts are to be made anew of all logs
LETTERS = {"w": "week", "p": "partner", "t": "tier", "o": "owner"}
TIER = 7  # bytes of a tier's name that a button takes as it is
NOBODY = _m("nobody")
OUTDATED = _m("That report is out of date. Try /report sla")

due_kinds = DueKinds()


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: a period, perhaps one group of it, split by something. In buttons."""

    period: Period
    fixed: str = ""  # "p12", "tgold": of a dimension this value only
    by: str = "w"
    page: int = 0

    def __str__(self) -> str:
        return f"{self.period}:{self.by}:{self.page}:{self.fixed}"

    @classmethod
    def parse(cls, value: str) -> "View":
        try:
            since, until, by, page, fixed = value.split(":", 4)
            return cls(Period.parse(since, until), fixed, by, int(page))
        except ValueError:
            raise Refused(OUTDATED) from None

    def on(self, key: str = "") -> str:
        """The same of one group more, for its tickets."""
        fixed = "|".join(part for part in (self.fixed, key) if part)
        return str(View(self.period, fixed, self.by))

    @property
    def back(self) -> "View":
        """The report from which a group of it was looked at."""
        rest, _, last = self.fixed.rpartition("|")
        return View(self.period, rest if last[:1] == self.by else self.fixed, self.by)


def coded(letter: str, value: Any) -> str:
    """A group as buttons have it: three of them and a period fit into one, however tiers are
    called: "p12", "o" (nobody's), "w20261130", "tgold", "t#3f2a1b"."""
    if letter == "w":
        return f"w{str(value).replace('-', '')}"
    if letter == "t" and (len(value.encode()) > TIER or set(value) & set("#|")):
        return f"t#{sha256(value.encode()).hexdigest()[:6]}"
    return f"{letter}{'' if value is None else value}"


async def which(turn: Turn, manager: Manager | None, view: View) -> Which:
    """Asked anew at each press: managers see their own, leads their team, others all."""
    since, until = view.period.moments(turn.config.tzinfo)
    fixed = [await _fixed(turn, part) for part in view.fixed.split("|") if part]
    return Which(since, until, await _owners(turn, manager), tuple(fixed))


async def _fixed(turn: Turn, part: str) -> tuple[str, Any]:
    """The inverse of coded()."""
    name, value = LETTERS.get(part[:1], ""), part[1:]
    try:
        if name == "week":
            return name, date.fromisoformat(value).isoformat()
        if name in ("partner", "owner"):
            return name, int(value) if value or name == "partner" else None
    except ValueError:
        name = ""
    if value.startswith("#"):
        tiers = {coded("t", tier): tier for tier in await kept.tiers(turn.session)}
        name, value = (name, tiers[part]) if part in tiers else ("", "")
    if not name:
        raise Refused(OUTDATED)
    return name, value


async def _owners(turn: Turn, manager: Manager | None) -> tuple[int, ...] | None:
    if manager is None:
        return ()
    role = Role.named(manager.role)
    if role >= Role.ADMIN or manager.is_head:
        return None
    if role < Role.LEAD:
        return (manager.id,)
    everyone = await people.managers(turn.session)
    return tuple(one.id for one in everyone if one.team == manager.team or one.id == manager.id)


async def report(act: Act, view: View, reader: Reader) -> dict[str, Any]:
    """The data of reports/sla.html.j2."""
    asked = await which(act, act.manager, view)
    whole = await kept.figures(act.session, asked)
    data: dict[str, Any] = {
        "view": view, "period": view.period, "about": await _about(act, asked, reader),
        "totals": [_told(one) for clock in (ANSWER, SOLVE) for one in whole
                   if one.clock == clock],
        "tables": [], "groups": [], "more": False, "all": view.on(),
    }  # fmt: skip
    if whole:
        await _split(act, view, asked, reader, data)
    return data


async def _split(
    act: Act, view: View, asked: Which, reader: Reader, data: dict[str, Any]
) -> None:  # fmt: skip
    by = LETTERS.get(view.by, "week")
    keys = _ordered(await kept.broken(act.session, asked, by), by)
    first = view.page * GROUPS
    shown = keys[first : first + GROUPS]
    found = await kept.figures(act.session, asked, by, shown)
    names = await _names(act, by, shown, reader)
    head = [texts.translate(word, texts.language_of(reader))
            for word in (_m("number"), _m("in time"), _m("half"), "90 %")]  # fmt: skip
    for clock in (ANSWER, SOLVE):
        rows = [[names[one.key], *_cells(one)] for key in shown for one in found
                if one.key == key and one.clock == clock]  # fmt: skip
        if rows:
            table = columns.aligned([["", *head], *rows])
            data["tables"].append({"clock": clock, "text": table})
    answered = {one.key for one in found if one.clock == ANSWER}
    data["groups"] = [
        {"label": names[key], "value": view.on(coded(view.by, key)),
         "clock": ANSWER if key in answered else SOLVE} for key in shown
    ]  # fmt: skip
    data["more"] = len(keys) > first + GROUPS


def _ordered(late: Mapping[Any, int], by: str) -> list[Any]:
    """Weeks the newest first; of others those with most promises broken."""
    if by == "week":
        return sorted(late, reverse=True)
    return sorted(late, key=lambda key: (-late[key], str(key)))


async def _names(act: Act, by: str, keys: Sequence[Any], reader: Reader) -> dict[Any, str]:
    if by in ("partner", "owner"):
        known: dict[Any, str] = dict.fromkeys(keys, "–")
        known |= await kept.names(act.session, by, [key for key in keys if key is not None])
        if None in keys:
            known[None] = texts.translate(NOBODY, texts.language_of(reader))
        return known
    if by == "week":
        return {key: texts.month_day(key, reader) for key in keys}
    return {key: texts.translate(key, texts.language_of(reader)) or "–" for key in keys}


async def _about(act: Act, asked: Which, reader: Reader) -> str:
    """What the report is limited to, in words."""
    words = []
    for name, value in asked.fixed:
        words.append((await _names(act, name, [value], reader)).get(value, ""))
    return ", ".join(word for word in words if word)


async def about(act: Act, view: View) -> str:
    """The days and what the report is limited to, in the words of whoever looks at it."""
    reader = reader_of(act.identity, act.room, act.config)
    period = texts.sentence(_m("{since} to {last}"), reader,
                            since=texts.day(view.period.since, reader),
                            last=texts.day(view.period.last, reader))  # fmt: skip
    limited = await _about(act, await which(act, act.manager, view), reader)
    return " · ".join(words for words in (period, limited) if words)


def _told(one: Figures) -> dict[str, Any]:
    return {"clock": one.clock, "count": one.count, "promised": one.promised, "kept": one.kept,
            "percent": _percent(one), "median": timedelta(seconds=one.median),
            "p90": timedelta(seconds=one.p90)}  # fmt: skip


def _percent(one: Figures) -> int:
    """Rounded down: 100 % is all of them."""
    return one.kept * 100 // one.promised if one.promised else 0


def _cells(one: Figures) -> list[str]:
    share = f"{_percent(one)} %" if one.promised else "–"
    return [str(one.count), share, _hours(one.median), _hours(one.p90)]


def _hours(seconds: int) -> str:
    """ "3:10" is 3 h 10 min of open time."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02}"


async def behind(act: Act, clock: str, view: View, reader: Reader) -> dict[str, Any]:
    """The tickets behind a number, a page of them: data of reports/tickets.html.j2."""
    asked = await which(act, act.manager, view)
    rows = await kept.listed(act.session, asked, clock, view.page * LISTED, LISTED + 1)
    shown = rows[:LISTED]
    following = View(view.period, view.fixed, view.by, view.page + 1)
    return {
        "clock": clock, "period": view.period, "about": await _about(act, asked, reader),
        "rows": [{"id": ticket.id, "ref": f"T-{ticket.id}", "partner": ticket.partner.name,
                  "used": timedelta(seconds=fact.used), "kept": fact.kept,
                  "target": timedelta(seconds=fact.target) if fact.target is not None else None}
                 for fact, ticket in shown],
        "next": str(following) if len(rows) > LISTED else "", "first": view.page == 0,
        "value": str(View(view.period, view.fixed, view.by)), "back": str(view.back),
    }  # fmt: skip


async def arm(turn: Turn) -> None:
    """Once: tickets from before there were facts."""
    await due.put(turn, key=f"ticket.facts:{MADE}", kind="ticket.facts", due_at=turn.now, after=0)


@due_kinds.kind("ticket.facts", says=_m("How long earlier tickets took is read from their logs."))
async def make(turn: Turn, items: Sequence[DueWork]) -> None:
    """A slice of all tickets, by id, each in the terms of its own days; then the next one."""
    for item in items:
        found = await kept.tickets_after(turn.session, item.payload["after"], SLICE)
        logs = await tickets.logs(turn.session, [ticket.id for ticket in found])
        for ticket in found:
            story = clocks.fold(logs[ticket.id])
            terms_at = await telling.terms_of(turn, ticket, story)
            ended = story.phases[-1].since if story.phase == "solved" else None
            terms = terms_at(ended or story.answered_at)
            await facts.record(turn, ticket, story, terms)
        if len(found) == SLICE:
            await due.put(turn, key=item.key, kind=item.kind, due_at=turn.now,
                          after=found[-1].id)  # fmt: skip
