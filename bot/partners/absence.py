"""Being away: until when, and who is asked in the meantime."""

from datetime import datetime

from bot.errors import Refused
from bot.marks import _m
from bot.partners.people import check_receives, is_away
from bot.partners.reach import tell
from bot.routes import Act
from storage import settings
from storage.models_people import Manager

OURS = _m("That is for our own people only.")


async def leave(act: Act, until: datetime, substitute: Manager | None) -> Manager:
    """Away from now on; whoever stands in hears of it."""
    manager = _manager(act)
    if substitute is not None and substitute.id == manager.id:
        raise Refused(_m("Somebody else has to stand in for you.")).at("who")
    if substitute is not None and is_away(act, substitute):
        raise Refused(_m("{name} is away too. Who else?"), name=substitute.name).at("who")
    if substitute is not None:
        check_receives(substitute)
    manager.away_until = until
    manager.substitute_id = substitute.id if substitute is not None else None
    await _note(act, manager, "manager.away", until=until.isoformat())
    if substitute is not None:
        await tell(act, substitute, "partners/stands_in.html.j2", f"away:{act.event.key}",
                   away=manager)  # fmt: skip
    return manager


async def come_back(act: Act) -> Manager:
    """There again: reminders come to them as before."""
    manager = _manager(act)
    if not is_away(act, manager):
        raise Refused(_m("You are not away."))
    manager.away_until, manager.substitute_id = None, None
    await _note(act, manager, "manager.back")
    return manager


async def _note(act: Act, manager: Manager, what: str, **data: str) -> None:
    await settings.note(act.session, who=act.by, what=what, subject=f"manager:{manager.id}",
                        now=act.now, **data)  # fmt: skip


def _manager(act: Act) -> Manager:
    if act.manager is None:
        raise Refused(OURS)
    return act.manager
