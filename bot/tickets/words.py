"""People's words as templates take them: read again, or cut to a quote. Pure."""

from datetime import datetime

from markupsafe import Markup

from bot import markup, naming
from bot.errors import Refused
from bot.when import find_time, parse_time

QUOTE = 300  # characters of a first message that a card shows


def safe(html: str) -> Markup:
    """Small HTML of an event, read and written again: nothing else can come through."""
    return Markup(markup.write(markup.parse(html)))  # noqa: S704 - what it does


def quote(html: str, limit: int = QUOTE) -> str:
    """The first words as plain text, on one line."""
    words = naming.plain(markup.plain(html))
    return words if len(words) <= limit else f"{words[: limit - 1]}…"


def moment_in(html: str, now: datetime, zone: str) -> datetime | None:
    """The moment that words name, to the clock: a mere day is no promise to remember."""
    words = markup.plain(html)
    found = find_time(words)
    if found is None or not found.complete:
        return None
    try:
        return parse_time(words, now, zone).at
    except Refused:
        return None
