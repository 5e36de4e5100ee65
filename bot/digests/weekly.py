"""The weekly digest: planned for every zone's own morning, sent in slices; urgent news at once.

"digest.plan" puts one "digest.slice" for each zone; a slice owes at most LIMIT contacts' digests,
notes what they got in the same transaction, and puts itself again behind the last partner. All
that is owed of an edition is a campaign (bot/campaigns), whose key is the subject of this work.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot import due as due_work
from bot import outbox
from bot.campaigns import service as campaigns
from bot.digests import calendar, plan, words
from bot.due import BATCH, DueKinds
from bot.marks import _m
from bot.outbox import Class
from bot.partners import gate, policy
from bot.partners.people import room_address
from bot.texts import Reader
from bot.turn import Turn
from storage import decisions, news
from storage import due_work as due_rows
from storage.models_delivery import DueWork
from storage.models_people import Room
from storage.models_work import NewsItem
from storage.news import Someone

due = DueKinds()
LIMIT = BATCH  # contacts of one slice (DESIGN.md rule 1)
WITHDRAWN = 1_000  # contacts whose digests one transaction looks at
FRESH = timedelta(days=3)  # a digest that would come later is none: its news go with the next one
HOLD = timedelta(seconds=60)  # before many people (DESIGN.md 5)
NAME = "digest"  # of the schedule, and the subject of its work
URGENT, NOW = "urgent:", "now:"  # editions that go at once; a weekly one is named by its day


async def arm(turn: Turn) -> None:
    """At each start: the coming digest is planned, whatever was lost or never there."""
    settings = turn.config.digest
    day = calendar.current(turn.now, settings.weekday, settings.at)
    await _put_plan(turn, day)


async def _put_plan(turn: Turn, day: date) -> None:
    await due_work.put(
        turn, key=f"digest:plan:{day}", kind="digest.plan", subject=f"{NAME}:plan",
        due_at=calendar.planned_at(day, turn.config.digest.at), day=day.isoformat(),
    )  # fmt: skip


@due.kind(
    "digest.plan", says=_m("The weekly news are planned for every time zone."), cls=Class.DIGEST
)
async def plan_week(turn: Turn, items: Sequence[DueWork]) -> None:
    for item in items:
        day, at = date.fromisoformat(item.payload["day"]), turn.config.digest.at
        for zone in await news.zones(turn.session):
            await due_work.put(
                turn, key=f"digest:{day}:{zone}", kind="digest.slice", subject=key_of(str(day)),
                due_at=calendar.due_at(day, at, zone, turn.now), edition=day.isoformat(),
                zone=zone, after=0, item=None,
            )  # fmt: skip
        await _put_plan(turn, calendar.following(day))


async def send_now(turn: Turn, edition: str, by: int, item: NewsItem | None = None) -> datetime:
    """Send everybody what is new for them, or one urgent item, after the hold; returns when."""
    at = turn.now + HOLD
    await due_work.put(
        turn, key=key_of(edition), kind="digest.slice", subject=key_of(edition), due_at=at,
        edition=edition, zone=None, after=0, item=item.id if item else None, by=by,
    )  # fmt: skip
    return at


def key_of(edition: str) -> str:
    """Of an edition's campaign, and the subject of the work that owes it."""
    return f"{NAME}:{edition}"


async def held(turn: Turn, edition: str) -> DueWork | None:
    """The work of an edition that is to be sent now, until its hold is over."""
    work = await due_rows.waiting_of(turn.session, key_of(edition))
    return work if work is not None and work.due_at > turn.now else None


async def end_hold(turn: Turn, edition: str) -> bool:
    """Send it at once; False when it is on its way already."""
    work = await held(turn, edition)
    if work is None:
        return False
    await due_work.put(turn, key=work.key, kind=work.kind, subject=work.subject, due_at=turn.now,
                       **work.payload)  # fmt: skip
    return True


async def stop_edition(turn: Turn, edition: str) -> None:
    """Withdraw what was to be sent now and has not begun."""
    await due_work.drop(turn, subject=key_of(edition))


async def withdraw(turn: Turn, item_id: int, after: int = 0) -> None:
    """Take a retracted item out of what has not left: a slice now, the others right after it.

    What else was in such a digest goes with the next one.
    """
    last = await news.withdraw_some(turn.session, item_id, after, WITHDRAWN, turn.now)
    if last is not None:
        await due_work.put(
            turn, key=f"news:{item_id}:withdraw:{turn.now.isoformat()}", kind="news.withdraw",
            subject=f"news:{item_id}", due_at=turn.now, item=item_id, after=last,
        )  # fmt: skip


@due.kind("news.withdraw", says=_m("A retracted news item is taken out of what has not left."))
async def withdraw_more(turn: Turn, items: Sequence[DueWork]) -> None:
    for item in items:
        await withdraw(turn, item.payload["item"], item.payload["after"])


