"""Slack payloads as neutral events: pure, so that a payload set aside can be read again later."""

import json
from collections.abc import Callable
from datetime import datetime

from bot.chat import Event
from bot.platforms.slack import inbound_acts, inbound_events, payload
from bot.platforms.slack.payload import Raw, Unreadable
from bot.platforms.slack.who import Me

__all__ = ["Me", "Unreadable", "events", "from_raw", "to_raw"]

_SECRETS = ("token", "response_url", "response_urls", "bot_access_token")

_Reader = Callable[[Raw, Me, datetime], list[Event]]
_READERS: dict[str, _Reader] = {
    "events_api": inbound_events.read,
    "slash_commands": inbound_acts.command,
    "block_actions": inbound_acts.presses,
    "view_submission": inbound_acts.submitted,
    "view_closed": inbound_acts.closed,
    "shortcut": inbound_acts.shortcut,
    "message_action": inbound_acts.message_shortcut,
    "block_suggestion": inbound_acts.suggestion,
}


def events(kind: str, body: Raw, me: Me, at_real: datetime) -> list[Event]:
    """What happened, mostly one event; [] for what concerns nobody. Raises Unreadable.

    `at_real` dates what Slack sends without a time: commands and views.
    """
    reader = _READERS.get(kind)
    if reader is None:
        raise Unreadable(f"payloads of kind {kind!r} are not known")
    return reader(body, me, at_real)


def kind_of(body: Raw) -> str:
    """Which kind of payload this is, as `events` wants it."""
    if "command" in body:
        return "slash_commands"
    kind = payload.text(body, "type")
    return "events_api" if kind == "event_callback" else kind


def to_raw(kind: str, body: Raw) -> str:
    """A payload as text to set aside, without tokens and addresses that let others act."""
    kept = {name: value for name, value in body.items() if name not in _SECRETS}
    return json.dumps({"kind": kind, "payload": kept}, ensure_ascii=True)


def from_raw(raw: str, me: Me, at_real: datetime) -> list[Event]:
    """The events of a text that `to_raw` made."""
    kept = json.loads(raw)
    return events(payload.needed(kept, "kind"), payload.table(kept, "payload"), me, at_real)
