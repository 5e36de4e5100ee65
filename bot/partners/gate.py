"""The gate through which goes what nobody asked for: decided by the contact policy, and noted.

The notes answer "why did they not get it?" (bot/partners/why.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.partners import policy
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
    verdicts = [policy.decide(one.facts, turn.now, turn.config.contact.spread, thing.lasts)
                for one in approaches]  # fmt: skip
    noted = [
        _row(turn, thing, contact, verdict, one.delivery)
        for one, verdict in zip(approaches, verdicts, strict=True)
        for contact in one.contacts
    ]
    await decisions.keep(turn.session, thing.key, noted)
    return verdicts


def _row(
    turn: Turn, thing: Thing, contact: int, verdict: Verdict, delivery: str
) -> dict[str, Any]:
    state = {Skip: "skipped", Defer: "waits"}.get(type(verdict), "goes")
    at = verdict.until if isinstance(verdict, Defer) else turn.now
    reason = "" if isinstance(verdict, policy.Send) else verdict.reason
    return {"kind": thing.kind, "title": thing.title, "contact_id": contact, "state": state,
            "reason": reason, "at": at, "delivery_key": delivery}  # fmt: skip
