"""What a search finds, ready to be shown: the ticket, and the words around what was found."""

from typing import Any

from bot.markup import plain
from bot.searching import around, asked
from bot.tickets import today
from bot.turn import Turn
from storage import messages, search, tickets
from storage.ids import row_id
from storage.models_work import Said

QUOTE = 120  # characters of a message around what was found


async def look(turn: Turn, words: str, before: int | None, limit: int) -> list[dict[str, Any]]:
    """Data of templates/tickets/search.html.j2; a ticket that is named by its number comes first.

    Our people see all tickets, and no one else gets here.
    """
    wanted = asked(words)
    hits = await search.tickets(turn.session, wanted, before, limit)
    number = row_id(words.strip().upper().removeprefix("T-"))
    if before is None and number and number not in [hit.ticket_id for hit in hits]:
        hits = [search.Hit(number, None), *hits]
    found = await tickets.many(turn.session, [hit.ticket_id for hit in hits])
    quoted = [hit.message_id for hit in hits if hit.message_id is not None]
    said = {one.id: one for one in await messages.many(turn.session, quoted)}
    return [
        today.line(found[hit.ticket_id])
        | {"quote": _quote(said.get(hit.message_id or 0), wanted),
           "done": found[hit.ticket_id].status in ("resolved", "closed")}
        for hit in hits if hit.ticket_id in found
    ]  # fmt: skip


def _quote(said: Said | None, wanted: list[tuple[str, ...]]) -> str:
    return around(plain(said.html), wanted, QUOTE) if said is not None else ""
