"""Keeps what is searched true: whatever a session writes is indexed in the same transaction.

A ticket's rows stand together, newest ticket last: `ticket * 2**31 + message`, 0 for its title.
Partners and contacts have negative numbers. A row also has the mark of the partner and contact
to whom it belongs, so that a new name of theirs changes one row.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, event, insert, inspect
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.orm import UOWTransaction

from bot import searching
from storage.models_people import Contact, Partner
from storage.models_search import SearchRow
from storage.models_work import Said, Ticket

SPAN = 2**31  # more messages than there will be
WATCHED: dict[type, tuple[str, ...]] = {
    Ticket: ("title", "product", "partner_id", "contact_id"),
    Said: ("html", "deleted_at", "ticket_id", "partner_id", "contact_id"),
    Partner: ("name", "search"),
    Contact: ("name", "called"),
}


class Searched(SyncSession):
    """A session whose writes are followed by the index."""


def partner_mark(partner_id: int | None) -> str:
    return f"zzp{partner_id}" if partner_id is not None else ""


def contact_mark(contact_id: int | None) -> str:
    return f"zzc{contact_id}" if contact_id is not None else ""


def row_of(thing: Any) -> dict[str, Any] | None:
    """The row that a thing is found by; None for room talk and for what was deleted."""
    if isinstance(thing, Partner):
        words = searching.indexed(f"{thing.name} {thing.search}")
        return {"place": -2 * thing.id, "words": f"{words} {searching.named(thing.search)}"}
    if isinstance(thing, Contact):
        return {
            "place": -2 * thing.id - 1,
            "words": searching.indexed(f"{thing.name} {thing.called}"),
        }
    marks = f"{partner_mark(thing.partner_id)} {contact_mark(thing.contact_id)}"
    if isinstance(thing, Ticket):
        words = searching.indexed(f"{thing.title} {thing.product or ''}")
        return {"place": thing.id * SPAN, "words": f"{words} {marks}"}
    if thing.ticket_id is None or thing.deleted_at is not None:
        return None
    words = searching.indexed_html(thing.html)
    return {"place": thing.ticket_id * SPAN + thing.id, "words": f"{words} {marks}"}


@event.listens_for(Searched, "after_flush")
def _follow(session: SyncSession, _flush: UOWTransaction) -> None:
    rows = [row for thing in session.new if type(thing) in WATCHED if (row := row_of(thing))]
    gone: set[int] = set()
    for thing in session.dirty:
        if type(thing) in WATCHED and _changed(thing):
            gone |= _stood(thing)
            rows += [row] if (row := row_of(thing)) else []
    for thing in session.deleted:
        gone |= _stood(thing) if type(thing) in WATCHED else set()
    if gone:
        session.execute(delete(SearchRow).where(SearchRow.place.in_(gone)))
    if rows:
        session.execute(insert(SearchRow), rows)


def _changed(thing: Any) -> bool:
    state = inspect(thing)
    return any(state.attrs[name].history.has_changes() for name in WATCHED[type(thing)])


def _stood(thing: Any) -> set[int]:
    """The rows that a thing had or has: a message may go from one ticket to another."""
    if not isinstance(thing, Said):
        row = row_of(thing)
        return {row["place"]} if row else set()
    history = inspect(thing).attrs["ticket_id"].history
    tickets: Iterable[Any] = (*(history.deleted or ()), thing.ticket_id)
    return {ticket * SPAN + thing.id for ticket in tickets if ticket is not None}
