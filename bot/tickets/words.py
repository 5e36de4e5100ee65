"""People's words as templates take them: read again, or cut to a quote. Pure."""

from markupsafe import Markup

from bot import markup

QUOTE = 300  # characters of a first message that a card shows


def safe(html: str) -> Markup:
    """Small HTML of an event, read and written again: nothing else can come through."""
    return Markup(markup.write(markup.parse(html)))  # noqa: S704 - what it does


def quote(html: str, limit: int = QUOTE) -> str:
    """The first words as plain text, on one line."""
    words = " ".join(markup.plain(html).split())
    return words if len(words) <= limit else f"{words[: limit - 1]}…"
