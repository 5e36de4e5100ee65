"""What goes to many people is a campaign: begun, watched, stopped, resumed, taken back.

A stopped campaign is left alone by the sender at once (storage/claims.py); its rows then leave the
queue in slices, and come back in slices when it is resumed: bot/campaigns/watch.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import due, outbox, texts
from bot.campaigns import rules
from bot.campaigns.standing import Standing, missed, standing
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import admins, manager_meets, on_duty, reader_of_manager
from bot.routes import Act
from bot.turn import Turn
from storage import campaigns, due_work, people, settings
from storage import outbox as rows
from storage.campaigns import Count
from storage.ids import row_id
from storage.models_delivery import Campaign
from storage.models_people import Manager

STATES = {
    "running": _m("It goes on already."),
    "stopped": _m("It is stopped already."),
    "done": _m("It is over: there is nothing left to send."),
    "recalled": _m("It is recalled: nothing more is sent."),
}


async def begin(turn: Turn, *, key: str, kind: str, title: str, owner_id: int | None) -> Campaign:
    """The campaign to which deliveries that are owed now belong; it is looked at soon."""
    campaign = await campaigns.begin(
        turn.session, key=key, kind=kind, title=title, owner_id=owner_id, now=turn.now
    )
    if campaign.state == "done":  # its work had failed and was put again
        campaign.state = "running"
    await look_at(turn, campaign.id, turn.now + rules.LOOK)
    return campaign


async def look_at(
    turn: Turn, campaign_id: int, at: datetime, wait: timedelta = rules.LOOK, key: str = ""
) -> None:
    """Have it looked at then, or earlier if that is settled.

    `wait` is how long it took to come to this look, `key` that of the work that is running.
    """
    subject = _subject(campaign_id)
    waiting = await due_work.waiting_of(turn.session, subject)
    if waiting is None or waiting.due_at > at:
        key = waiting.key if waiting is not None else key or f"{subject}:{turn.now.isoformat()}"
        await due.put(turn, key=key, kind="campaign.watch", subject=subject, due_at=at,
                      id=campaign_id, wait=wait.total_seconds())  # fmt: skip


def _subject(campaign_id: int) -> str:
    return f"campaign:{campaign_id}"


async def failed(turn: Turn, keys: list[str]) -> None:
    """These deliveries ended badly: are they too many of their campaign?"""
    for campaign_id in await campaigns.ids_of(turn.session, keys):
        await look_at(turn, campaign_id, turn.now)


async def find(turn: Turn, value: str) -> Campaign:
    """The campaign of a button."""
    found = await campaigns.find(turn.session, row_id(value))
    if found is None:
        raise Refused(_m("That is out of date: nothing was changed."))
    return found


async def stop(act: Act, campaign: Campaign) -> None:
    """Nothing more of it leaves until it is resumed."""
    await _turn_into(act, campaign, "stopped", "running")


async def resume(act: Act, campaign: Campaign) -> None:
    """It goes on; what failed before does not stop it again."""
    await _turn_into(act, campaign, "running", "stopped")
    count = await campaigns.count(act.session, campaign.id, act.now)
    campaign.forgiven, campaign.tried = count.failures, count.ended


@dataclass(frozen=True, slots=True)
class Reach:
    """What can still be taken back: places where it can be deleted, and where it is too late."""

    waiting: int
    deletable: int
    too_late: int


async def reach_back(turn: Turn, campaign: Campaign) -> Reach:
    count = await campaigns.count(turn.session, campaign.id, turn.now)
    since = turn.now - rules.DELETABLE
    deletable = await campaigns.count_deletable(turn.session, campaign.id, since)
    return Reach(count.waiting, deletable, count.sent - deletable)


async def recall(act: Act, campaign: Campaign) -> None:
    """What waits is withdrawn, what was posted is deleted where the platform still lets us."""
    if campaign.state != "recalled":
        await _turn_into(act, campaign, "recalled", "running", "stopped", "done")
        await due.drop(act, subject=campaign.key)
    await due.put(act, key=f"{_subject(campaign.id)}:delete", kind="campaign.delete",
                  subject=f"{_subject(campaign.id)}:delete", due_at=act.now, id=campaign.id,
                  since=(act.now - rules.DELETABLE).isoformat(), after=0)  # fmt: skip


async def leave(act: Act, campaign: Campaign) -> None:
    """What still waits is withdrawn, and no more is owed."""
    await _turn_into(act, campaign, "recalled", "stopped", "running")
    await due.drop(act, subject=campaign.key)


async def _turn_into(act: Act, campaign: Campaign, state: str, *before: str) -> None:
    """The presser's wish, if the campaign still stands as they saw it."""
    if campaign.state not in before:
        raise Refused(STATES[campaign.state])
    campaign.state, campaign.braked, campaign.looked_at = state, False, None
    await settings.note(act.session, who=act.by, what=f"campaign.{state}", subject=campaign.key,
                        now=act.now)  # fmt: skip
    await look_at(act, campaign.id, act.now)


