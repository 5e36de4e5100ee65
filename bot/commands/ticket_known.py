"""Known issues: naming them, their tickets, and telling everybody that one is fixed."""

from dataclasses import replace
from typing import Any

from bot.chat import Choice, Field, Form
from bot.commands.pressed import ticket_of
from bot.digests.words import language
from bot.errors import Refused
from bot.marks import _m
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.tickets import fixed, fixes, known
from storage import known as rows
from storage.ids import row_id
from storage.models_known import KnownIssue
from storage.models_work import Ticket

routes = Routes()

TITLE = Field("title", "text", _m("What is the problem?"), required=True, max_length=known.LONGEST,
              help=_m("Only we read this."))  # fmt: skip
RENAME = _m("Rename")
NEW = Form("known.create", _m("Known issue"), (TITLE,), submit=_m("Keep"))


def _fix_form(route: str, value: object, en: str = "", zh: str = "") -> Form:
    help = _m("Whoever reads the other language gets the text that there is.")
    fields = (
        Field("en", "long", _m("What they read in English"), initial=en, help=help,
              max_length=fixes.LONGEST),
        Field("zh", "long", _m("What they read in Chinese"), initial=zh,
              max_length=fixes.LONGEST),
    )  # fmt: skip
    return Form(route, _m("It is fixed"), fields, value=str(value), submit=_m("Preview"))


@routes.command("ticket known", role=Role.VIEWER, args="known?", zh="已知问题, 已知",
                help=_m("Known issues: one cause of many tickets"),
                example="ticket known K-4")  # fmt: skip
async def known_(act: Act, known: str = "") -> Reply:
    return await shown(act, known) if known else await _listed(act)


@routes.command("ticket known add", role=Role.MANAGER, args="title:text?", zh="新增已知问题",
                help=_m("Name one cause of many tickets"),
                example="ticket known add The price list will not open")  # fmt: skip
async def add(act: Act, title: str = "") -> Reply:
    if not title:
        return NEW
    return await _about(act, await known.add(act, title))


@routes.command("ticket known fixed", role=Role.MANAGER, args="known words:text?", keys="en zh",
                zh="已知问题修好, 修好", help=_m("Tell everybody affected that it is fixed"),
                example="ticket known fixed K-4 The price list opens again")  # fmt: skip
async def fix(act: Act, known: str = "", words: str = "", en: str = "", zh: str = "") -> Reply:
    """Words belong to the language in which they are written: en=It works needs no quotes."""
    issue = await find(act, known)
    given = {"en": en, "zh": zh}
    if words:
        before = given[language(words)]
        given[language(words)] = f"{before} {words}".strip()
    if not any(given.values()):
        return _fix_form("known.fix", issue.id)
    return await _draft(act, issue, given)


@routes.command("ticket known rename", role=Role.MANAGER, args="known title:text?",
                zh="已知问题改名, 改名", help=_m("Call a known issue something else"),
                example="ticket known rename K-4 The price list is empty")  # fmt: skip
async def rename(act: Act, known: str = "", title: str = "") -> Reply:
    issue = await find(act, known)
    return await _renamed(act, issue, title) if title else _rename_form(issue)


@routes.command("ticket known reopen", role=Role.MANAGER, args="known", zh="重开已知问题",
                help=_m("A known issue was not fixed after all"),
                example="ticket known reopen K-4")  # fmt: skip
async def reopen(act: Act, known: str = "") -> Reply:
    return await _reopened(act, await find(act, known))


async def find(act: Act, ref: str) -> KnownIssue:
    if not ref:
        raise Refused(_m("Which known issue? All of them: /ticket known"))
    return await known.find(act, ref)


async def _listed(act: Act) -> Reply:
    return Notice("tickets/known_list.html.j2", await known.listed(act))


async def shown(act: Act, ref: str) -> Reply:
    return await _about(act, await find(act, ref))


async def _about(act: Act, issue: KnownIssue) -> Reply:
    return Notice("tickets/known.html.j2", await known.shown(act, issue))


def _rename_form(issue: KnownIssue) -> Form:
    title = replace(TITLE, initial=issue.title)
    return Form("known.rename", RENAME, (title,), value=str(issue.id), submit=_m("Keep"))


async def _renamed(act: Act, issue: KnownIssue, title: str) -> Reply:
    row = await known.rename(act, issue, title)
    return _changed("renamed", issue, row.id, row.data["before"])


async def _reopened(act: Act, issue: KnownIssue) -> Reply:
    return _changed("reopened", issue, (await known.reopen(act, issue)).id)


def _changed(what: str, issue: KnownIssue, row: int = 0, before: str = "") -> Notice:
    """`row`: of the audit, which [Undo] takes back."""
    return Notice("tickets/known_done.html.j2", {"what": what, "ref": "", "issue": issue,
                                                 "row": row, "before": before})  # fmt: skip


async def linked(act: Act, ticket: Ticket, issue: KnownIssue) -> Reply:
    await known.link(act, ticket, issue)
    return Notice("tickets/known_done.html.j2", {"what": "linked", "ref": f"T-{ticket.id}",
                                                 "issue": issue})  # fmt: skip


async def unlinked(act: Act, ticket: Ticket) -> Reply:
    issue = await known.unlink(act, ticket)
    return Notice("tickets/known_done.html.j2", {"what": "unlinked", "ref": f"T-{ticket.id}",
                                                 "issue": issue})  # fmt: skip


