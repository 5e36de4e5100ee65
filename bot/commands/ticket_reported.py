"""Report a problem: the questions for partners who like to be asked. Writing is enough, too."""

from dataclasses import replace
from html import escape
from typing import Any

from bot.chat import Field, Form
from bot.commands.pressed import check_at_home, own_ticket_of
from bot.commands.tickets import NEW
from bot.errors import Refused
from bot.marks import _m
from bot.partners.linking import OUTDATED
from bot.routes import Act, Reply, Role, Routes
from bot.tickets import reported
from storage.models_people import Partner

routes = Routes()

WHAT = Form("problem.what", _m("Report a problem"), (
    Field("what", "message", _m("What happened?"), required=True,
          help=_m("A sentence is enough, or a photo.")),
))  # fmt: skip
ABOUT = Form("problem.about", _m("Report a problem"), (
    Field("about", "message", _m("Which order, customer or product is it about?"),
          help=_m("A photo or a file helps, too.")),
))  # fmt: skip


@routes.command("problem", role=Role.PARTNER, help=_m("Report a problem"), args="what:text?",
                example="problem The price list will not open")  # fmt: skip
async def problem(act: Act, what: str = "") -> Reply:
    """Of ours, for a partner: the form for that."""
    if act.is_ours:
        return NEW
    check_at_home(act)
    if not what:
        _partner(act)
        return WHAT
    said = replace(act.event, text=what, html=escape(what, quote=False))
    return await _opened(replace(act, event=said))


@routes.button("problem.report", role=Role.PARTNER)
async def press(act: Act, _: str) -> Reply:
    return await problem(act)


@routes.form("problem.what", role=Role.PARTNER)
async def what_happened(act: Act, _value: str, _values: dict[str, Any]) -> Reply:
    return await _opened(act)


async def _opened(act: Act) -> Reply:
    ticket = await reported.open_reported(act, _partner(act))
    return replace(ABOUT, value=str(ticket.id))


@routes.form("problem.about", role=Role.PARTNER)
async def about(act: Act, value: str, values: dict[str, Any]) -> Reply:
    """Skipped, there is nothing to add."""
    ticket = await own_ticket_of(act, value)
    if values["about"] or act.event.files:
        await reported.add(act, _partner(act), ticket)
    return None


def _partner(act: Act) -> Partner:
    if act.partner is None:
        raise Refused(OUTDATED)
    return act.partner
