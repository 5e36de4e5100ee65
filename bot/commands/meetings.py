"""Meetings: what managers plan with /meeting, and what guests answer."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.chat import Choice, Field, Form
from bot.commands.args import partner_named
from bot.commands.pressed import check_at_home
from bot.errors import Refused
from bot.marks import _m
from bot.reminders import invitations, moving, preview, series, service, views
from bot.reminders.service import Wish
from bot.routes import Act, Notice, Reply, Role, Routes
from bot.tickets import today
from bot.when import Moment, parse_rhythm
from storage import people
from storage.ids import row_id
from storage.models_people import Partner
from storage.models_work import Meeting

routes = Routes()

EVERY = (
    Choice("once", _m("Once")), Choice("weekly", _m("Every week")),
    Choice("every 2 weeks", _m("Every two weeks")), Choice("monthly", _m("Every month")),
    Choice("quarterly", _m("Every quarter")),
)  # fmt: skip
PLAN = (
    Field("title", "text", _m("What is it about?"), required=True,
          max_length=service.TITLE_LENGTH),
    Field("at", "text", _m("When, on your clock?"), required=True, max_length=100,
          help=_m("Such as: next Thursday 15:00")),
    Field("every", "choice", _m("How often?"), choices=EVERY, initial="once"),
    Field("length", "text", _m("How long?"), initial="1h", max_length=20),
    Field("where", "text", _m("Where, or a link"), max_length=service.PLACE_LENGTH),
)  # fmt: skip
PARTNER = Field("partner", "partner", _m("With which partner?"), required=True)
NEW = Form("meeting.create", _m("New meeting"), (PARTNER, *PLAN), submit=_m("Preview"))
OTHER = Form("meeting.suggest", _m("Another time"), (
    Field("when", "text", _m("Which time suits you?"), required=True, max_length=300,
          help=_m("On your own clock, such as: Friday 14:00")),
), submit=_m("Send"))  # fmt: skip
MOVE = Form("meeting.new_time", _m("Move the meeting"), (
    Field("at", "text", _m("When, on your clock?"), required=True, max_length=100,
          help=_m("Such as: next Thursday 15:00")),
), submit=_m("Preview"))  # fmt: skip


@routes.command(
    "meeting", role=Role.MANAGER, help=_m("Plan a meeting; you see it before anybody else"),
    args="meeting? partner title:text", keys="at:time every:rhythm length:duration remind where",
    example='meeting Nordwind Quarterly review at="next thursday 15:00" every=quarterly',
)  # fmt: skip
async def plan(
    act: Act, meeting: str = "", partner: Partner | None = None, title: str = "",
    at: Moment | None = None, every: str = "", length: timedelta | None = None, remind: str = "",
    where: str = "",
) -> Reply:  # fmt: skip
    if meeting:
        return await show(act, meeting)
    wish = Wish(title, at.text if at else "", every, _short(length), remind, where)
    if partner is None or not title or at is None:
        return _asking(NEW, wish, partner)
    return await _preview(act, await service.draft(act, partner, wish))


def _short(length: timedelta | None) -> str:
    return f"{int(length.total_seconds() // 60)}m" if length is not None else ""


def _asking(form: Form, wish: Wish, partner: Partner | None = None, value: str = "") -> Form:
    """The form with what is known already."""
    known = {"title": wish.title, "at": wish.at, "length": wish.length, "where": wish.where}
    if partner is not None:
        known["partner"] = str(partner.id)
    fields = []
    for field in form.fields:
        field = replace(field, initial=known.get(field.name) or field.initial)
        if field.name == "partner" and partner is not None:
            field = replace(field, choices=(Choice(str(partner.id), partner.name),))
        if field.name == "every" and wish.every:
            same = Choice(wish.every, wish.every)
            field = replace(field, choices=(*field.choices, same), initial=wish.every)
        fields.append(field)
    return replace(form, fields=tuple(fields), value=value)


async def _preview(act: Act, meeting: Meeting) -> Reply:
    return Notice("meetings/preview.html.j2", await preview.of_draft(act, meeting))


@routes.form("meeting.create", role=Role.MANAGER)
async def create(act: Act, _value: str, values: dict[str, Any]) -> Reply:
    partner = await _partner(act, str(values.get("partner") or ""))
    return await _preview(act, await service.draft(act, partner, _wish(values)))


async def _partner(act: Act, said: str) -> Partner:
    """Chosen from a list, or typed where there is none."""
    found = await people.partner(act.session, row_id(said))
    if found is not None and found.archived_at is None:
        return found
    try:
        return await partner_named(act.session, said)
    except Refused as refusal:
        raise refusal.at("partner") from None


def _wish(values: dict[str, Any]) -> Wish:
    names = ("title", "at", "every", "length", "where")
    return Wish(**{name: str(values.get(name) or "") for name in names})


@routes.button("meeting.send", role=Role.MANAGER)
async def send(act: Act, value: str) -> Reply:
    sent = await service.send(act, value)
    await today.refresh(act, act.manager)
    return Notice("meetings/sent.html.j2", sent)


@routes.button("meeting.hour", role=Role.MANAGER)
async def hour(act: Act, value: str) -> Reply:
    return await _preview(act, await service.other_hour(act, value))


@routes.button("meeting.change", role=Role.MANAGER)
async def change(act: Act, value: str) -> Reply:
    meeting = await series.pressed(act, value, "draft")
    every = ""
    if meeting.rrule:
        every = next((one.value for one in EVERY[1:] if _same(one.value, meeting)), "")
    form = replace(NEW, route="meeting.edit", title=_m("Change the meeting"), fields=PLAN)
    wish = Wish(meeting.title, meeting.starts.replace("T", " "), every, f"{meeting.minutes}m",
                "", meeting.place)  # fmt: skip
    return _asking(form, wish, value=value)


def _same(every: str, meeting: Meeting) -> bool:
    start = series.of(meeting).start
    return parse_rhythm(every, start) == meeting.rrule


@routes.form("meeting.edit", role=Role.MANAGER)
async def edit(act: Act, value: str, values: dict[str, Any]) -> Reply:
    return await _preview(act, await service.redraft(act, value, _wish(values)))


# guests


@routes.button("meeting.yes", role=Role.PARTNER)
async def yes(act: Act, value: str) -> Reply:
    await invitations.answer(act, value, "yes")
    return None


@routes.button("meeting.no", role=Role.PARTNER)
async def no(act: Act, value: str) -> Reply:
    await invitations.answer(act, value, "no")
    return None


@routes.button("meeting.again", role=Role.PARTNER)
async def again(act: Act, value: str) -> Reply:
    await invitations.answer(act, value, "again")
    return None


@routes.button("meeting.other", role=Role.PARTNER)
async def other(act: Act, value: str) -> Reply:
    return replace(OTHER, value=await invitations.ask_other(act, value))


@routes.form("meeting.suggest", role=Role.PARTNER)
async def suggest(act: Act, value: str, values: dict[str, Any]) -> Reply:
    await invitations.suggest(act, value, str(values["when"]))
    return None


@routes.button("meeting.keep", role=Role.MANAGER)
async def keep(act: Act, value: str) -> Reply:
    return Notice("meetings/kept.html.j2", await invitations.keep(act, value))


# later


@routes.command("meeting list", role=Role.VIEWER, help=_m("The meetings that come next"),
                args="partner?", zh="列表,一览", example="meeting list Nordwind")  # fmt: skip
async def listed(act: Act, partner: Partner | None = None) -> Reply:
    return Notice("meetings/list.html.j2", await views.coming(act, partner))


@routes.command("meetings", role=Role.PARTNER, help=_m("Your next meetings"))
async def mine(act: Act) -> Reply:
    partner = None if act.is_ours else act.partner
    if partner is not None:
        check_at_home(act)
    return Notice("meetings/list.html.j2", await views.coming(act, partner))


@routes.button("meeting.own", role=Role.PARTNER)
async def press_mine(act: Act, _: str) -> Reply:
    return await mine(act)


@routes.command("meeting show", role=Role.VIEWER, help=_m("One meeting, and who comes"),
                args="meeting", zh="查看", example="meeting M-3")  # fmt: skip
async def show(act: Act, meeting: str = "") -> Reply:
    if not meeting:
        return await listed(act)
    row = await series.find(act, meeting)
    return Notice("meetings/meeting.html.j2", await views.whole(act, row))


@routes.command("meeting move", role=Role.MANAGER,
                help=_m("Move a meeting; everybody is asked again"),
                args="meeting at:time", zh="改期,改时间,移动",
                example="meeting move M-3 friday 15:00")  # fmt: skip
async def move(act: Act, meeting: str = "", at: Moment | None = None) -> Reply:
    row = await series.find(act, meeting or "-")
    if at is None:
        return await new_time(act, series.handle(row))
    return Notice("meetings/move_preview.html.j2", await moving.preview(act, row, at))


@routes.button("meeting.new_time", role=Role.MANAGER)
async def new_time(act: Act, value: str) -> Reply:
    meeting = await series.pressed(act, value, "sent")
    series.coming(meeting, act.now)
    return replace(MOVE, value=value)


@routes.form("meeting.new_time", role=Role.MANAGER)
async def typed_time(act: Act, value: str, values: dict[str, Any]) -> Reply:
    data = await moving.typed(act, value, str(values["at"]))
    return Notice("meetings/move_preview.html.j2", data)


@routes.button("meeting.move_to", role=Role.MANAGER)
async def move_to(act: Act, value: str) -> Reply:
    moved = await moving.move(act, value)
    await today.refresh(act, act.manager)
    return Notice("meetings/moved.html.j2", moved)


@routes.command("meeting cancel", role=Role.MANAGER,
                help=_m("Cancel a meeting; its guests are told"),
                args="meeting", zh="取消", example="meeting cancel M-3")  # fmt: skip
async def cancel(act: Act, meeting: str = "") -> Reply:
    row = await series.find(act, meeting or "-")
    return Notice("meetings/cancel.html.j2", await moving.about_to_cancel(act, row))


@routes.button("meeting.cancel", role=Role.MANAGER)
async def cancel_shown(act: Act, value: str) -> Reply:
    row = await series.pressed(act, value, "sent")
    return Notice("meetings/cancel.html.j2", await moving.about_to_cancel(act, row))


@routes.button("meeting.cancel_now", role=Role.MANAGER)
async def cancel_now(act: Act, value: str) -> Reply:
    held = await moving.cancel(act, value)
    await today.refresh(act, act.manager)
    return Notice("meetings/cancel_held.html.j2", held)


@routes.button("meeting.undo", role=Role.MANAGER)
async def undo(act: Act, value: str) -> Reply:
    back = await moving.undo(act, value)
    await today.refresh(act, act.manager)
    return Notice("meetings/back.html.j2", back)


@routes.button("meeting.leave", role=Role.MANAGER)
async def leave(act: Act, value: str) -> Reply:
    meeting = await series.pressed(act, value, "sent")
    return Notice("meetings/meeting.html.j2", await views.whole(act, meeting))


@routes.message("partner.topic", role=Role.PARTNER)
async def topic(act: Act) -> Reply:
    """A reply to an invitation: what the guest wants to talk about."""
    meeting, guest = await invitations.replied_to(act)
    await invitations.note_topic(act, meeting, guest, act.event.text)
    return Notice("meetings/noted.html.j2", {"meeting": meeting})
