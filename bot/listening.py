"""Which route hears an ordinary message: it depends on who wrote, and where."""

from dataclasses import replace
from html import escape
from typing import Literal

from bot.chat import Event
from bot.partners.stopwords import is_stop
from bot.routes import Act

Heard = Literal[
    "ours.partner_room",  # one of our people in a partner's room: a public reply
    "ours.thread",  # one of ours in a thread of a room of ours, or answering there: internal talk
    "ours.elsewhere",
    "partner.stop",  # "stop", 停, 退订 in a private chat
    "partner.private",
    "partner.addressed",  # in a shared room, but mentioning or answering the bot
    "partner.room",  # ordinary talk in a partner's room: recorded, never answered
    "stranger.private",
    "stranger.room",
]


def message_route(act: Act) -> Heard:
    """Pure: the name of the message route for this event."""
    event = act.event
    if act.is_ours:
        if act.room is not None and act.room.partner_id is not None:
            return "ours.partner_room"
        below = event.where.thread or (event.platform == "telegram" and event.reply_to)
        return "ours.thread" if below else "ours.elsewhere"
    if act.partner is None:
        return "stranger.private" if event.private else "stranger.room"
    if event.private:
        return "partner.stop" if is_stop(event.text) else "partner.private"
    return "partner.addressed" if event.mentions_bot or event.reply_to_bot else "partner.room"


def as_talk(event: Event) -> Event:
    """A command that is not for us, as the words it is."""
    said = f"/{event.route} "
    return replace(event, kind="message", text=(said + event.text).strip(),
                   html=(escape(said, quote=False) + event.html).strip())  # fmt: skip


def ticket_of_slot(name: str | None) -> str:
    """ "T-12" for the slot "ticket:12:card", "" for any other."""
    kind, _, rest = (name or "").partition(":")
    return f"T-{rest.partition(':')[0]}" if kind == "ticket" else ""


def is_invitation(name: str | None) -> bool:
    """Whether a slot's message asks somebody to a meeting."""
    return bool(name) and str(name).startswith("meeting:") and ":invite:" in str(name)
