"""What people do with our commands, buttons, modals and shortcuts."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.chat import HOME, Address, Event, Person
from bot.platforms.slack import inbound_events, payload, reading, who
from bot.platforms.slack.payload import Raw
from bot.platforms.slack.render import LINK
from bot.platforms.slack.who import Me


def command(body: Raw, me: Me, at_real: datetime) -> list[Event]:
    person = Person(
        "slack",
        payload.needed(body, "user_id"),
        payload.text(body, "user_name"),
        payload.text(body, "team_id") or None,
    )
    typed = reading.read_text(payload.text(body, "text"), me.user)
    room = payload.text(body, "channel_name")
    called = Event(
        key="slack:cmd:" + payload.needed(body, "trigger_id"),
        at=at_real,
        platform="slack",
        kind="command",
        who=person,
        where=who.at_channel(payload.needed(body, "channel_id"), person.id),
        text=typed.text,
        html=typed.html,
        route=payload.needed(body, "command").removeprefix("/").removeprefix(me.prefix),
        private=who.is_direct(payload.needed(body, "channel_id")),
        shared=who.is_foreign(person, me),
        room_title=room,
        values={"mentions": typed.mentions, "rooms": typed.rooms},
        direct=True,
    )
    return [called]


def presses(body: Raw, me: Me, at_real: datetime) -> list[Event]:
    """One event for each action; a button that only opens a link is no event."""
    found = []
    actions = payload.rows(body, "actions")
    if not actions:
        raise payload.Unreadable("actions are missing")
    for index, action in enumerate(actions):
        route = _route(payload.needed(action, "action_id"))
        if route == LINK:
            continue
        stamp = payload.text(action, "action_ts")
        unique = payload.text(body, "trigger_id") or payload.needed(action, "action_ts")
        found.append(_press(body, action, me, f"slack:act:{unique}:{index}", route,
                            payload.instant(stamp) if stamp else at_real))  # fmt: skip
    return found


def _press(body: Raw, action: Raw, me: Me, key: str, route: str, at: datetime) -> Event:
    person = who.presser(body)
    where, message_id = _place(body, person.id)
    chosen = _value(action)
    return Event(
        key=key,
        at=at,
        platform="slack",
        kind="press",
        who=person,
        where=where,
        message_id=message_id,
        reply_to=where.thread or "",
        reply_to_bot=True,
        route=route,
        value=chosen if isinstance(chosen, str) else json.dumps(chosen),
        private=where.chat in (person.id, HOME + person.id),
        shared=who.is_foreign(person, me),
        room_title=payload.text(body, "channel", "name"),
        direct=True,
    )


def _place(body: Raw, user: str) -> tuple[Address, str]:
    """Where the pressed button stands, and the ts of its message."""
    box, message = payload.table(body, "container"), payload.table(body, "message")
    channel = payload.text(box, "channel_id") or payload.text(body, "channel", "id")
    if channel:
        ts = payload.text(box, "message_ts") or payload.text(message, "ts")
        thread = payload.text(box, "thread_ts") or payload.text(message, "thread_ts")
        return who.at_channel(channel, user, thread, ts), ts
    is_home = payload.text(body, "view", "type") == "home"
    return who.at_home(user) if is_home else who.at_person(user), ""


def submitted(body: Raw, me: Me, at_real: datetime) -> list[Event]:
    """The same values sent twice are one event; corrected values after errors are another."""
    view = payload.table(body, "view")
    values = _values(payload.table(view, "state", "values"))
    told = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
    key = f"slack:view:{payload.needed(view, 'id')}:{payload.text(view, 'hash')}:{told}"
    return [_form(body, view, me, at_real, key, "form", values)]


def closed(body: Raw, me: Me, at_real: datetime) -> list[Event]:
    view = payload.table(body, "view")
    key = f"slack:closed:{payload.needed(view, 'id')}"
    return [_form(body, view, me, at_real, key, "form_closed", {})]


def _form(
    body: Raw, view: Raw, me: Me, at: datetime, key: str, kind: Any, values: dict[str, Any]
) -> Event:
    person = who.presser(body)
    return Event(
        key=key,
        at=at,
        platform="slack",
        kind=kind,
        who=person,
        where=who.at_person(person.id),
        route=payload.needed(view, "callback_id"),
        value=payload.text(view, "private_metadata"),
        values=values,
        private=True,
        shared=who.is_foreign(person, me),
        direct=kind == "form",
    )


def shortcut(body: Raw, me: Me, at_real: datetime) -> list[Event]:
    person = who.presser(body)
    stamp = payload.text(body, "action_ts")
    called = Event(
        key=_shortcut_key(body),
        at=payload.instant(stamp) if stamp else at_real,
        platform="slack",
        kind="shortcut",
        who=person,
        where=who.at_person(person.id),
        route=payload.needed(body, "callback_id"),
        private=True,
        shared=who.is_foreign(person, me),
        direct=True,
    )
    return [called]


def message_shortcut(body: Raw, me: Me, at_real: datetime) -> list[Event]:
    """`text` and `files` are those of the message, `values["author"]` wrote it `values["at"]`."""
    person = who.presser(body)
    message = payload.table(body, "message")
    typed = reading.read_message(message, me.user)
    stamp = payload.text(body, "action_ts")
    ts = payload.text(body, "message_ts") or payload.needed(message, "ts")
    channel = payload.needed(body, "channel", "id")
    where = who.at_channel(channel, person.id, payload.text(message, "thread_ts"), ts)
    called = Event(
        key=_shortcut_key(body),
        at=payload.instant(stamp) if stamp else at_real,
        platform="slack",
        kind="shortcut",
        who=person,
        where=where,
        text=typed.text,
        html=typed.html,
        message_id=ts,
        reply_to=where.thread or "",
        route=payload.needed(body, "callback_id"),
        private=who.is_direct(channel),
        shared=who.is_foreign(person, me),
        room_title=payload.text(body, "channel", "name"),
        files=inbound_events.files(message),
        values={
            "author": payload.first(message, "user", "bot_id"),
            "by_bot": bool(payload.text(message, "bot_id")),
            "at": payload.instant(ts).isoformat(),
        },
        direct=True,
    )
    return [called]


def _shortcut_key(body: Raw) -> str:
    return "slack:cut:" + (payload.text(body, "trigger_id") or payload.needed(body, "action_ts"))


def suggestion(body: Raw, me: Me, at_real: datetime) -> list[Event]:
    """A select asks for choices while somebody types."""
    person = who.presser(body)
    action, typed = payload.needed(body, "action_id"), payload.text(body, "value")
    asked = Event(
        key=f"slack:opt:{person.id}:{action}:{typed}",
        at=at_real,
        platform="slack",
        kind="options",
        who=person,
        where=who.at_person(person.id),
        text=typed,
        route=_route(action),
        value=payload.text(body, "view", "private_metadata"),
        private=True,
        shared=who.is_foreign(person, me),
        direct=True,
    )
    return [asked]


def _route(action_id: str) -> str:
    return action_id.partition("#")[0]


def _values(state: Raw) -> dict[str, Any]:
    """Field name -> what stands in it; each input block holds one element."""
    found: dict[str, Any] = {}
    for name, block in state.items():
        for element in block.values() if isinstance(block, dict) else ():
            if not isinstance(element, dict):
                raise payload.Unreadable(f"state of {name} is not an object")
            found[payload.storable(name)] = _value(element)
    return found


def _value(element: Raw) -> Any:
    """What was chosen or typed: a text, a list, or a list of files."""
    reader = _ELEMENTS.get(payload.text(element, "type"))
    return reader(element) if reader else payload.text(element, "value")


def _option(element: Raw) -> str:
    return payload.text(element, "selected_option", "value")


def _options(element: Raw) -> list[str]:
    return [payload.text(row, "value") for row in payload.rows(element, "selected_options")]


def _text_of(name: str) -> Callable[[Raw], str]:
    return lambda element: payload.text(element, name)


def _texts_of(name: str) -> Callable[[Raw], list[str]]:
    def reader(element: Raw) -> list[str]:
        found = element.get(name) or []
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise payload.Unreadable(f"{name} is not a list of texts")
        return found

    return reader


def _moment(element: Raw) -> str:
    seconds = payload.number(element, "selected_date_time")
    return payload.instant(str(seconds)).astimezone(UTC).isoformat() if seconds > 0 else ""


def _files(element: Raw) -> list[dict[str, Any]]:
    return [
        {"name": file.name, "mime": file.mime, "size": file.size, "source": file.source}
        for file in inbound_events.files(element)
    ]


_ELEMENTS: dict[str, Callable[[Raw], Any]] = {
    "static_select": _option,
    "external_select": _option,
    "radio_buttons": _option,
    "overflow": _option,
    "multi_static_select": _options,
    "multi_external_select": _options,
    "checkboxes": _options,
    "users_select": _text_of("selected_user"),
    "conversations_select": _text_of("selected_conversation"),
    "channels_select": _text_of("selected_channel"),
    "multi_users_select": _texts_of("selected_users"),
    "multi_conversations_select": _texts_of("selected_conversations"),
    "multi_channels_select": _texts_of("selected_channels"),
    "datepicker": _text_of("selected_date"),
    "timepicker": _text_of("selected_time"),
    "datetimepicker": _moment,
    "file_input": _files,
}
