"""Files of rows: tickets as the list has them, sent to whoever ordered them."""

from dataclasses import replace
from datetime import date
from typing import Any

from bot import exports, outbox, texts
from bot.chat import Address, File
from bot.commands.ticket_finding import filters_of, names_of
from bot.marks import _m
from bot.outbox import Class
from bot.partners.people import reader_of_manager
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.sheets import MIMES
from bot.tickets import finding, performance, periods
from bot.tickets.exporting import wanted_of
from bot.tickets.finding import Filters
from bot.tickets.performance import View
from bot.tickets.periods import Period
from storage import finding as rows
from storage import people

routes = Routes()

EARLIEST = date(2000, 1, 1)
SOLVED, OPENED = _m("solved {since} to {last}"), _m("opened {since} to {last}")


@routes.command("ticket export", role=Role.VIEWER, args="which:text?", keys="from:word to:word",
                help=_m("Tickets as a spreadsheet: words as for /ticket list, from=, csv"),
                zh="导出", example="ticket export solved from=2026-10-01")  # fmt: skip
async def tickets_(act: Act, which: str = "", **given: str) -> Reply:
    """With days all tickets that were opened then, whatever became of them; "solved": then."""
    file, words = exports.format_in(which)
    period, rest = periods.named(words, given.get("from", ""), given.get("to", ""), act.now,
                                 act.config.zone, EARLIEST)  # fmt: skip
    filters = await filters_of(act, rest)
    if period is not None and not filters.status and not filters.due:
        filters = replace(filters, status="any")
    return await _tickets(act, filters, file, period)


@routes.button("ticket.export", role=Role.VIEWER)
async def press_tickets(act: Act, value: str) -> Reply:
    return await _tickets(act, Filters.read(value), exports.USUAL, None)


async def _tickets(act: Act, filters: Filters, file: str, period: Period | None) -> Reply:
    asked = {"filters": filters.code()}
    if period is not None:
        since, until = period.moments(act.config.tzinfo)
        asked |= {"since": since.isoformat(), "until": until.isoformat()}
    total = await rows.count(act.session, wanted_of(asked, act.now))
    about = await _about(act, filters, period)
    if total:
        await exports.order(act, "tickets", file, about, **asked)
    return Notice("exports/ordered.html.j2", {
        "total": min(total, rows.COUNTED), "beyond": total > rows.COUNTED, "about": about,
    })  # fmt: skip


@routes.button("report.export", role=Role.MANAGER)
async def press_report(act: Act, value: str) -> Reply:
    """The promises behind a report that is on the screen."""
    view = View.parse(value)
    about = await performance.about(act, view)
    await exports.order(act, "promises", exports.USUAL, about, view=str(view))
    return Notice("exports/ordered.html.j2", {"total": None, "beyond": False, "about": about})


async def _about(act: Act, filters: Filters, period: Period | None) -> str:
    """What is in the file, in the words of whoever ordered it."""
    assert act.manager is not None  # noqa: S101 - the route's role says so
    reader = reader_of_manager(act.manager)
    words = [texts.sentence(label, reader) for label in finding.labels(filters)]
    if period is not None:
        said = SOLVED if filters.status == "done" else OPENED
        words.append(texts.sentence(said, reader, since=texts.day(period.since, reader),
                                    last=texts.day(period.last, reader)))  # fmt: skip
    return " · ".join(word for word in (*words, *await names_of(act, filters)) if word)


@routes.answer("export.made")
async def made(act: Act, _value: str, made: dict[str, Any]) -> Reply:
    """To whoever ordered it, in their own chat; or why there is no file."""
    manager = await people.manager(act.session, made["manager"])
    if manager is None:
        return None
    fault = made.get("fault", "") or ("" if made["rows"] else "empty")
    message = texts.render("exports/made.html.j2", reader_of_manager(manager), fault=fault,
                           about=made["about"], kind=made["kind"], rows=made.get("rows", 0),
                           file=made["file"])  # fmt: skip
    if not fault:
        file = File(made["name"], MIMES[made["file"]], made["size"], made["source"])
        message = replace(message, files=(file,))
    key = f"export.made:{act.event.key}"
    await outbox.owe(act, Address.parse(made["to"]), message, key=key, subject=key,
                     cls=Class.INTERACTIVE)  # fmt: skip
    return None
