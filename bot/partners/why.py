"""Why somebody did or did not get something that nobody asked for: decisions, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.campaigns import rules
from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m
from bot.partners.people import called, reader_of_contact
from bot.partners.policy import gone
from bot.texts import Reader
from bot.turn import Turn
from storage import decisions, due_work, naming, people
from storage.models_delivery import Audit, Delivery
from storage.models_people import Contact, Partner
from storage.models_work import Decision

PERIOD = timedelta(days=30)
LISTED = 20  # things; the newest
CHOICES = 8  # people of whom one is chosen by a press
KIND = {"digest": "n", "news": "n", "survey": "s"}  # as in bot/partners/own.py


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: its fate in a word, the moment that goes with it, and why.

    Fates: arrived, waits, way, halted, skipped, lost, withdrawn, unknown.
    """

    kind: str
    title: str
    on: date  # of a digest: the day by which people know it
    fate: str
    at: datetime
    reason: str = ""
    since: datetime | None = None


async def told(
    turn: Turn, contact: Contact, language: str, more: Sequence[Line] = ()
) -> dict[str, Any]:
    """Data of partners/why.html.j2; `more`: what never came to a decision."""
    rows = await decisions.of_contact(turn.session, contact.id, turn.now - PERIOD, LISTED)
    stops = await decisions.stops(turn.session, contact.id)
    there = Reader(language, reader_of_contact(contact).zone)
    lines = [_line(row, delivery, stops, turn.now, there)
             if delivery is not None or await _stands(turn, row) else _moot(row, there)
             for row, delivery in rows]  # fmt: skip
    lines = sorted([*lines, *more], key=lambda line: line.at, reverse=True)[:LISTED]
    return {"contact": contact, "called": called(contact), "there": there, "now": turn.now,
            "days": PERIOD.days, "lines": lines}  # fmt: skip


def line_of(kind: str, title: str, reason: str, at: datetime, contact: Contact) -> Line:
    """What did not go to somebody, without a decision."""
    there = Reader("en", reader_of_contact(contact).zone)
    return Line(kind, title, at.astimezone(there.tzinfo).date(), "skipped", at, reason)


async def _stands(turn: Turn, row: Decision) -> bool:
    """What is not owed yet waits as due work, unless it has lost its reason."""
    return row.state != "waits" or await due_work.is_waiting(turn.session, row.thing)


def _moot(row: Decision, there: Reader) -> Line:
    return Line(row.kind, row.title, _day(row, there), "skipped", row.at, "moot")


def _line(
    row: Decision, delivery: Delivery | None, stops: Sequence[Audit], now: datetime, there: Reader
) -> Line:
    fate, at, reason = _fate(row, delivery, now)
    since = _since(row, stops) if (fate, reason) == ("skipped", "stopped") else None
    return Line(row.kind, row.title, _day(row, there), fate, at, reason, since)


def _day(row: Decision, there: Reader) -> date:
    if row.kind == "digest" and row.title:
        return date.fromisoformat(row.title)
    return row.at.astimezone(there.tzinfo).date()


def _since(row: Decision, stops: Sequence[Audit]) -> datetime | None:
    """When they said stop; None where it came otherwise."""
    kind = KIND[row.kind]
    return next((one.at for one in stops if kind in one.data["kinds"] and one.at <= row.at), None)


def _fate(row: Decision, delivery: Delivery | None, now: datetime) -> tuple[str, datetime, str]:
    """What became of it so far."""
    if row.state == "skipped":
        return "skipped", row.at, row.reason
    if delivery is None:
        return ("waits" if row.state == "waits" else "way"), row.at, row.reason
    ended = delivery.done_at or row.at
    match delivery.state:
        case "sent":
            return "arrived", ended, ""
        case "queued" if delivery.not_before is not None and delivery.not_before > now:
            return "waits", delivery.not_before, row.reason
        case "stopped":
            return "halted", row.at, ""
        case "unverified":
            return "unknown", ended, ""
        case "dead" | "skipped":
            return _lost(delivery, ended)
    return "way", row.at, ""


def _lost(delivery: Delivery, ended: datetime) -> tuple[str, datetime, str]:
    """It ended without having arrived, unless it went with other words in the meantime."""
    if delivery.kind == "replaced":
        return "arrived", ended, ""
    why = rules.why(delivery.reason)
    if delivery.state == "skipped" and why != "gone":
        return "withdrawn", ended, ""
    return "lost", ended, gone(delivery.reason) if why == "gone" else why


# who is meant


async def meant(turn: Turn, partner: Partner | None, words: str) -> list[Contact]:
    """Those who may be meant: one, or several to choose from; Refused says what to do."""
    said = fold(words)
    if partner is not None:
        everyone = await people.contacts_of(turn.session, partner.id)
        found = [one for one in everyone if _is(one, said)]
        if not found and everyone:
            raise Refused(_m("I know nobody called “{name}” at {partner}. There are: {names}."),
                          name=words, partner=partner.name,
                          names=", ".join(one.name for one in everyone[:CHOICES]))  # fmt: skip
        if not found:
            raise Refused(_m("{partner} has no contacts yet. First: /partner invite {partner}"),
                          partner=partner.name)  # fmt: skip
        return found
    if not said:
        raise Refused(_m("Who? Example: /partner why Nordwind Jo"))
    found = await naming.contacts_called(turn.session, words.strip(), CHOICES + 1)
    exact = [one for one in found if said in (fold(one.name), fold(one.called))]
    if not found:
        raise Refused(_m("I know nobody called “{name}”. Try it with the company: "
                         "/partner why Nordwind Jo"), name=words)  # fmt: skip
    return exact if len(exact) == 1 else found


def _is(contact: Contact, said: str) -> bool:
    return said in fold(contact.name) or said in fold(contact.called)
