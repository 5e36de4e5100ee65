"""What one person sees in the emulated Slack: rooms, messages, threads, Home and modals."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sandbox.page.model import Modal, Room, Shown, SlackPane, Somebody
from sandbox.page.reader import Reader
from sandbox.slack.emulator import SlackEmulator
from sandbox.slack.stamps import moment_of
from sandbox.slack.world import Channel, Message

SHOWN_MESSAGES = 300  # more than a screenful of scrolling; the emulator keeps the rest
_SAME_BREATH = timedelta(minutes=5)
_MARKS = {"public": "#", "private": "⊘", "im": "", "mpim": ""}


def reader_for(
    slack: SlackEmulator, person: Somebody | None, language: str, origin: str
) -> Reader:
    """Names as this person sees them: only people and rooms they share something with."""
    world = slack.world
    if person is None:
        return Reader(language=language, origin=origin)
    mine = [room for room in world.channels.values() if person.id in room.members]
    met = {member for room in mine for member in room.members}
    if person.ours:
        met |= {
            user.id for user in world.users.values() if user.team == world.users[person.id].team
        }
    names = {one: world.users[one].shown for one in sorted(met) if one in world.users}
    rooms = {room.id: room.name for room in mine if room.kind in ("public", "private")}
    return Reader(person.zone, language, names, rooms, person.id, origin)


def pane(
    slack: SlackEmulator,
    person: Somebody | None,
    room: str,
    thread: str,
    at_home: bool,
) -> SlackPane:
    """Everything the Slack half of the page shows this person."""
    if person is None:
        return SlackPane(None)
    rooms = rooms_of(slack, person)
    current = next((one for one in rooms if one.id == room), None)
    channel = slack.world.channels.get(room) if current else None
    inside = Inside(slack, person, channel) if channel else None
    home = slack.world.homes.get(person.id)
    return SlackPane(
        person=person,
        rooms=rooms,
        room=current,
        messages=inside.top() if inside else (),
        thread=thread if inside and thread in inside.channel.messages else "",
        thread_messages=inside.thread(thread) if inside and thread else (),
        home={**home.raw, "id": home.id} if home else None,
        at_home=at_home and bool(current and current.group == "apps"),
        modal=modal_of(slack, person.id),
    )


def modal_of(slack: SlackEmulator, person: str) -> Modal | None:
    stack = slack.world.modals.get(person) or []
    if not stack:
        return None
    view = stack[-1]
    return Modal({**view.raw, "id": view.id, "hash": view.hash}, errors_of(slack, view.id))


def errors_of(slack: SlackEmulator, view: str) -> Mapping[str, str]:
    """The newest errors told under the fields of a view, if nothing happened to it since."""
    for entry in reversed(slack.journal.entries[-400:]):
        if entry.platform == "slack" and entry.message == view:
            found = entry.raw.get("errors")
            return found if entry.kind == "modal_error" and isinstance(found, dict) else {}
    return {}


def rooms_of(slack: SlackEmulator, person: Somebody) -> list[Room]:
    """Our own channels, then shared ones, then direct messages and the app."""
    lines = [
        _room(slack, person, channel)
        for channel in slack.world.channels.values()
        if person.id in channel.members and not channel.archived
    ]
    order = {"rooms": 0, "direct": 1, "apps": 2}
    return sorted(lines, key=lambda one: (order[one.group], bool(one.detail), one.name.lower()))


def _room(slack: SlackEmulator, person: Somebody, channel: Channel) -> Room:
    world = slack.world
    if channel.kind in ("im", "mpim"):
        others = [member for member in channel.members if member != person.id]
        name = ", ".join(world.name_of(other) for other in others) or person.name
        bot = any(world.users[other].is_bot for other in others if other in world.users)
        return Room(
            channel.id, name, "apps" if bot else "direct", "", members=len(channel.members)
        )
    mine = world.users[person.id].team
    firms = [world.teams[team].name for team in channel.teams if team != mine]
    return Room(
        id=channel.id,
        name=channel.name,
        group="rooms",
        mark="⇄" if channel.is_shared else _MARKS[channel.kind],
        detail=", ".join(firms),
        members=len(channel.members),
        private=channel.kind == "private",
    )


class Inside:
    """The messages of one channel as one person sees them."""

    def __init__(self, slack: SlackEmulator, person: Somebody, channel: Channel) -> None:
        self._slack, self._person, self.channel = slack, person, channel

    def top(self) -> list[Shown]:
        ids = [ts for ts in self.channel.top[-SHOWN_MESSAGES:] if ts in self.channel.messages]
        found = [self.channel.messages[ts] for ts in ids]
        return self._in_order(found + self._ephemeral(None))

    def thread(self, root: str) -> list[Shown]:
        ids = [root, *self.channel.threads.get(root, [])[-SHOWN_MESSAGES:]]
        found = [self.channel.messages[ts] for ts in ids if ts in self.channel.messages]
        return self._in_order(found + self._ephemeral(root))

    def _ephemeral(self, thread: str | None) -> list[Message]:
        return [
            one
            for one in self.channel.ephemeral.values()
            if one.reader == self._person.id and one.thread == thread
        ]

    def _in_order(self, messages: list[Message]) -> list[Shown]:
        drawn: list[Shown] = []
        for message in sorted(messages, key=lambda one: one.ts):
            one = self._shown(message)
            before = drawn[-1] if drawn else None
            drawn.append(_place(one, before))
        return drawn

    def _shown(self, message: Message) -> Shown:
        raw: dict[str, Any] = dict(message.raw)
        author = str(raw.get("user") or raw.get("bot_id") or "")
        user = self._slack.world.users.get(author)
        named = str(raw.get("username") or "")
        if named == self._slack.app.name:  # in answers to commands: its own name, nobody else's
            raw["username"] = ""
        return Shown(
            id=message.ts,
            author=named or (user.shown if user else author),
            author_id=named or author,
            at=moment_of(message.ts),
            raw=raw,
            by_bot=bool(raw.get("bot_id") or (user and user.is_bot)),
            mine=author == self._person.id,
            edited="edited" in raw,
            ephemeral=message.reader is not None,
            replies=len(self.channel.threads.get(message.ts, ())),
            reactions=tuple(
                (str(one["name"]), int(one["count"]), self._person.id in one.get("users", ()))
                for one in raw.get("reactions", ())
            ),
        )


def _place(one: Shown, before: Shown | None) -> Shown:
    """Whether a new day begins here, or the same person goes on speaking."""
    new_day = before is None or before.at.date() != one.at.date()
    same = (
        before is not None
        and not new_day
        and before.author == one.author
        and before.ephemeral == one.ephemeral
        and one.at - before.at < _SAME_BREATH
    )
    return replace(one, first_of_day=new_day, goes_on=same)
