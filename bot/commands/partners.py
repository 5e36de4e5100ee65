"""What our people say about partners: /partner show, list, add, set, contact, note, why."""

from bot.commands.pressed import contact_of, partner_of
from bot.commands.vocabulary import value
from bot.errors import Refused
from bot.marks import _m
from bot.partners import invite, service, why
from bot.partners.people import reader_of_manager, reader_of_partner
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.surveys import inviting
from storage import people
from storage.models_people import Contact, Partner

routes = Routes()

KEYS = "tier region tz lang owner tags"
WHICH = _m("Which partner? Example: /partner {verb} Nordwind")


def needed(partner: Partner | None, verb: str) -> Partner:
    """The partner that a command is about; Refused when none was named."""
    if partner is None:
        raise Refused(WHICH, verb=verb)
    return partner


@routes.command("partner show", role=Role.VIEWER, help=_m("One partner: people, rooms, tickets"),
                args="partner?", zh="查看", example="partner Nordwind", default=True)  # fmt: skip
async def show(act: Act, partner: Partner | None = None) -> Reply:
    if partner is None:
        return await _page(act, "", 0)
    found = await service.shown(act, partner)
    there = reader_of_partner(partner, several=False)
    data = {"found": found, "partner": partner, "now": act.now, "there": there}
    return Notice("partners/show.html.j2", data)


@routes.button("partner.show", role=Role.VIEWER)
async def show_button(act: Act, number: str) -> Reply:
    return await show(act, await partner_of(act, number))


@routes.command("partner list", role=Role.VIEWER, help=_m("All partners: gold, mine, Europe …"),
                args="words:text?", zh="列表,列出", example="partner list gold mine")  # fmt: skip
async def list_(act: Act, words: str = "") -> Reply:
    return await _page(act, " ".join(value(word) for word in words.split()), 0)


@routes.button("partner.page", role=Role.VIEWER)
async def page(act: Act, place: str) -> Reply:
    offset, _, words = place.partition(":")
    return await _page(act, words, int(offset) if offset.isdecimal() else 0)


async def _page(act: Act, words: str, offset: int) -> Reply:
    which = await service.wanted(act, words)
    rows, total = await service.page(act, which, offset)
    return Notice("partners/list.html.j2", {
        "rows": rows, "total": total, "offset": offset, "size": service.PAGE, "words": words,
        "turn": len(f"partner.page 99999:{words}".encode()) <= 64,
    })  # fmt: skip


@routes.command("partner add", role=Role.MANAGER, help=_m("A new partner"), args="name:text",
                keys=KEYS, zh="添加,新增",
                example="partner add Nordwind GmbH tier=gold tz=Berlin")  # fmt: skip
async def add(act: Act, name: str = "", **given: str) -> Reply:
    partner = await service.add(act, name, given)
    return Notice("partners/added_partner.html.j2", {"partner": partner})


@routes.command("partner set", role=Role.MANAGER, help=_m("Change a partner"), args="partner",
                keys=KEYS, zh="设置,修改",
                example="partner set Nordwind tier=gold owner=Lin")  # fmt: skip
async def set_(act: Act, partner: Partner | None = None, **given: str) -> Reply:
    partner = needed(partner, "set")
    await service.change(act, partner, given)
    return await show(act, partner)


@routes.command("partner contact add", role=Role.MANAGER, help=_m("A new contact of a partner"),
                args="partner name:text", keys="called email lang tz", zh="添加联系人",
                example="partner contact add Nordwind Jo Weber called=Jo")  # fmt: skip
async def contact_add(
    act: Act, partner: Partner | None = None, name: str = "", **given: str
) -> Reply:
    partner = needed(partner, "contact add")
    before = {contact.name for contact in await people.contacts_of(act.session, partner.id)}
    if " ".join(name.split()) in before:
        raise Refused(_m("{name} is there already."), name=name)
    await invite.add_contact(act, partner, name, **service.contact_values(given))
    return await show(act, partner)


@routes.command("partner contact", role=Role.VIEWER, help=_m("A partner's contacts"),
                args="partner", zh="联系人", example="partner contact Nordwind")  # fmt: skip
async def contacts(act: Act, partner: Partner | None = None) -> Reply:
    return await show(act, needed(partner, "contact"))


@routes.command("partner note", role=Role.MANAGER, help=_m("A note for ourselves"),
                args="partner text", zh="备注",
                example="partner note Nordwind Jo is on leave")  # fmt: skip
async def note(act: Act, partner: Partner | None = None, text: str = "") -> Reply:
    partner = needed(partner, "note")
    await service.note(act, partner, text, act.event.at)
    return Notice("partners/noted.html.j2", {"partner": partner})


@routes.command("partner why", role=Role.MANAGER,
                help=_m("Why somebody did or did not get news and questions"),
                args="partner? who:text?", zh="为什么,为何",
                example="partner why Nordwind Jo")  # fmt: skip
async def why_(act: Act, partner: Partner | None = None, who: str = "") -> Reply:
    found = await why.meant(act, partner, who)
    if len(found) == 1:
        return await _why(act, found[0])
    return Notice("partners/why_whom.html.j2", {
        "contacts": found[: why.CHOICES], "more": len(found) > why.CHOICES,
    })  # fmt: skip


@routes.button("partner.why", role=Role.MANAGER)
async def why_pressed(act: Act, value: str) -> Reply:
    return await _why(act, await contact_of(act, value))


async def _why(act: Act, contact: Contact) -> Reply:
    assert act.manager is not None  # noqa: S101 - the route's role says so
    language = reader_of_manager(act.manager).language
    more = await inviting.never_asked(act, contact)
    return Notice("partners/why.html.j2", await why.told(act, contact, language, more))


async def named(act: Act, word: str) -> Partner:
    """The partner of a form's field: its number where it was chosen, its name where typed."""
    from bot.commands.args import partner_named

    if word.isdecimal():
        return await partner_of(act, word)
    return await partner_named(act.session, word)
