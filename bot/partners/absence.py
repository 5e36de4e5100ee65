"""Being away: until when, and who is asked in the meantime."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot import due, outbox, texts
from bot.due import DueKinds
from bot.errors import Refused
from bot.marks import _m
from bot.outbox import Class
from bot.partners import statuses
from bot.partners.people import (
    check_receives,
    is_away,
    lead_of,
    manager_called,
    manager_meets,
)
from bot.partners.reach import tell
from bot.routes import Act
from bot.turn import Turn
from bot.when import Stretch
from storage import people, settings
from storage.models_delivery import DueWork
from storage.models_people import Manager

KEY = "manager.statuses"
EVERY = timedelta(hours=24)
OPEN_END = timedelta(hours=36)  # a status without an end counts until it is asked for again

due_kinds = DueKinds()

OURS = _m("That is for our own people only.")


async def leave(act: Act, away: Stretch, substitute: Manager | None) -> Manager:
    """Away from now or from a later moment on; whoever stands in hears of it."""
    manager = _manager(act)
    if substitute is not None and substitute.id == manager.id:
        raise Refused(_m("Somebody else has to stand in for you.")).at("who")
    if substitute is not None and is_away(act, substitute):
        raise Refused(_m("{name} is away too. Who else?"), name=substitute.name).at("who")
    if substitute is not None:
        check_receives(substitute)
    manager.away_from, manager.away_until = away.start, away.end
    if away.start is None:
        manager.status_until = None
    manager.substitute_id = substitute.id if substitute is not None else None
    begins = {"start": away.start.isoformat()} if away.start is not None else {}
    await _note(act, manager, "manager.away", until=away.end.isoformat(), **begins)
    if substitute is not None:
        await tell(act, substitute, "partners/stands_in.html.j2", f"away:{act.event.key}",
                   away=manager)  # fmt: skip
    return manager


async def come_back(act: Act) -> bool:
    """There again: reminders come to them as before. False: they stay, what was to come is off."""
    manager = _manager(act)
    away = is_away(act, manager)
    if not away and not manager.goes_away(act.now):
        raise Refused(_m("You are not away."))
    manager.status_until = None
    if not (away and manager.goes_away(act.now)):  # else: by a status; what is to come stands
        _forget(manager)
    await _note(act, manager, "manager.back")
    return away


async def stay(act: Act) -> None:
    """What was to come is off; whoever is away by a status stays so."""
    manager = _manager(act)
    if not manager.goes_away(act.now):
        raise Refused(_m("That has begun, or is off already. If you are away: /liaison back"))
    _forget(manager)
    await _note(act, manager, "manager.stays")


def _forget(manager: Manager) -> None:
    """What they said by hand."""
    manager.away_from = manager.away_until = manager.substitute_id = None


async def learn(turn: Turn, manager: Manager, status: dict[str, Any]) -> None:
    """Their status in Slack says that they are away, or no longer.

    What was said by hand wins: while they are away by hand nothing else counts, and a status that
    they overruled ("I am back") is not taken up again until they set another one.
    """
    if not turn.config.slack.status_is_absence:
        return
    until = datetime.fromisoformat(status["until"]) if status["until"] else None
    over = until is not None and until <= turn.now
    if over or not statuses.means_away(status["emoji"], status["text"]):
        manager.status_until, manager.status_said = None, ""
        return
    said = f"{status['emoji']} {status['text']} {status['until']}"
    new, manager.status_said = said != manager.status_said, said
    if manager.by_hand_until(turn.now) is not None:
        return
    if new or manager.status_until is not None:
        manager.status_until = until or turn.now + OPEN_END
        if until is None:
            await _ask_later(turn, "open", everybody=False)
    if new:
        await _tell_status(turn, manager, until)


async def _tell_status(turn: Turn, manager: Manager, until: datetime | None) -> None:
    meets = await manager_meets(turn, manager)
    if meets is None:
        return
    lead = await lead_of(turn, manager)
    other = lead is not None and lead.id != manager.id
    name = manager_called(lead, meets.reader) if lead is not None and other else ""
    message = texts.render("own/status_away.html.j2", meets.reader, until=until, name=name)
    key = f"status:{manager.id}:{turn.now.isoformat()}"
    await outbox.owe(turn, meets.address, message, key=key, subject=key, cls=Class.REMINDER)


async def arm(turn: Turn) -> None:
    """A day after a start everybody is asked for: changes while the bot was off were not told."""
    await _ask_later(turn, "start", everybody=True)


async def _ask_later(turn: Turn, why: str, *, everybody: bool) -> None:
    at = turn.now + EVERY
    await due.put(turn, key=f"{KEY}:{why}:{at:%Y-%m-%d}", kind=KEY, due_at=at,
                  everybody=everybody)  # fmt: skip


@due_kinds.kind(KEY, says=_m("Slack is asked who is away."), cls=Class.DIGEST)
async def ask(turn: Turn, items: Sequence[DueWork]) -> None:
    """Changes are told by Slack; those while the bot was off, or without an end, are asked for."""
    if not (turn.config.slack.status_is_absence and turn.config.slack_company_team):
        return
    everybody = any(item.payload["everybody"] for item in items)
    for manager in await people.managers(turn.session):
        if not everybody and manager.status_until is None:
            continue
        for identity in await people.identities_of(turn.session, manager_id=manager.id):
            if identity.platform == "slack":
                key = f"status:{manager.id}:asked:{turn.now.isoformat()}"
                await outbox.ask(turn, "slack", "who", key=key, route="manager.status",
                                 value=str(manager.id), person=identity.external_id)  # fmt: skip


async def _note(act: Act, manager: Manager, what: str, **data: str) -> None:
    await settings.note(act.session, who=act.by, what=what, subject=f"manager:{manager.id}",
                        now=act.now, **data)  # fmt: skip


def _manager(act: Act) -> Manager:
    if act.manager is None:
        raise Refused(OURS)
    return act.manager
