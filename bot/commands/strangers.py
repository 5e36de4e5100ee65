"""Those whom nobody knows yet: what they write, and what our people decide about them."""

from typing import Any

from bot.chat import Field, Form
from bot.commands.partners import named
from bot.errors import Refused
from bot.marks import _m
from bot.partners import linking, presence, strangers
from bot.partners.people import room_address
from bot.routes import Act, Reply, Role, Routes
from storage import moving, partners
from storage.ids import row_id

routes = Routes()


@routes.message("stranger.private", role=Role.ANYONE)
async def wrote(act: Act) -> Reply:
    await strangers.wrote(act)
    return None


@routes.button("partner.stranger", role=Role.MANAGER)
async def who(act: Act, value: str) -> Reply:
    identity, _ = await strangers.unknown(act, value)
    return strangers.form(identity)


@routes.form("partner.stranger_is", role=Role.MANAGER)
async def is_of(act: Act, value: str, values: dict[str, Any]) -> Reply:
    try:
        partner = await named(act, str(values["partner"]))
    except Refused as error:
        raise error.at("partner") from None
    language = str(values.get("language") or "")
    await strangers.is_of(act, value, partner, str(values["name"]), language)
    return None


@routes.button("partner.stranger_ignore", role=Role.MANAGER)
async def ignore(act: Act, value: str) -> Reply:
    await strangers.ignore(act, value)
    return None


@routes.button("partner.stranger_undo", role=Role.MANAGER)
async def undo(act: Act, value: str) -> Reply:
    await strangers.hear_again(act, value)
    return None


# rooms


ROOM = _m("Whose room is it?")


@routes.button("partner.room_of", role=Role.MANAGER)
async def whose(_: Act, value: str) -> Reply:
    partner = Field("partner", "partner", label=_m("Partner"), required=True,
                    help=_m("Type the first letters of the company."))  # fmt: skip
    return Form("partner.room_is", ROOM, (partner,), value=value)


@routes.form("partner.room_is", role=Role.MANAGER)
async def room_is(act: Act, value: str, values: dict[str, Any]) -> Reply:
    """The same look at who is there as with /partner link."""
    room = await partners.room_by_id(act.session, row_id(value))
    if room is None:
        raise Refused(linking.OUTDATED)
    try:
        partner = await named(act, str(values["partner"]))
        await linking.look(act, partner, room_address(room), room.title)
    except Refused as error:
        raise error.at("partner") from None
    return None


@routes.member("joined")
async def joined(act: Act) -> Reply:
    await presence.came(act)
    return None


@routes.member("left")
async def left(act: Act) -> Reply:
    await presence.went(act, "removed from the room")
    return None


@routes.member("blocked")
async def blocked(act: Act) -> Reply:
    await presence.went(act, "blocked" if act.event.private else "archived")
    return None


@routes.member("unblocked")
async def unblocked(act: Act) -> Reply:
    await presence.reachable(act)
    return None


@routes.member("renamed")
async def renamed(act: Act) -> Reply:
    await presence.renamed(act)
    return None


@routes.member("shared")
async def shared(act: Act) -> Reply:
    await presence.shared(act, now_shared=True)
    return None


@routes.member("unshared")
async def unshared(act: Act) -> Reply:
    await presence.shared(act, now_shared=False)
    return None


@routes.member("migrated")
async def migrated(act: Act) -> Reply:
    """A group became a supergroup, or a channel got another id: its partner goes along."""
    new = str(act.event.values.get("to") or act.event.values.get("chat") or "")
    if new:
        await moving.move(act.session, act.event.platform, act.event.where.chat, new)
    return None
