"""/report: how well promises are kept, and by a press the tickets behind each number."""

from typing import NoReturn

from bot.commands.args import manager_called, manager_of, partner_named
from bot.commands.vocabulary import value as meant
from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m
from bot.partners.people import reader_of
from bot.routes import Act, Beside, Notice, Reply, Role, Routes
from bot.tickets import performance, periods
from bot.tickets.performance import View
from bot.tickets.policy import ANSWER, SOLVE
from storage.models_people import Manager

routes = Routes()


@routes.command("report sla", role=Role.MANAGER, args="words:text?",
                keys="from:word to:word tier:word owner:person", zh="时效, 履约", default=True,
                help=_m("How well promises are kept: by week, partner, tier and owner"),
                example="report sla last week tier=gold")  # fmt: skip
async def sla(act: Act, words: str = "", tier: str = "", owner: Manager | None = None,
              **given: str) -> Reply:  # fmt: skip
    """ "last week", from= and to= name the days; a partner, tier or owner may follow."""
    period, rest = periods.read(words, given.get("from", ""), given.get("to", ""), act.now,
                                act.config.zone)  # fmt: skip
    fixed = await _about(act, rest, tier, owner)
    _shown(View(period, fixed, by="w" if fixed else "p"))


async def _about(act: Act, rest: str, tier: str, owner: Manager | None) -> str:
    kind, colon, word = fold(rest).partition(":")
    if colon and kind.strip() in ("tier", "级别", "等级"):
        tier = word.strip()
    elif rest.startswith(("@", "<@")):
        owner = await manager_of(act, rest)
    elif rest and (found := await manager_called(act, rest)) is not None:
        owner = found
    elif rest:
        return f"p{(await partner_named(act.session, rest)).id}"
    parts = [performance.coded("t", meant(fold(tier)))] if tier else []
    parts += [f"o{owner.id}"] if owner is not None else []
    return "|".join(parts)


@routes.button("report.sla", role=Role.MANAGER)
async def press_sla(_act: Act, value: str) -> Reply:
    _shown(View.parse(value))


@routes.button("report.tickets", role=Role.MANAGER)
async def press_tickets(_act: Act, value: str) -> Reply:
    """`value` is "a:" or "s:" (first answer, solution) and the view."""
    clock = {"a": ANSWER, "s": SOLVE}.get(value[:1])
    if clock is None:
        raise Refused(performance.OUTDATED)
    view = View.parse(value[2:])

    async def look(act: Act) -> Notice:
        reader = reader_of(act.identity, act.room, act.config)
        data = await performance.behind(act, clock, view, reader)
        return Notice("reports/tickets.html.j2", data)

    raise Beside(look)


def _shown(view: View) -> NoReturn:
    async def look(act: Act) -> Notice:
        reader = reader_of(act.identity, act.room, act.config)
        return Notice("reports/sla.html.j2", await performance.report(act, view, reader))

    raise Beside(look)
