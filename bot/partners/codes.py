"""Codes that bring a contact or a room in: not to be guessed, good once, kept as a hash only."""

import hashlib
from datetime import datetime, timedelta

from bot.clock import new_id
from bot.errors import Refused
from bot.marks import _m
from bot.turn import Turn
from storage import partners, people
from storage.models_people import LinkCode

LASTS = timedelta(days=7)  # long enough for a holiday, short enough to be forgotten in a mail
BYTES = 15  # 20 characters; Telegram takes 64 of A-Z a-z 0-9 _ -


def hashed(code: str) -> str:
    """What we keep: whoever reads the database cannot use it."""
    return hashlib.sha256(code.strip().encode()).hexdigest()


def check(row: LinkCode | None, now: datetime) -> LinkCode:
    """The code if it still opens something; else Refused says why."""
    if row is None:
        raise Refused(_m("This link is not complete or not ours. Please ask for a new one."))
    if row.used_at is not None:
        raise Refused(_m("This link was used already. Please ask for a new one."))
    if row.expires_at <= now:
        raise Refused(_m("This link is older than 7 days. Please ask for a new one."))
    return row


async def new(turn: Turn, *, kind: str, partner_id: int, contact_id: int | None, by: int) -> str:
    """A fresh code; it is shown now and never again."""
    code = new_id(BYTES)
    await partners.add_code(
        turn.session, hash=hashed(code), kind=kind, partner_id=partner_id, contact_id=contact_id,
        created_by=by, now=turn.now, lasts=LASTS,
    )  # fmt: skip
    return code


async def find(turn: Turn, code: str) -> LinkCode | None:
    return await people.code(turn.session, hashed(code))
