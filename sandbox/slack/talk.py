"""What happens to messages, whoever does it: stored, shown, and told to the app."""

import copy
from typing import Any

from sandbox.slack import events
from sandbox.slack.core import Core
from sandbox.slack.delivery import Delivery
from sandbox.slack.errors import SlackError
from sandbox.slack.world import Channel, Message, Raw, User


class Talk:
    """Messages, edits, deletions and reactions in channels."""

    def __init__(self, core: Core, delivery: Delivery) -> None:
        self._core = core
        self._delivery = delivery

    def emit(self, event: Raw, channel: Channel | None, team: str = "") -> None:
        """Tell the app, if it subscribed and sits in the channel."""
        core = self._core
        if not core.app.hears(event):
            return
        if channel is not None and not core.hears_channel(channel):
            return
        self._delivery.event(events.wrap(core, event, channel=channel, team=team or core.app.team))

    def post(self, channel: Channel, raw: Raw, *, reader: str | None = None) -> Message:
        """A new message with a new ts."""
        core = self._core
        message = Message({**raw, "ts": core.stamp()}, reader)
        self._join_thread(channel, message)
        channel.keep(message)
        core.screen.message("new", channel, message)
        if reader is None:
            self.emit(events.message(core, channel, message), channel, self._team(raw))
            if f"<@{core.app.bot_user}>" in str(raw.get("text", "")) and "bot_id" not in raw:
                self.emit(events.mention(message.raw, channel), channel, self._team(raw))
        return message

    def _team(self, raw: Raw) -> str:
        author = self._core.world.users.get(str(raw.get("user", "")))
        return author.team if author else self._core.app.team

    def _join_thread(self, channel: Channel, message: Message) -> None:
        thread = message.thread
        if thread is None:
            return
        root = channel.find(thread)
        if root is None:
            raise SlackError("thread_not_found")
        if root.thread is not None:
            raise SlackError("cannot_reply_to_message")
        message.raw["parent_user_id"] = root.raw.get("user", self._core.app.bot_user)
        if message.reader is None and root.reader is None:
            self._count_reply(channel, root, message)

    def _count_reply(self, channel: Channel, root: Message, message: Message) -> None:
        who = message.raw.get("user") or message.raw.get("bot_id")
        users: list[Any] = root.raw.get("reply_users", [])
        if who not in users:
            users = [*users, who]
        root.raw |= {
            "thread_ts": root.ts,
            "reply_count": len(channel.threads.get(root.ts, [])) + 1,
            "reply_users_count": len(users),
            "latest_reply": message.ts,
            "reply_users": users,
            "is_locked": False,
            "subscribed": self._core.app.bot_user in users,
        }

    def edit(self, channel: Channel, message: Message, now: Raw, *, by: str) -> None:
        """Replace what is said; `now` holds the new keys, a None takes one away."""
        before = copy.deepcopy(message.raw)
        at = self._core.stamp()
        message.raw.update(now)
        for key in [key for key, value in now.items() if value is None]:
            del message.raw[key]
        message.raw["edited"] = {"user": by, "ts": f"{at.partition('.')[0]}.000000"}
        message.chosen = {}
        self._core.screen.message("edit", channel, message)
        if message.reader is None:
            event = events.changed(self._core, channel, message.raw, before, at)
            self.emit(event, channel, self._team(message.raw))

    def delete(self, channel: Channel, message: Message) -> None:
        """Gone from all screens; a thread's root with answers leaves a tombstone."""
        at = self._core.stamp()
        before = message.raw
        self._core.screen.message("delete", channel, message)
        if message.reader is None and channel.threads.get(message.ts):
            message.raw = _tombstone(before)
            event = events.changed(self._core, channel, message.raw, before, at)
        else:
            channel.forget(message)
            self._uncount_reply(channel, message)
            event = events.deleted(channel, before, at)
        if message.reader is None:
            self.emit(event, channel, self._team(before))

    def _uncount_reply(self, channel: Channel, message: Message) -> None:
        root = channel.messages.get(message.thread or "")
        if root is not None:
            left = channel.threads.get(root.ts, [])
            root.raw["reply_count"] = len(left)
            if left:
                root.raw["latest_reply"] = left[-1]

    def react(
        self, channel: Channel, message: Message, who: User, name: str, *, add: bool
    ) -> None:
        """Add or take back a reaction."""
        reactions: list[Raw] = message.raw.setdefault("reactions", [])
        mine = next((r for r in reactions if r["name"] == name), None)
        there = mine is not None and who.id in mine["users"]
        if add == there:
            if not reactions:
                del message.raw["reactions"]
            raise SlackError("already_reacted" if add else "no_reaction")
        if mine is None:
            mine = {"name": name, "users": [], "count": 0}
            reactions.append(mine)
        mine["users"] = (
            [*mine["users"], who.id] if add else [u for u in mine["users"] if u != who.id]
        )
        mine["count"] = len(mine["users"])
        message.raw["reactions"] = [r for r in reactions if r["count"]]
        if not message.raw["reactions"]:
            del message.raw["reactions"]
        self._core.screen.reaction(channel, message, who, name, added=add)
        event = events.reaction(channel, message, who, name, self._core.stamp(), added=add)
        self.emit(event, channel, who.team)


def _tombstone(before: Raw) -> Raw:
    kept = (
        "type",
        "ts",
        "thread_ts",
        "reply_count",
        "reply_users_count",
        "latest_reply",
        "reply_users",
    )
    gone: Raw = {key: before[key] for key in kept if key in before}
    return {
        **gone,
        "subtype": "tombstone",
        "text": "This message was deleted.",
        "user": "USLACKBOT",
        "hidden": True,
        "is_locked": False,
    }