@due.kind(
    "digest.slice", says=_m("It is the hour of the news in this time zone."), cls=Class.DIGEST
)
async def slices(turn: Turn, items: Sequence[DueWork]) -> None:
    """As many slices as one transaction may hold; the others stay due and follow at once."""
    paused = (await news.schedule(turn.session, NAME)).paused_at is not None
    room = LIMIT
    for item in items:
        if paused and item.payload["item"] is None:
            continue  # it goes with a later digest
        if room <= 0:
            await _again(turn, item, item.payload["after"])
        else:
            room -= await _slice(turn, item)


async def _again(turn: Turn, item: DueWork, after: int) -> None:
    """Due from now, not from when it began: other work that is due takes its turn in between."""
    payload = {**item.payload, "after": after}
    await due_work.put(turn, key=item.key, kind=item.kind, due_at=turn.now,
                       subject=item.subject, **payload)  # fmt: skip


async def _slice(turn: Turn, item: DueWork) -> int:
    """Returns how many contacts it looked at."""
    what = item.payload
    people, more = await news.slice_of(turn.session, what["zone"], what["after"], LIMIT)
    items = await _items(turn, what["item"])
    await deliver(turn, people, items, what["edition"], what.get("by"))
    if more:
        await _again(turn, item, people[-1].partner_id)
    return len(people)


async def _items(turn: Turn, only: int | None) -> list[NewsItem]:
    """What can go out: everything fresh, or the one urgent item."""
    items = await news.live(turn.session, turn.now - plan.FRESH)
    return [item for item in items if only in (None, item.id)]


async def deliver(
    turn: Turn, people: Sequence[Someone], items: Sequence[NewsItem], edition: str,
    by: int | None,
) -> None:  # fmt: skip
    """Owe each of these people what is new for them, and note it."""
    if not people or not items:
        return
    ids = [one.contact_id for one in people]
    await news.forget_lost(turn.session, ids)
    has = await news.received(turn.session, ids)
    thing = _thing(turn, edition, items[-1])
    going = await _let_through(turn, thing, plan.parcels(people, items, has),
                               plan.refused(people, items, has))  # fmt: skip
    if not going:
        return
    campaign = await campaigns.begin(turn, key=thing.key, kind=thing.kind, title=thing.title,
                                     owner_id=by or items[-1].created_by)  # fmt: skip
    rooms = await news.rooms(turn.session, [parcel.room_id for parcel, _ in going])
    receipts: list[dict[str, Any]] = []
    owed = []
    for parcel, begins in going:
        one = _owed(turn, parcel, rooms[parcel.room_id], _delivery(thing, parcel))
        owed.append(replace(one, not_before=begins, campaign=campaign.id))
        receipts += [{"contact_id": contact, "news_id": item, "delivery_key": one.key}
                     for contact, item in parcel.new]  # fmt: skip
    await outbox.owe_many(turn, owed)
    await news.add_receipts(turn.session, receipts)


def _thing(turn: Turn, edition: str, newest: NewsItem) -> gate.Thing:
    """An urgent item goes whenever it can; a digest that would come late goes with the next."""
    if edition.startswith(URGENT):
        return gate.Thing(key_of(edition), "news", f"N-{newest.id}")
    weekly = edition[:1].isdecimal()
    return gate.Thing(key_of(edition), "digest", edition if weekly else "", turn.now + FRESH)


def _delivery(thing: gate.Thing, parcel: plan.Parcel) -> str:
    return f"{thing.key}:{parcel.to}"


async def _let_through(
    turn: Turn, thing: gate.Thing, parcels: Sequence[plan.Parcel], refused: Sequence[Someone]
) -> list[tuple[plan.Parcel, datetime | None]]:
    """The parcels that go, and not before when; it is noted of everybody, also of the refused."""
    lost = await decisions.gone(turn.session, [one.contact_id for one in refused])
    approaches = [
        gate.Approach(plan.facts(parcel.people[0]),
                      tuple(one.contact_id for one in parcel.people), _delivery(thing, parcel))
        for parcel in parcels
    ] + [
        gate.Approach(plan.facts(one, policy.gone(lost.get(one.contact_id))),
                      (one.contact_id,), "")
        for one in refused
    ]  # fmt: skip
    verdicts = await gate.decide(turn, thing, approaches)
    return [
        (parcel, verdict.until if isinstance(verdict, policy.Defer) else None)
        for parcel, verdict in zip(parcels, verdicts, strict=False)
        if not isinstance(verdict, policy.Skip)
    ]


def _owed(turn: Turn, parcel: plan.Parcel, room: Room, key: str) -> outbox.Owed:
    one = parcel.people[0]
    private = parcel.to.startswith("contact:")
    language = one.language if private else room.language or one.language
    reader = Reader(language, one.zone, several=not private)
    message = words.digest(parcel.items, reader, turn.config, turn.now,
                           one.contact_id if private else None)  # fmt: skip
    return outbox.Owed(room_address(room), message, key=key, subject=key, cls=Class.DIGEST)
