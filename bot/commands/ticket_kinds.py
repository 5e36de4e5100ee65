"""Saying what a ticket is when the guess was wrong: problem, question … and of which product."""

from bot.commands.pressed import ticket_of
from bot.errors import Refused
from bot.marks import _m
from bot.partners.people import reader_of
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.tickets import cards, handing, kinds, products
from storage.models_work import Ticket, TicketLog

routes = Routes()

NO_PRODUCTS = _m("Promises and rules of liaison.toml name no product.")
NO_PRODUCT = _m(
    "“{word}” is no product that promises or rules name. There are: {products}; or none."
)
NO_KIND = _m("“{word}” is no kind of ticket. There are: problem, question, order, request.")


@routes.command("ticket kind", role=Role.MANAGER, args="ticket kind:word", zh="类型, 类别",
                help=_m("Say what a ticket is: problem, question, order, request"),
                example="ticket T-12 kind order")  # fmt: skip
async def kind(act: Act, ticket: Ticket, kind: str) -> Reply:
    return await _corrected(act, ticket, kind)


@routes.button("ticket.kind", role=Role.MANAGER)
async def press(act: Act, value: str) -> Reply:
    """ "12:order"."""
    number, _, word = value.partition(":")
    return await _corrected(act, await ticket_of(act, number), word)


async def _corrected(act: Act, ticket: Ticket, word: str) -> Reply:
    kind = kinds.named(word)
    if kind is None:
        raise Refused(NO_KIND, word=word)
    return await _told(act, ticket, await handing.correct(act, ticket, kind), "kind")


@routes.command("ticket product", role=Role.MANAGER, args="ticket product:text", zh="产品",
                help=_m("Say which product a ticket is about"),
                example="ticket T-12 product ERP")  # fmt: skip
async def product(act: Act, ticket: Ticket, product: str) -> Reply:
    known = products.known(act.config)
    if not known:
        raise Refused(NO_PRODUCTS)
    found = products.named(known, product)
    if found is None:
        raise Refused(NO_PRODUCT, word=product, products=", ".join(known))
    return await _told(act, ticket, await handing.say_product(act, ticket, found), "product")


async def _told(act: Act, ticket: Ticket, routed: TicketLog | None, about: str) -> Reply:
    reader = reader_of(act.identity, act.room, act.config)
    data = cards.facts(act, ticket, await cards.state_of(act, ticket), reader)
    rule = routed.data["rule"]["name"] if routed is not None else ""
    return Notice("tickets/kind.html.j2", data | {"rule": rule, "about": about})
