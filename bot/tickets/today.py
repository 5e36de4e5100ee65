"""What a manager has to do: talk nobody decided about, open tickets, what is due next."""

from datetime import datetime, timedelta
from typing import Any

from bot import outbox, texts
from bot.chat import HOME, Address
from bot.clock import new_id
from bot.outbox import Class
from bot.partners.people import called, reader_of_manager
from bot.reminders.recurrence import Series, occurrences
from bot.texts import Reader
from bot.tickets import words
from bot.turn import Turn
from storage import meetings, messages, people, promises, slots, tickets
from storage.models_people import Manager
from storage.models_work import Meeting, Promise, Ticket

TICKETS = 10  # a Home longer than a screen is not read
TALK = 5
MEETINGS = 3
PROMISES = 5
LOOKED_AT = 200  # of the latest meetings; the next ones among them are shown
AHEAD = timedelta(days=7)  # how far the day's page looks


async def gather(turn: Turn, manager: Manager) -> dict[str, Any]:
    """The data of templates/today/*: what waits for this manager."""
    talk = await messages.undecided_of(turn.session, manager.id, TALK)
    mine = await tickets.live(turn.session, owner_id=manager.id, limit=TICKETS + 1)
    reader = reader_of_manager(manager)
    ahead = await _meetings(turn, manager)
    promised = await promises.open_of(turn.session, manager.id, PROMISES)
    return {
        "talk": [_talk(said, partner.name) for said, partner in talk],
        "tickets": [line(ticket) for ticket in mine[:TICKETS]],
        "more": len(mine) > TICKETS,
        "promises": [_promise(one) for one in promised],
        "meetings": [_meeting(row, at, reader) for at, row in ahead[:MEETINGS]],
        "now": turn.now,
    }


def _talk(said: Any, partner: str) -> dict[str, Any]:
    return {"id": said.id, "partner": partner, "quote": words.quote(said.html, 120) or "📎",
            "at": said.at}  # fmt: skip


def _promise(promise: Promise) -> dict[str, Any]:
    ticket = promise.ticket
    return {"id": promise.id, "ref": f"T-{ticket.id}", "partner": ticket.partner.name,
            "words": promise.words or ticket.title[:80], "due": promise.due_at}  # fmt: skip


async def _meetings(turn: Turn, manager: Manager) -> list[tuple[datetime, Meeting]]:
    """What is under way or comes within the next days, soonest first."""
    found = []
    for row in await meetings.of_manager(turn.session, manager.id, LOOKED_AT):
        series = Series(datetime.fromisoformat(row.starts), row.zone, row.rrule)
        begun = turn.now - timedelta(minutes=row.minutes) + timedelta(seconds=1)
        end = turn.now + AHEAD
        found += [(one.at, row) for one in occurrences(series, begun, before=end, limit=1)]
    return sorted(found, key=lambda pair: (pair[0], pair[1].id))


def _meeting(row: Meeting, at: datetime, reader: Reader) -> dict[str, Any]:
    """With the partner's own clock where it shows something else."""
    there = Reader(reader.language, row.partner.zone)
    theirs = texts.when(at, there, at)
    if texts.local(at, there).date() != texts.local(at, reader).date():
        theirs = f"{texts.day(at, there)} {theirs}"
    same = texts.local(at, there).replace(tzinfo=None) == texts.local(at, reader).replace(
        tzinfo=None
    )
    return {
        "ref": f"M-{row.id}", "partner": row.partner.name, "title": row.title, "at": at,
        "theirs": "" if same else theirs, "city": texts.city(row.partner.zone, reader),
    }  # fmt: skip


def line(ticket: Ticket) -> dict[str, Any]:
    """A ticket in a list."""
    return {
        "id": ticket.id, "ref": f"T-{ticket.id}", "partner": ticket.partner.name,
        "who": called(ticket.contact) if ticket.contact is not None else "",
        "title": ticket.title[:80], "due": ticket.due_at, "urgent": ticket.priority == "urgent",
        "owner": ticket.owner.name if ticket.owner is not None else "",
        "status": ticket.status, "until": ticket.held_until,
    }  # fmt: skip


async def refresh(turn: Turn, manager: Manager | None) -> None:
    """Bring the App Home up to date, if this manager ever opened it."""
    if manager is None:
        return
    known = await people.identities_of(turn.session, manager_id=manager.id)
    for identity in known:
        slot = f"home:{identity.external_id}"
        if identity.platform == "slack" and await slots.exists(turn.session, slot):
            await show_home(turn, manager, identity.external_id)


async def show_home(turn: Turn, manager: Manager, user: str) -> None:
    """Publish the App Home; each time anew, since many things change it."""
    reader: Reader = reader_of_manager(manager)
    message = texts.render("today/home.html.j2", reader, **await gather(turn, manager))
    slot = f"home:{user}"
    await outbox.owe(turn, Address("slack", HOME + user), message, key=f"{slot}:{new_id()}",
                     subject=slot, cls=Class.INTERACTIVE, slot=slot)  # fmt: skip
