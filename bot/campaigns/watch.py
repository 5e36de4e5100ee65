"""Looks at a campaign while it goes on: moves its rows, stops it, tells its owner, ends it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import due as due_work
from bot import outbox
from bot.campaigns import rules, service
from bot.chat import Address
from bot.due import DueKinds
from bot.marks import _m
from bot.outbox import Class
from bot.partners import policy, workdays
from bot.turn import Turn
from storage import campaigns
from storage.campaigns import Count, Stopped
from storage.models_delivery import Campaign, DueWork

MOVED = 500  # rows of one transaction; a slice stays well under 100 ms
DELETED = 100  # messages that one transaction has deleted
RELEASED = 100  # rows whose readers' quiet hours are asked for too

due = DueKinds()


@due.kind(
    "campaign.watch", says=_m("How far something sent to many people has come."), cls=Class.DIGEST
)
async def watch(turn: Turn, items: Sequence[DueWork]) -> None:
    for item in items:
        campaign = await campaigns.find(turn.session, item.payload["id"])
        if campaign is not None and campaign.state != "done":
            at, wait = await _look(turn, campaign, timedelta(seconds=item.payload["wait"]))
            if at is not None:
                await service.look_at(turn, campaign.id, at, wait, item.key)


Next = tuple[datetime | None, timedelta]  # when to look again, and how long that is


async def _look(turn: Turn, campaign: Campaign, wait: timedelta) -> Next:
    if await _more_to_move(turn, campaign):
        return turn.now, wait
    count = await campaigns.count(turn.session, campaign.id, turn.now)
    first, _ = await campaigns.still_to_owe(turn.session, campaign.key)
    over = not count.open and first is None
    failed, ended = count.failures - campaign.forgiven, count.ended - campaign.tried
    if campaign.state == "running" and not over and rules.broken(failed, ended):
        await service.brake(turn, campaign)
        await service.show(turn, campaign, count, fresh=True)
        return turn.now, rules.LOOK
    if not over and campaign.looked_at and turn.now < campaign.looked_at + rules.LOOK:
        return campaign.looked_at + rules.LOOK, wait
    changed = count.ended != campaign.looked or campaign.looked_at is None or over
    if over and campaign.state == "running":
        campaign.state = "done"
    await _tell(turn, campaign, count, changed=changed, over=over)
    if over or (campaign.state == "stopped" and not count.flying):
        return None, wait
    wait = rules.next_wait(wait, changed=changed)
    return await _next_look(turn, campaign, count, first, wait), wait


async def _tell(
    turn: Turn, campaign: Campaign, count: Count, *, changed: bool, over: bool
) -> None:
    """Edit its owner's message, or begin one if it is worth one."""
    tell = campaign.shown or rules.worth_telling(
        count.total, turn.now - campaign.at, over=over, failed=bool(count.failed)
    )
    if tell and (changed or not campaign.shown):
        await service.show(turn, campaign, count)
    campaign.looked_at, campaign.looked = turn.now, count.ended


async def _next_look(
    turn: Turn, campaign: Campaign, count: Count, first: DueWork | None, wait: timedelta
) -> datetime:
    """Soon while something could leave, else once the next moment has come."""
    if count.flying or count.waiting > count.later:
        return turn.now + wait
    row = await campaigns.next_moment(turn.session, campaign.id, turn.now)
    moments = [row, first.due_at if first is not None else None]
    nearest = min((moment for moment in moments if moment is not None), default=turn.now)
    return max(turn.now, nearest) + rules.LOOK


async def _more_to_move(turn: Turn, campaign: Campaign) -> bool:
    """Have a slice of its rows stand as the campaign does; False once all of them do."""
    if campaign.state == "stopped":
        return await campaigns.stop_some(turn.session, campaign.id, MOVED) == MOVED
    if campaign.state == "recalled":
        moved = await campaigns.withdraw_some(turn.session, campaign.id, turn.now, MOVED)
        return moved == MOVED
    rows = await campaigns.stopped(turn.session, campaign.id, RELEASED)
    moments = [(row.id, _not_before(turn, campaign, row)) for row in rows]
    await campaigns.let_go(turn.session, moments)
    return len(rows) == RELEASED


def _not_before(turn: Turn, campaign: Campaign, row: Stopped) -> datetime | None:
    """Its own moment, or when its reader may be spoken to again after it was resumed."""
    settings = turn.config.contact
    works = settings.working_days and campaign.kind != "news" and row.contact_id > 0
    facts = policy.Facts(row.contact_id, True, True, row.zone, row.quiet, works=works)
    verdict = policy.decide(facts, turn.now, settings.spread, None, workdays.is_free)
    return verdict.until if isinstance(verdict, policy.Defer) else row.not_before


@due.kind(
    "campaign.delete", says=_m("What was recalled is deleted where it stands."), cls=Class.DIGEST
)
async def delete(turn: Turn, items: Sequence[DueWork]) -> None:
    """In slices, so that a recall of many holds up nobody; first what is on its way arrives."""
    for item in items:
        what = item.payload
        count = await campaigns.count(turn.session, what["id"], turn.now)
        if count.flying:
            await _later(turn, item, turn.now + rules.LOOK, what["after"])
            continue
        since = datetime.fromisoformat(what["since"])
        rows = await campaigns.posted(turn.session, what["id"], since, what["after"], DELETED)
        for row in rows:
            await outbox.take_back(turn, f"{row.key}{campaigns.TAKEN_BACK}",
                                   Address.parse(row.address), row.platform_id,
                                   Class.REMINDER)  # fmt: skip
        if len(rows) == DELETED:
            await _later(turn, item, turn.now, rows[-1].id)


async def _later(turn: Turn, item: DueWork, at: datetime, after: int) -> None:
    payload = {**item.payload, "after": after}
    await due_work.put(turn, key=item.key, kind=item.kind, subject=item.subject, due_at=at,
                       **payload)  # fmt: skip
