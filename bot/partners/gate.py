"""The gate through which goes what nobody asked for: decided by the contact policy, and noted.

The notes answer "why did they not get it?" (bot/partners/why.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.config import ContactSettings
from bot.partners import policy, workdays
from bot.partners.policy import Defer, Facts, Skip, Verdict
from bot.turn import Turn
from storage import decisions


@dataclass(frozen=True, slots=True)
class Thing:
    """An edition of the digest, an urgent news item, a question; `lasts`: then it is of no use."""

    key: str
    kind: Literal["digest", "news", "survey"]
    title: str  # of a weekly digest its day; else "N-5", "T-12", or "" for a digest in between
    lasts: datetime | None = None


@dataclass(frozen=True, slots=True)
class Approach:
    """One message about a thing: whom it reaches (several in a room), and as which delivery."""

    facts: Facts
    contacts: tuple[int, ...]
    delivery: str


async def decide(turn: Turn, thing: Thing, approaches: Sequence[Approach]) -> list[Verdict]:
    """One verdict for each, in their order."""
    settings = turn.config.contact
    judged = [one.facts for one in approaches]
    if thing.kind != "news":  # what is urgent waits for no working day, and is never too much
        judged = await _with_budgets(turn, thing, approaches)
    verdicts = [policy.decide(facts, turn.now, settings.spread, thing.lasts, workdays.is_free)
                for facts in judged]  # fmt: skip
    noted = [
        _row(turn, thing, contact, verdict, one.delivery)
        for one, verdict in zip(approaches, verdicts, strict=True)
        for contact in one.contacts
    ]
    await decisions.keep(turn.session, thing.key, noted)
    return verdicts


async def _with_budgets(
    turn: Turn, thing: Thing, approaches: Sequence[Approach]
) -> list[policy.Facts]:
    """Each with what of late went to the person, where it is one, and to their company."""
    settings = turn.config.contact
    since = turn.now - timedelta(days=settings.days)
    ids = [contact for one in approaches for contact in one.contacts]
    company = await decisions.partners_of(turn.session, ids)
    own = await decisions.spent(turn.session, ids, thing.key, since, turn.now)
    theirs = await decisions.spent_on(turn.session, set(company.values()), thing.key, since,
                                      turn.now)  # fmt: skip
    return [
        replace(one.facts, works=settings.working_days,
                budgets=_budgets(settings, _fewest(one.contacts, own),
                                 theirs.get(company[one.contacts[0]], ())))
        for one in approaches
    ]  # fmt: skip


def _fewest(contacts: Sequence[int], had: Mapping[int, Sequence[datetime]]) -> Sequence[datetime]:
    """In a room whoever had the fewest counts: it is not silent because one has had enough."""
    return min((had.get(contact, ()) for contact in contacts), key=len)


def _budgets(
    settings: ContactSettings, alone: Sequence[datetime], together: Sequence[datetime]
) -> tuple[policy.Budget, ...]:
    limits = ((settings.per_person, alone), (settings.per_partner, together))
    return tuple(policy.Budget(most, settings.days, at) for most, at in limits if most)


def _row(
    turn: Turn, thing: Thing, contact: int, verdict: Verdict, delivery: str
) -> dict[str, Any]:
    state = {Skip: "skipped", Defer: "waits"}.get(type(verdict), "goes")
    at = verdict.until if isinstance(verdict, Defer) else turn.now
    reason = "" if isinstance(verdict, policy.Send) else verdict.reason
    return {"kind": thing.kind, "title": thing.title, "contact_id": contact, "state": state,
            "reason": reason, "at": at, "delivery_key": delivery}  # fmt: skip
