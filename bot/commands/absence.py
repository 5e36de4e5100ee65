"""Saying that one is away, and who stands in: /liaison away, /liaison back."""

from datetime import datetime, time
from typing import Any

from bot.chat import Field, Form
from bot.commands.args import manager_of
from bot.commands.words import Word, is_person, split
from bot.marks import _m
from bot.partners import absence
from bot.partners.people import lead_of, manager_called, reader_of
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.when import parse_stretch
from storage import people
from storage.ids import row_id
from storage.models_people import Manager

routes = Routes()

BACK_AT = time(8)  # of a day named without a time: that morning they are there again
STANDS_IN = ("substitute", "代理", "代理人", "代班")
FORM = Form("own.away", _m("Away"), (
    Field("until", "text", _m("Until when?"), required=True, max_length=60,
          help=_m("Such as Friday: then you are there again. Or from 7 December to 11 December.")),
    Field("who", "person", _m("Who stands in for you?")),
), submit=_m("Keep"))  # fmt: skip


@routes.command("liaison away", role=Role.MANAGER, args="words:text?", zh="离开, 请假, 休假",
                help=_m("You are away, and who stands in for you"),
                example="liaison away tomorrow to Friday substitute @Lin")  # fmt: skip
async def away(act: Act, words: str = "") -> Reply:
    until, person = _read(words)
    return await _leave(act, until, person) if until else FORM


@routes.form("own.away", role=Role.MANAGER)
async def form_away(act: Act, _: str, values: dict[str, Any]) -> Reply:
    return await _leave(act, str(values["until"]), str(values.get("who") or ""))


async def _leave(act: Act, until: str, person: str) -> Reply:
    zone = reader_of(act.identity, act.room, act.config).zone
    stretch = parse_stretch(until, act.now, zone, back=BACK_AT)
    substitute = await manager_of(act, person) if person else None
    before = _planned(act)
    manager = await absence.leave(act, stretch, substitute)
    return await _said(act, manager, substitute or await _lead(act, manager), before)


def _planned(act: Act) -> tuple[datetime, datetime] | None:
    """What was to come and is replaced by what they say now."""
    one = act.manager
    if (
        one is None
        or one.away_from is None
        or one.away_until is None
        or not one.goes_away(act.now)
    ):
        return None
    return one.away_from, one.away_until


async def _lead(act: Act, manager: Manager) -> Manager | None:
    lead = await lead_of(act, manager)
    return lead if lead is not None and lead.id != manager.id else None


async def _said(act: Act, manager: Manager, stands_in: Manager | None,
                before: tuple[datetime, datetime] | None) -> Notice:  # fmt: skip
    reader = reader_of(act.identity, act.room, act.config)
    name = manager_called(stands_in, reader) if stands_in is not None else ""
    return Notice("own/away.html.j2", {"start": manager.away_from, "until": manager.away_until,
                                       "name": name, "before": before})  # fmt: skip


def _read(line: str) -> tuple[str, str]:
    """("until friday", "@Lin") for "until friday substitute @Lin", 到周五 代理 @Lin."""
    left, person, named = list[Word](), "", False
    for word in split(line):
        if word.plain in STANDS_IN:
            named = True
        elif is_person(word) or (named and not person):
            person = word.text
        else:
            left.append(word)
    until = " ".join(line[word.start : word.end] for word in left).strip(" ,，")
    return until.removeprefix("到"), person


@routes.command("liaison back", role=Role.MANAGER, zh="回来",
                help=_m("You are there again"), example="liaison back")  # fmt: skip
async def back(act: Act) -> Reply:
    return Notice("own/back.html.j2", {"back": await absence.come_back(act)})


@routes.button("own.back", role=Role.MANAGER)
async def press_back(act: Act, _: str) -> Reply:
    return await back(act)


@routes.button("own.stay", role=Role.MANAGER)
async def press_stay(act: Act, _: str) -> Reply:
    await absence.stay(act)
    return Notice("own/back.html.j2", {"back": False})


@routes.member("status")
async def status(act: Act) -> Reply:
    """Somebody set another status in Slack."""
    if act.manager is not None:
        await absence.learn(act, act.manager, dict(act.event.values))
    return None


@routes.answer("manager.status")
async def status_asked(act: Act, value: str, values: dict[str, Any]) -> Reply:
    manager = await people.manager(act.session, row_id(value))
    if manager is not None:
        await absence.learn(act, manager, values["status"])
    return None