async def link_form(act: Act, ticket: Ticket) -> Form:
    """A choice of the open ones, or a new one."""
    issues = await rows.latest(act.session, known.CHOICES, only_open=True)
    fields: list[Field] = []
    if issues:
        choices = tuple(Choice(str(one.id), f"K-{one.id} {one.title}"[:75]) for one in issues)
        fields.append(Field("known", "choice", _m("Known issue"), choices=choices))
    fields.append(Field("title", "text", _m("Or a new one: what is the problem?"),
                        max_length=known.LONGEST,
                        help=_m("Two tickets are linked by /ticket link T-12 T-20")))  # fmt: skip
    return Form("ticket.link", _m("Known issue"), tuple(fields), value=str(ticket.id),
                submit=_m("Link"))  # fmt: skip


async def _draft(act: Act, issue: KnownIssue, given: dict[str, str]) -> Reply:
    """The preview stands in our own chat; elsewhere a word points to it."""
    await fixes.draft(act, issue, given["en"], given["zh"])
    if act.event.platform == "slack" and act.event.direct and not act.event.private:
        return Notice("tickets/known_done.html.j2", {"what": "look", "ref": "", "issue": issue})
    return None


@routes.form("known.create", role=Role.MANAGER)
async def created(act: Act, _value: str, values: dict[str, Any]) -> Reply:
    return await _about(act, await known.add(act, str(values.get("title") or "")))


@routes.form("known.rename", role=Role.MANAGER)
async def form_rename(act: Act, value: str, values: dict[str, Any]) -> Reply:
    return await _renamed(act, await known.find(act, value), str(values.get("title") or ""))


@routes.form("ticket.link", role=Role.MANAGER)
async def form_link(act: Act, value: str, values: dict[str, Any]) -> Reply:
    ticket, title = await ticket_of(act, value), str(values.get("title") or "")
    if title:
        return await linked(act, ticket, await known.add(act, title))
    if not values.get("known"):
        raise Refused(_m("Choose one, or say what the problem is.")).at("title")
    return await linked(act, ticket, await known.find(act, str(values["known"])))


@routes.form("known.fix", role=Role.MANAGER)
async def form_fix(act: Act, value: str, values: dict[str, Any]) -> Reply:
    issue = await known.find(act, value)
    return await _draft(act, issue, {name: str(values.get(name) or "") for name in ("en", "zh")})


@routes.form("known.edit", role=Role.MANAGER)
async def form_edit(act: Act, value: str, values: dict[str, Any]) -> Reply:
    await fixes.reword(act, value, str(values.get("en") or ""), str(values.get("zh") or ""))
    return None


@routes.button("ticket.link", role=Role.MANAGER)
async def press_link(act: Act, value: str) -> Reply:
    return await link_form(act, await ticket_of(act, value))


@routes.button("ticket.unlink", role=Role.MANAGER)
async def press_unlink(act: Act, value: str) -> Reply:
    return await unlinked(act, await ticket_of(act, value))


@routes.button("known.show", role=Role.VIEWER)
async def press_show(act: Act, value: str) -> Reply:
    return await shown(act, value)


@routes.button("known.new", role=Role.MANAGER)
async def press_new(_act: Act, _value: str) -> Reply:
    return NEW


@routes.button("known.rename", role=Role.MANAGER)
async def press_rename(act: Act, value: str) -> Reply:
    return _rename_form(await known.find(act, value))


@routes.button("known.reopen", role=Role.MANAGER)
async def press_reopen(act: Act, value: str) -> Reply:
    return await _reopened(act, await known.find(act, value))


@routes.button("known.back", role=Role.MANAGER)
async def press_back(act: Act, value: str) -> Reply:
    """ "4:17": the line of the audit that is taken back."""
    number, _, row = value.partition(":")
    issue = await known.find(act, number)
    await known.take_back(act, issue, row_id(row))
    return _changed("back", issue)


@routes.button("known.fixed", role=Role.MANAGER)
async def press_fixed(act: Act, value: str) -> Reply:
    issue = await known.find(act, value)
    return _fix_form("known.fix", issue.id)


@routes.button("known.edit", role=Role.MANAGER)
async def press_edit(act: Act, value: str) -> Reply:
    found = await fixes.mine(act, value, "draft")
    return _fix_form("known.edit", found.id, found.en, found.zh)


@routes.button("known.send", role=Role.MANAGER)
async def press_send(act: Act, value: str) -> Reply:
    await fixes.send(act, value)
    return None


@routes.button("known.undo", role=Role.MANAGER)
async def press_undo(act: Act, value: str) -> Reply:
    await fixes.undo(act, value)
    return None


@routes.button("known.now", role=Role.MANAGER)
async def press_now(act: Act, value: str) -> Reply:
    await fixes.hurry(act, value)
    return None


@routes.button("known.cancel", role=Role.MANAGER)
async def press_cancel(act: Act, value: str) -> Reply:
    await fixes.cancel(act, value)
    return None


@routes.button("known.yes", role=Role.PARTNER)
async def press_yes(act: Act, value: str) -> Reply:
    await fixed.pressed(act, value, solved=True)
    return None


@routes.button("known.no", role=Role.PARTNER)
async def press_no(act: Act, value: str) -> Reply:
    await fixed.pressed(act, value, solved=False)
    return None