async def brake(turn: Turn, campaign: Campaign) -> None:
    """Too many failed: it stops by itself."""
    campaign.state, campaign.braked = "stopped", True
    await settings.note(turn.session, who="bot", what="campaign.stopped", subject=campaign.key,
                        now=turn.now)  # fmt: skip


async def told(turn: Turn, campaign: Campaign) -> list[Manager]:
    """Who hears of it: its owner or who stands in for them, else the leads, else the admins."""
    owner = await people.manager(turn.session, campaign.owner_id) if campaign.owner_id else None
    helper = await on_duty(turn, owner)
    if helper is not None:
        return [helper]
    named = [await people.manager_named(turn.session, team.lead) for team in turn.config.teams]
    leads = {lead.id: lead for lead in named if lead is not None}
    return list(leads.values()) or await admins(turn)


async def show(turn: Turn, campaign: Campaign, count: Count, *, fresh: bool = False) -> None:
    """Its owner's private message; `fresh` posts it anew, so that they notice."""
    campaign.shown = True
    for manager in await told(turn, campaign):
        meets = await manager_meets(turn, manager)
        if meets is None:
            continue
        one = await standing(turn, campaign, count, meets.reader)
        message = texts.render("campaigns/standing.html.j2", meets.reader, one=one, now=turn.now)
        slot = f"{_subject(campaign.id)}:{manager.id}"
        await outbox.owe(turn, meets.address, message, key=f"{slot}:{turn.now.isoformat()}",
                         subject=slot, cls=Class.TICKET, slot=slot, fresh=fresh)  # fmt: skip


async def on_its_message(act: Act, campaign: Campaign) -> bool:
    """Whether the press was on its owner's message, which shows what became of it."""
    name = await rows.slot_at(act.session, act.event.where, act.event.reply_to)
    return name is not None and name.startswith(f"{_subject(campaign.id)}:")


async def seen_by(act: Act, campaign: Campaign) -> Standing:
    """How it stands, for whoever asks."""
    assert act.manager is not None  # noqa: S101 - the route's role says so
    count = await campaigns.count(act.session, campaign.id, act.now)
    return await standing(act, campaign, count, reader_of_manager(act.manager))


async def of_kinds(act: Act, kinds: Sequence[str]) -> list[Standing]:
    """The campaigns of some kinds that are not over, newest first."""
    open_ = await campaigns.in_state(act.session, kinds, "running", "stopped")
    return [await seen_by(act, campaign) for campaign in open_]


async def whom_not(act: Act, campaign: Campaign) -> dict[str, object]:
    """Data of campaigns/missed.html.j2."""
    count = await campaigns.count(act.session, campaign.id, act.now)
    rows = await missed(act, campaign)
    return {"rows": rows, "more": count.failures - len(rows)}
