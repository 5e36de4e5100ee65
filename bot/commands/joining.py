"""How contacts and rooms come in: /partner invite, /partner link, and the buttons that follow."""

from typing import Any

from bot.chat import Address
from bot.commands.pressed import contact_of, partner_of
from bot.errors import Refused
from bot.marks import _m
from bot.partners import invite, linking, room_topics
from bot.routes import Act, Notice, Reply, Role, Routes
from storage import people
from storage.models_people import Contact, Partner

routes = Routes()


@routes.command("partner invite", role=Role.MANAGER, help=_m("Invite a contact to Telegram"),
                args="partner who:text?", zh="邀请",
                example="partner invite Nordwind Jo Weber")  # fmt: skip
async def invite_(act: Act, partner: Partner | None = None, who: str = "") -> Reply:
    if partner is None:
        raise Refused(_m("Which partner? Example: /partner invite Nordwind"))
    if who:
        return await _choose(act, partner, await invite.whom(act, partner, who))
    waiting = await invite.not_yet_in(act, partner)
    if not waiting:
        everybody = await people.contacts_of(act.session, partner.id)
        return Notice(
            "partners/invite_nobody.html.j2", {"partner": partner, "contacts": everybody}
        )
    return await _choose(act, partner, waiting)


async def _choose(act: Act, partner: Partner, contacts: list[Contact]) -> Reply:
    if len(contacts) == 1:
        return await _invited(act, contacts)
    return Notice("partners/invite_whom.html.j2", {"partner": partner, "contacts": contacts})


async def _invited(act: Act, contacts: list[Contact]) -> Reply:
    return Notice("partners/invited.html.j2",
                  {"invitations": await invite.invite(act, contacts)})  # fmt: skip


@routes.button("partner.invite", role=Role.MANAGER)
async def invite_button(act: Act, value: str) -> Reply:
    return await invite_(act, await partner_of(act, value))


@routes.button("partner.invite_one", role=Role.MANAGER)
async def invite_one(act: Act, value: str) -> Reply:
    return await _invited(act, [await contact_of(act, value)])


@routes.button("partner.invite_all", role=Role.MANAGER)
async def invite_all(act: Act, value: str) -> Reply:
    waiting = await invite.not_yet_in(act, await partner_of(act, value))
    if not waiting:
        raise Refused(_m("Everybody is in already."))
    return await _invited(act, waiting)


@routes.command("partner link", role=Role.MANAGER, help=_m("Link a partner's group or channel"),
                args="partner room?", zh="关联,绑定",
                example="partner link Nordwind #nordwind")  # fmt: skip
async def link(act: Act, partner: Partner | None = None, room: str = "") -> Reply:
    if partner is None:
        raise Refused(_m("Which partner? Example: /partner link Nordwind #nordwind"))
    if room:
        return await _look(act, partner, _room_named(act, room), room)
    if act.event.platform == "telegram" and not act.event.private:
        return await _look(act, partner, act.event.where, act.event.room_title)
    here = ""
    if act.event.platform == "slack" and not act.event.private:
        here = f"{partner.id}:{act.event.where.chat}"
    return linking.notice(partner, await linking.links(act, partner), here)


def _room_named(act: Act, word: str) -> Address:
    """The channel that was typed: Slack sends its id along, or inside <#C…|name>."""
    chosen: dict[str, Any] = dict(act.event.values.get("rooms") or {})
    chat = chosen.get(word) or word.strip("<>#").partition("|")[0]
    if act.event.platform != "slack" or chat[:1] not in ("C", "G") or chat != chat.upper():
        raise Refused(
            _m("I know no channel “{name}”. On Slack, type # and choose it from the list."),
            name=word,
        )
    return Address("slack", chat)


async def _look(act: Act, partner: Partner, room: Address, title: str) -> Reply:
    await linking.look(act, partner, room, title)
    return Notice("partners/link_looking.html.j2", {"room": title or room.chat})


@routes.button("partner.link", role=Role.MANAGER)
async def link_button(act: Act, value: str) -> Reply:
    return await link(act, await partner_of(act, value))


@routes.button("partner.link_here", role=Role.MANAGER)
async def link_here(act: Act, value: str) -> Reply:
    number, _, chat = value.partition(":")
    partner = await partner_of(act, number)
    title = f"#{act.event.room_title}" if act.event.room_title else chat
    return await _look(act, partner, Address("slack", chat), title)


@routes.answer("partner.room_seen")
async def room_seen(act: Act, value: str, values: dict[str, Any]) -> Reply:
    await linking.seen(act, value, values, act.event.key)
    return None


@routes.button("partner.link_room", role=Role.MANAGER)
async def link_room(act: Act, value: str) -> Reply:
    await linking.link(act, value)
    return None


@routes.button("partner.link_cancel", role=Role.MANAGER)
async def link_cancel(act: Act, value: str) -> Reply:
    await linking.cancel(act, value)
    return None


@routes.button("partner.unlink", role=Role.MANAGER)
async def unlink(act: Act, value: str) -> Reply:
    await linking.unlink(act, value)
    return None


@routes.command("partner topics", role=Role.MANAGER, args="partner word?", zh="话题",
                help=_m("Give each ticket a topic of its own in a partner's Telegram group"),
                example="partner topics Nordwind on")  # fmt: skip
async def topics(act: Act, partner: Partner | None = None, word: str = "") -> Reply:
    if partner is None:
        raise Refused(_m("Which partner? Example: /partner topics Nordwind on"))
    rooms, on = await room_topics.choose(act, partner, word)
    titles = ", ".join(room.title or room.chat for room in rooms)
    return Notice("partners/topics.html.j2", {"partner": partner, "room": titles, "on": on})


@routes.button("partner.topics", role=Role.MANAGER)
async def topics_button(act: Act, value: str) -> Reply:
    number, _, word = value.partition(":")
    return await topics(act, await partner_of(act, number), word)
