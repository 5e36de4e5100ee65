"""A meeting as its organiser plans it: a draft, which nobody else sees before Send."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m
from bot.partners.people import called, no_way, reader_of_manager
from bot.reminders import chase, invitations, places, series, words
from bot.reminders.recurrence import Series, aligned
from bot.routes import Act
from bot.when import parse_rhythm, parse_time, place, read_duration
from storage import meetings, people
from storage.models_people import Manager, Partner
from storage.models_work import Meeting

DEFAULT_LENGTH = timedelta(hours=1)
DEFAULT_REMIND = "1d,1h"
LONGEST = timedelta(hours=24)
TITLE_LENGTH, PLACE_LENGTH, MOST_REMINDERS = 150, 300, 5
ONCE = ("", "once", "一次", "不重复")


@dataclass(frozen=True)
class Wish:
    """What somebody wants a meeting to be, as typed; `at` in the typist's own zone."""

    title: str
    at: str
    every: str = ""
    length: str = ""
    remind: str = ""
    where: str = ""


@dataclass(frozen=True)
class Plan:
    """A wish that was understood."""

    title: str
    local: datetime
    zone: str
    rule: str
    length: timedelta
    remind: list[str]
    where: str


def understood(wish: Wish, manager: Manager, now: datetime) -> Plan:
    """Raises Refused, pinned to the field that is wrong."""
    title = _checked("title", wish.title, TITLE_LENGTH)
    if not title:
        raise Refused(_m("What is the meeting about?")).at("title")
    moment = _at("at", parse_time, wish.at, now, manager.zone)
    rule = ""
    if fold(wish.every).strip() not in ONCE:
        rule = _at("every", parse_rhythm, wish.every, moment.local)
    length = _at("length", read_duration, wish.length).length if wish.length else DEFAULT_LENGTH
    if length > LONGEST:
        raise Refused(_m("A meeting lasts a day at most.")).at("length")
    local = _first(moment.local, manager.zone, rule, now)
    where = _checked("where", wish.where, PLACE_LENGTH)
    return Plan(title, local, manager.zone, rule, length, reminders(wish.remind), where)


def _at(field: str, read: Any, *words: Any) -> Any:
    try:
        return read(*words)
    except Refused as refusal:
        raise refusal.at(field) from None


def _checked(field: str, text: str, limit: int) -> str:
    kept = " ".join(text.split())
    if len(kept) > limit:
        raise Refused(_m("That is too long: at most {limit} characters."), limit=limit).at(field)
    return kept


def _first(local: datetime, zone: str, rule: str, now: datetime) -> datetime:
    """The first moment that fits the rule, which names its days perhaps."""
    if not rule:
        return local
    try:
        first = aligned(Series(local, zone, rule)).start
    except ValueError:
        raise Refused(_m("A rhythm like that never comes true.")).at("every") from None
    if place(first, zone).at <= now:
        raise Refused(_m("That is in the past.")).at("at")
    return first


def reminders(text: str) -> list[str]:
    """["1d", "1h"] of "1d,1h"; "none" = no reminders."""
    said = fold(text).strip() or DEFAULT_REMIND
    if said in ("none", "no", "off", "不提醒", "无"):
        return []
    parts = [part for part in said.replace("、", ",").split(",") if part.strip()]
    if len(parts) > MOST_REMINDERS:
        raise Refused(_m("At most {limit} reminders, please."), limit=MOST_REMINDERS).at("remind")
    return [str(_at("remind", read_duration, part)) for part in parts]


async def draft(act: Act, partner: Partner, wish: Wish) -> Meeting:
    """Keep the meeting as a draft, with everybody at the partner as its guests."""
    assert act.manager is not None  # noqa: S101 - the route's role says so
    plan = understood(wish, act.manager, act.now)
    guests = await people.contacts_of(act.session, partner.id)
    if not guests:
        raise Refused(_m("{name} has no contacts yet. Try: /partner invite {name} Jo Weber"),
                      name=partner.name)  # fmt: skip
    meeting = Meeting(partner_id=partner.id, organiser_id=act.manager.id, state="draft",
                      created_at=act.now, revision=1, **_columns(plan))  # fmt: skip
    return await meetings.add(act.session, meeting, guests)


async def redraft(act: Act, value: str, wish: Wish) -> Meeting:
    """Change a draft; earlier previews of it do nothing any more."""
    meeting = await series.pressed(act, value, "draft")
    plan = understood(wish, meeting.organiser, act.now)
    for name, new in _columns(plan).items():
        setattr(meeting, name, new)
    meeting.revision += 1
    return meeting


def _columns(plan: Plan) -> dict[str, Any]:
    return {
        "title": plan.title, "starts": _stored(plan.local), "zone": plan.zone, "rrule": plan.rule,
        "minutes": int(plan.length.total_seconds() // 60), "place": plan.where,
        "remind": plan.remind,
    }  # fmt: skip


def _stored(local: datetime) -> str:
    return local.strftime("%Y-%m-%dT%H:%M")


async def other_hour(act: Act, value: str) -> Meeting:
    """Take the hour that the preview proposed ("7:1:16:00")."""
    handle, _, hour = value.rpartition("@")
    meeting = await series.pressed(act, handle, "draft")
    local = datetime.fromisoformat(f"{meeting.starts[:10]}T{hour}")
    meeting.starts, meeting.revision = _stored(local), meeting.revision + 1
    return meeting


async def send(act: Act, value: str) -> dict[str, Any]:
    """Invite the guests and plan the reminders: data of meetings/sent.html.j2."""
    meeting = await series.pressed(act, value, "draft")
    occurrence = series.next_of(meeting, act.now)
    if occurrence is None or occurrence.at <= act.now:
        raise Refused(_m("That time is past by now. Please choose another one."))
    guests = await meetings.guests(act.session, meeting.id)
    present, absent = await places.reachable(act, meeting, guests)
    if not present:
        yet = _m("Nobody at {name} can be reached yet. Try: /partner invite {name}")
        raise await no_way(act, meeting.partner, yet, absent)
    meeting.state = "sent"
    await act.session.flush()
    await invitations.invite(act, meeting, occurrence, "invited")
    await chase.plan(act, meeting)
    reader = reader_of_manager(meeting.organiser)
    return {"meeting": meeting, "names": words.joined(map(called, present), reader),
            "absent": words.joined(map(called, absent), reader)}  # fmt: skip
