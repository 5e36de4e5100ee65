"""What a partner wrote last and nobody has answered: one short line, so that a reminder says what
it is about."""

from collections.abc import Sequence

from bot import markup
from bot.tickets.cards import State
from bot.tickets.greetings import courtesy
from bot.tickets.words import quote
from bot.turn import Turn
from storage import messages
from storage.models_work import Said, Ticket

SHOWN = 60  # characters: with the rest of its line still one line on a desk, two on a phone


async def unanswered(turn: Turn, found: Sequence[tuple[Ticket, State]]) -> dict[int, str]:
    """By ticket, of those that wait for an answer; a mere thanks says nothing of it."""
    waits = {ticket.id: state for ticket, state in found if state.story.waiting_since is not None}
    said = await messages.heard(turn.session, list(waits))
    return {number: _newest(state, said[number]) for number, state in waits.items()}


def _newest(state: State, said: Sequence[Said]) -> str:
    before = state.story.waits[-2].until if len(state.story.waits) > 1 else None
    for one in reversed(said):
        if before is not None and one.at < before:  # Telegram counts whole seconds
            break
        if one.html and not courtesy(markup.plain(one.html)):
            return quote(one.html, SHOWN)
        if one.files and not one.html:
            return ", ".join(str(file["name"]) for file in one.files)[:SHOWN]
    return ""
