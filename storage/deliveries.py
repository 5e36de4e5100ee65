"""Deliveries as people look at them: what waits, what ended badly, sending again, giving up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from storage.claims import OPEN_STATES, VERIFIED
from storage.db import Session, wake
from storage.models import one_of
from storage.models_delivery import Campaign, Delivery

ENDED_BADLY = ("dead", "unverified")
REPLACED = "replaced"  # kind of a row that only keeps its key


async def listed(
    session: Session, *, states: Sequence[str], platform: str = "", where: str = "",
    chats: Select[str] | None = None, since: datetime | None = None,
    limit: int = 50,
) -> list[Delivery]:  # fmt: skip
    """The newest deliveries in these states; `where` is part of an address, `chats` the only ones.

    What is open or ended badly is found by its own index, behind any number that arrived.
    """
    conditions: list[ColumnElement[bool]] = [Delivery.kind != REPLACED]
    if platform:
        conditions.append(Delivery.platform == platform)
    if where:
        conditions.append(Delivery.address.contains(where, autoescape=True))
    if chats is not None:
        conditions.append(Delivery.chat.in_(chats))
    if since is not None:
        conditions.append(Delivery.done_at >= since)
    found: list[Delivery] = []
    for group in _found_by(states):
        newest = Delivery.id.desc() if group is None else (Delivery.id + 0).desc()  # by no other
        which = Delivery.state.in_(states) if group is None else and_(*group)
        ids = select(Delivery.id).where(which, Delivery.state.in_(states), *conditions)
        some = ids.order_by(newest).limit(limit)  # what they say is read of few
        found += await session.scalars(select(Delivery).where(Delivery.id.in_(some)))
    return sorted(found, key=lambda row: -row.id)[:limit]


def _found_by(states: Sequence[str]) -> list[tuple[ColumnElement[bool], ...] | None]:
    """Conditions in the words of the indexes with such rows; None = by the rows themselves."""
    groups: list[tuple[ColumnElement[bool], ...] | None] = []
    wanted = set(states)
    if wanted & set(ENDED_BADLY):
        groups.append((one_of(Delivery.state, *ENDED_BADLY),))
    if wanted & set(OPEN_STATES):
        groups.append((one_of(Delivery.state, *OPEN_STATES),))
    if "stopped" in wanted:
        stopped = select(Campaign.id).where(Campaign.state == "stopped")
        groups.append((Delivery.campaign_id.in_(stopped), Delivery.state == "stopped"))
    return groups if wanted <= {*ENDED_BADLY, *OPEN_STATES, "stopped"} else [None]


async def of_keys(session: Session, keys: Sequence[str]) -> list[Delivery]:
    """Deliveries by key, in the order in which they were owed."""
    rows = await session.scalars(
        select(Delivery).where(Delivery.key.in_(keys)).order_by(Delivery.id)
    )
    return list(rows)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of some deliveries; `repeated` of the sent ones may have arrived twice."""

    total: int = 0
    sent: int = 0
    repeated: int = 0
    unverified: int = 0
    failed: int = 0
    skipped: int = 0
    open: int = 0


async def fate(session: Session, ids: Sequence[int]) -> Fate:
    """Of deliveries that were in doubt."""
    rows = (
        await session.execute(select(Delivery.state, Delivery.reason).where(Delivery.id.in_(ids)))
    ).all()
    states = Counter(state for state, _ in rows)
    return Fate(
        total=len(rows), sent=states["sent"], unverified=states["unverified"],
        repeated=sum(state == "sent" and reason != VERIFIED for state, reason in rows),
        failed=states["dead"], skipped=states["skipped"],
        open=sum(states[state] for state in ("queued", "sending", "in_doubt")),
    )  # fmt: skip


async def owed_within(session: Session, since: datetime, until: datetime) -> int:
    """How many messages could have gone between two moments and did not.

    Ids rise with the moment: what was owed in between is one stretch of them, be it ever so late.
    """
    first, last = await _last_before(session, since), await _last_before(session, until)
    fell = (Delivery.not_before >= since, Delivery.not_before < until)
    counts = [
        await session.scalar(select(func.count()).select_from(Delivery)
                             .where(*which, Delivery.kind != REPLACED))
        for which in (
            (Delivery.id > first, Delivery.id <= last, Delivery.not_before.is_(None),
             or_(Delivery.done_at.is_(None), Delivery.done_at >= until)),
            (one_of(Delivery.state, "queued"), *fell),
            (one_of(Delivery.state, "sending", "in_doubt"), *fell),
            (Delivery.done_at >= until, ~Delivery.emptied, *fell),  # nothing is emptied so soon
        )
    ]  # fmt: skip
    return sum(count or 0 for count in counts)


async def ended_since(session: Session, until: datetime, state: str, reason: str = "") -> int:
    """How many messages came to this end, with this reason, since a moment not long ago."""
    query = select(func.count()).select_from(Delivery).where(
        Delivery.done_at >= until, ~Delivery.emptied, Delivery.state == state,
        Delivery.reason.startswith(reason), Delivery.kind != REPLACED,
    )  # fmt: skip
    return await session.scalar(query) or 0


async def _last_before(session: Session, moment: datetime) -> int:
    """The last that was owed before a moment that is not long ago."""
    newest = select(Delivery.id).where(Delivery.created_at < moment).order_by(Delivery.id.desc())
    return await session.scalar(newest.limit(1)) or 0


def _may_go_again() -> list[Any]:
    """What ended badly and still says something that nothing newer has replaced.

    What was skipped may go again only where its address was gone: the rest was withdrawn, as was
    all that is left of a recalled campaign.
    """
    newer = aliased(Delivery)
    moved_on = exists().where(
        newer.slot_id == Delivery.slot_id, newer.id > Delivery.id, newer.state != "skipped"
    )
    recalled = exists().where(Campaign.id == Delivery.campaign_id, Campaign.state == "recalled")
    gone = (Delivery.state == "skipped") & Delivery.reason.startswith("unreachable")
    return [
        or_(Delivery.state.in_(ENDED_BADLY), gone), Delivery.kind != REPLACED,
        Delivery.emptied.is_(False), or_(Delivery.slot_id.is_(None), ~moved_on),
        or_(Delivery.campaign_id.is_(None), ~recalled),
    ]  # fmt: skip


async def send_again(
    session: Session, why: str, *, keys: Sequence[str] | None = None,
    states: Sequence[str] = ENDED_BADLY, since: datetime | None = None,
) -> list[str]:  # fmt: skip
    """Queue what ended badly once more; returns the keys. Twice is once: it waits then.

    What has expired meanwhile is skipped by its sender.
    """
    conditions = _may_go_again()
    if keys is not None:
        conditions.append(Delivery.key.in_(keys))
    else:
        conditions.append(Delivery.state.in_(states))
    if since is not None:
        conditions.append(Delivery.done_at >= since)
    found = await session.scalars(
        update(Delivery)
        .where(*conditions)
        .values(state="queued", reason=why, attempts=0, retry_at=None, done_at=None,
                not_before=None, asleep=False)
        .returning(Delivery.key)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    wake(session, "outbox")
    return list(found)
