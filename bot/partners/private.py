"""What somebody of ours did not ask for but must see: told to one of them in their own chat."""

from typing import Any

from bot import outbox, texts
from bot.chat import Address, Event
from bot.outbox import Class
from bot.partners.people import Meets, admins, manager_meets, reader_of_manager, triage
from bot.routes import Act
from bot.turn import Turn
from storage.models_people import Manager


def asker(act: Act) -> Meets:
    """The private chat of the manager who acts, on the platform they are using now."""
    assert act.manager is not None  # noqa: S101 - the route's role says so
    return Meets(own_chat(act.event), reader_of_manager(act.manager))


def own_chat(event: Event) -> Address:
    return Address(event.platform, event.who.id)


async def triage_or_admin(turn: Turn) -> Meets | None:
    """Where what belongs to nobody is shown; without a triage room an admin's chat."""
    if (room := triage(turn.config)) is not None:
        return room
    for admin in await admins(turn):
        if (meets := await manager_meets(turn, admin)) is not None:
            return meets
    return None


async def manager_or_triage(turn: Turn, manager: Manager | None) -> Meets | None:
    meets = await manager_meets(turn, manager) if manager is not None else None
    return meets or await triage_or_admin(turn)


async def show(
    turn: Turn, meets: Meets, template: str, *, slot: str, step: str, fresh: bool = False,
    **data: Any,
) -> None:  # fmt: skip
    """Post or edit a message that lives on; `step` makes its key unique, such as the event's."""
    message = texts.render(template, meets.reader, **data)
    await outbox.owe(turn, meets.address, message, key=f"{slot}:{step}", subject=slot,
                     cls=Class.INTERACTIVE, slot=slot, fresh=fresh)  # fmt: skip
