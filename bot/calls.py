"""One call to a platform, and what became of it: an outcome for every error, doubt decided."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import logs, metrics
from bot.chat import Address, Event, Person
from bot.clock import Clock, monotonic
from bot.errors import InDoubt, Rejected, TryLater, Unreachable
from bot.late import TOO_LATE
from bot.outbox import Class, Parcel, Receipt, Sender, from_json
from bot.pace import Pace
from storage import rests
from storage.claims import VERIFIED, Claimed, Mark
from storage.election import ALWAYS
from storage.gates import EDIT, TOPIC

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 12  # with the back-off below about half an hour; then a person must look
FIRST_DELAY = 1.0  # seconds
MAX_DELAY = 900.0  # seconds
AWAY = 10.0  # seconds at most between two tries to reach a platform that is away
REPEATABLE = Class.REMINDER  # in doubt and unknowable: up to this class it is sent again

Answered = Callable[[Event], Any]


class Calls:
    """The calls of one bot account; `lease` is the right to make them."""

    def __init__(
        self, sender: Sender, clock: Clock, answered: Answered, pace: Pace,
        chance: Callable[[], float],
    ) -> None:  # fmt: skip
        self._sender, self._clock, self._answered = sender, clock, answered
        self._pace, self._chance = pace, chance
        self.lease = ALWAYS
        self._away_since: float | None = None  # since when no call reached the platform

    async def send(self, row: Claimed) -> Mark:
        with logs.about(delivery_key=row.key):
            mark = await self._attempt(row)
            log.log(logging.DEBUG if mark.state == "sent" else logging.INFO,
                    "attempt %d: %s %s", row.attempts, mark.state, mark.reason)  # fmt: skip
        return mark

    async def _attempt(self, row: Claimed) -> Mark:
        if row.expires_at is not None and row.expires_at <= self._clock.now():
            return Mark(row, "skipped", TOO_LATE)
        try:
            mark = await self._call(row)
        except TryLater as error:
            return self._away(row, error) if error.away else self._later(row, error)
        except InDoubt as error:
            return Mark(row, "in_doubt", error.reason, retry_at=self._clock.real())
        except Unreachable as error:
            return Mark(row, "dead", f"unreachable: {error.reason}")
        except Rejected as error:
            return _rejected(row, error)
        except Exception as error:
            log.exception("delivery %s: a bug in its sender", row.key)
            return self._later(row, TryLater(f"bug: {error!r}"))
        self._away_since = None
        return mark

    async def _call(self, row: Claimed) -> Mark:
        parcel = _parcel(row)
        await self.lease.sure()
        with metrics.CALL.labels(self._sender.platform).time():
            return await self._talk(row, parcel)

    async def _talk(self, row: Claimed, parcel: Parcel) -> Mark:
        if row.kind == "ask":
            values = await self._sender.ask(parcel)
            await self._answered(_answer(row, values, self._clock.now()))
            return Mark(row, "sent")
        if row.kind == "delete":
            await self._sender.delete(parcel)
            return Mark(row, "sent", platform_id=row.message_id)
        if row.kind == EDIT and not row.message_id:
            return Mark(row, "skipped", "nothing stands there to edit")
        receipt = await self._verb(row)(parcel)
        return Mark(row, "sent", platform_id=receipt.message_id)

    def _verb(self, row: Claimed) -> Callable[[Parcel], Awaitable[Receipt]]:
        if row.kind == TOPIC:
            return self._sender.topic
        return self._sender.edit if row.message_id else self._sender.post

    def _later(self, row: Claimed, error: TryLater) -> Mark:
        if row.attempts >= MAX_ATTEMPTS and error.after is None:
            return Mark(row, "dead", f"gave up after {row.attempts} attempts: {error.reason}")
        delay = (
            error.after.total_seconds() if error.after else backoff(row.attempts, self._chance())
        )
        if error.wide or error.limited:
            metrics.LIMITED.labels(self._sender.platform).inc()
        held = ""
        if error.wide:
            held = rests.ACCOUNT
            self._pace.rest(delay)
        elif error.limited:
            held = rests.ACCOUNT if self._pace.refused(row, delay) else row.verb
        retry_at = self._clock.real() + timedelta(seconds=delay)
        return Mark(row, "queued", error.reason, retry_at=retry_at, rests=held)

    def _away(self, row: Claimed, error: TryLater) -> Mark:
        """No message is given up for it. All rest for as long as it has lasted, up to AWAY: a
        connection that fails by chance holds up nobody else.
        """
        now = monotonic()
        if self._away_since is None:
            self._away_since = now
        rest = min(AWAY, now - self._away_since)
        self._pace.rest(rest)
        delay = timedelta(seconds=max(rest, backoff(1, self._chance())))
        return Mark(row, "queued", error.reason, retry_at=self._clock.real() + delay)

    async def settle(self, row: Claimed) -> Mark:
        """Decide what became of a call whose answer never came (DESIGN.md rule 4)."""
        if not _makes_new(row):
            return self._repeat(row, "repeated")
        try:
            receipt = await self._sender.verify(_parcel(row))
        except InDoubt as error:
            return self._unknowable(row, error.reason)
        except TryLater as error:
            rest = error.after or timedelta(seconds=FIRST_DELAY)
            return Mark(row, "in_doubt", error.reason, retry_at=self._clock.real() + rest)
        except (Unreachable, Rejected) as error:
            return Mark(row, "dead", f"{type(error).__name__.lower()}: {error.reason}")
        except Exception:
            log.exception("delivery %s: cannot be verified yet", row.key)
            rest = timedelta(seconds=backoff(row.attempts, self._chance()))
            return Mark(
                row, "in_doubt", "cannot be verified yet", retry_at=self._clock.real() + rest
            )
        if isinstance(receipt, Receipt):
            return Mark(row, "sent", VERIFIED, receipt.message_id)
        return self._repeat(row, "not there, sent again")

    def _unknowable(self, row: Claimed, reason: str) -> Mark:
        useful = row.expires_at is None or row.expires_at > self._clock.now()
        if row.cls <= REPEATABLE and useful and _made(row) < MAX_ATTEMPTS:
            return self._repeat(row, f"repeated: {reason}")
        return Mark(row, "unverified", reason)

    def _repeat(self, row: Claimed, why: str) -> Mark:
        """At once the first time, so that a restart resumes at once; then later and later."""
        made = _made(row)
        if made >= MAX_ATTEMPTS:
            return Mark(row, "dead", f"gave up after {made} attempts: no answer")
        rest = timedelta(seconds=backoff(made - 1, self._chance())) if made > 1 else None
        return Mark(row, "queued", row_reason(why),
                    retry_at=self._clock.real() + rest if rest else None)  # fmt: skip


def backoff(attempt: int, chance: float) -> float:
    """Seconds before attempt + 1: doubling, capped, up to half of it left to chance (0 to 1)."""
    whole: float = min(MAX_DELAY, FIRST_DELAY * 2 ** (attempt - 1))
    return whole * (0.5 + chance / 2)


def _made(row: Claimed) -> int:
    """How many calls were made for a row in doubt; `attempts` counts the one to come."""
    return row.attempts - 1


def _makes_new(row: Claimed) -> bool:
    """Whether doing it twice would leave two; what changes something is repeated freely."""
    posts = row.kind == "message" or (row.kind == TOPIC and "closed" not in row.payload)
    return posts and not row.message_id


def _rejected(row: Claimed, error: Rejected) -> Mark:
    """Where the message of a slot is gone it is posted anew, unless it was only to be edited."""
    if error.gone and row.kind == EDIT:
        return Mark(row, "skipped", error.reason)
    if error.gone and row.message_id and row.slot_id is not None:
        return Mark(row, "queued", error.reason, forget_target=True)
    return Mark(row, "dead", f"rejected: {error.reason}")


def row_reason(text: str) -> str:
    return f"in doubt, {text}"


def _parcel(row: Claimed) -> Parcel:
    message = from_json(row.payload) if row.kind in ("message", EDIT) else None
    question = row.payload if row.kind in ("ask", TOPIC) else {}
    address = Address.parse(row.address)
    return Parcel(row.id, row.key, address, message, question, row.message_id, row.delivery_id,
                  row.started_at, row.progress)  # fmt: skip


def _answer(row: Claimed, values: dict[str, Any], now: datetime) -> Event:
    address = Address.parse(row.address)
    return Event(
        key=f"ask:{row.id}", at=now.astimezone(UTC), platform=address.platform, kind="answer",
        who=Person(address.platform, ""), where=address, route=str(row.payload["route"]),
        value=str(row.payload.get("value", "")), values=values,
    )  # fmt: skip
