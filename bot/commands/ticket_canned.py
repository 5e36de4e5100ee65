"""Canned answers: listing, writing and using them."""

from typing import Any

from bot.chat import Choice, Field, Form
from bot.commands.pressed import ticket_of
from bot.errors import Refused
from bot.marks import _m
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.tickets import canned, cards, replies
from storage import canned as rows
from storage.models_known import Canned
from storage.models_work import Ticket

routes = Routes()

CHOICES = 30  # of a form
SHOWN = 150  # characters of what is answered
WRITING = ("add", "edit", "remove")  # verbs that leads alone have
HELP = _m("{{partner}}, {{contact}}, {{ticket}} and {{owner}} are filled in.")


def _form(row: Canned | None = None) -> Form:
    fields = (
        Field("name", "text", _m("Name"), required=True, max_length=canned.NAME_LENGTH,
              initial=row.name if row is not None else ""),
        Field("en", "long", _m("Text in English"), max_length=canned.LONGEST, help=HELP,
              initial=row.en if row is not None else ""),
        Field("zh", "long", _m("Text in Chinese"), max_length=canned.LONGEST, help=HELP,
              initial=row.zh if row is not None else ""),
    )  # fmt: skip
    return Form("canned.save", _m("Canned answer"), fields, submit=_m("Keep"),
                value=str(row.id) if row is not None else "")  # fmt: skip


async def reply_form(act: Act, ticket: Ticket) -> Form:
    """What the partner will read: words, a canned answer, or both; first what was taken back."""
    found = await rows.everything(act.session, CHOICES)
    state = await cards.state_of(act, ticket)
    asked = f"T-{ticket.id} · {cards.name_of(ticket, state.log)}: “{ticket.title[:SHOWN]}”"
    text = Field("text", "long", _m("What the partner will read"), required=not found, help=asked,
                 initial=await replies.taken_back(act, state.log))  # fmt: skip
    fields: tuple[Field, ...] = (text,)
    if found:
        choices = tuple(Choice(str(row.id), row.name) for row in found)
        fields = (Field("canned", "choice", _m("Canned answer"), choices=choices), text)
    return Form("ticket.reply", _m("Answer"), fields, value=str(ticket.id), submit=_m("Send"))


@routes.form("ticket.reply", role=Role.MANAGER)
async def form_reply(act: Act, value: str, values: dict[str, Any]) -> Reply:
    ticket, text = await ticket_of(act, value), str(values.get("text") or "")
    if values.get("canned"):
        await canned.send(act, ticket, await canned.get(act, str(values["canned"])), text)
    else:
        await replies.reply(act, ticket, text)
    return None


@routes.command("ticket canned", role=Role.MANAGER, args="ticket? name:text?", zh="常用回复",
                help=_m("Canned answers; with a ticket, send one"),
                example="ticket T-12 canned new link")  # fmt: skip
async def use(act: Act, ticket: Ticket | None = None, name: str = "") -> Reply:
    if name and ticket is not None:
        await canned.send(act, ticket, await canned.named(act, name))
        return None
    if ticket is None and act.role < Role.LEAD and name.partition(" ")[0] in WRITING:
        raise Refused(_m("Canned answers are written by leads."))
    found = [await canned.named(act, name)] if name else await rows.everything(act.session)
    return Notice("tickets/canned.html.j2", {"rows": found})


@routes.command("ticket canned add", role=Role.LEAD, zh="新增常用回复",
                help=_m("Write a canned answer"), example="ticket canned add")  # fmt: skip
async def add(_act: Act) -> Reply:
    return _form()


@routes.command("ticket canned edit", role=Role.LEAD, args="name:text", zh="修改常用回复",
                help=_m("Change a canned answer"),
                example="ticket canned edit new link")  # fmt: skip
async def edit(act: Act, name: str) -> Reply:
    return _form(await canned.named(act, name))


@routes.command("ticket canned remove", role=Role.LEAD, args="name:text", zh="删除常用回复",
                help=_m("Remove a canned answer"),
                example="ticket canned remove new link")  # fmt: skip
async def remove(act: Act, name: str) -> Reply:
    return await _removed(act, await canned.named(act, name))


async def _removed(act: Act, row: Canned) -> Reply:
    await rows.remove(act.session, row)
    return Notice("tickets/canned_done.html.j2", {"what": "removed", "row": row})


@routes.form("canned.save", role=Role.LEAD)
async def saved(act: Act, value: str, values: dict[str, Any]) -> Reply:
    given = {name: str(values.get(name) or "") for name in ("name", "en", "zh")}
    row = await canned.save(act, value, given["name"], given["en"], given["zh"])
    return Notice("tickets/canned_done.html.j2", {"what": "kept", "row": row})


@routes.button("canned.add", role=Role.LEAD)
async def press_add(_act: Act, _value: str) -> Reply:
    return _form()


@routes.button("canned.edit", role=Role.LEAD)
async def press_edit(act: Act, value: str) -> Reply:
    return _form(await canned.get(act, value))


@routes.button("canned.remove", role=Role.LEAD)
async def press_remove(act: Act, value: str) -> Reply:
    return await _removed(act, await canned.get(act, value))
