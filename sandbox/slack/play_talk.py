"""What a person can do in channels: write, attach, edit, delete, react, give commands."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.slack import events, shapes
from sandbox.slack.api_files import FilesApi
from sandbox.slack.delivery import NotDelivered, Parcel
from sandbox.slack.errors import PlayRefused, SlackError
from sandbox.slack.payloads import message_action, shortcut, slash_command
from sandbox.slack.play_base import Outcome, PlayBase
from sandbox.slack.tickets import Ticket
from sandbox.slack.typed import Typed
from sandbox.slack.world import Channel, Message, Raw, User

# What Slack shows when a command failed, by reason.
_ERRORS = {"timeout": "operation_timeout", "http_timeout": "operation_timeout"}


@dataclass(frozen=True)
class Upload:
    """A file somebody attaches. `size` lets a small one claim to be big."""

    name: str
    data: bytes
    mime: str = ""
    size: int = 0


class TalkPlay(PlayBase):
    """Play methods on messages and rooms."""

    files: FilesApi

    async def post(
        self,
        who: str | User,
        where: str | Channel,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[Upload] = (),
        broadcast: bool = False,
        bold: str = "",
    ) -> str:
        """Write a message, some words of it in bold; returns its ts."""
        user, channel = self.inside(who, where)
        if channel.archived:
            raise PlayRefused(f"#{channel.name} is archived.")
        if not text.strip() and not files:
            raise PlayRefused("There is nothing to send.")
        raw = self._written(user, text, bold)
        if thread_ts:
            root = self.seen_message(user, channel, thread_ts)
            thread_ts = root.thread or root.ts
            raw["thread_ts"] = thread_ts
        if files:
            ts = self._attach(channel, user, raw, files, thread_ts or "")
        else:
            if broadcast and thread_ts:
                parent = {
                    k: v for k, v in channel.messages[thread_ts].raw.items() if k != "metadata"
                }
                raw |= {"subtype": "thread_broadcast", "root": parent}
            ts = self.talk.post(channel, raw).ts
        self.remember("play.post", {"user": user.id, "text": text}, channel=channel.id, ts=ts)
        return ts

    async def share(
        self, who: str | User, where: str | Channel, ts: str, to: str | Channel, text: str = ""
    ) -> str:
        """Pass a message on to another channel, perhaps with own words; returns the ts."""
        user, source = self.inside(who, where)
        channel = self.inside(user, to)[1]
        shared = self.seen_message(user, source, ts).raw
        raw = self._written(user, text, "")
        raw["attachments"] = [shapes.shared(self, source, shared)]
        posted = self.talk.post(channel, raw).ts
        self.remember("play.share", {"user": user.id, "text": text}, channel=channel.id, ts=posted)
        return posted

    def _written(self, user: User, text: str, bold: str) -> Raw:
        typed = Typed(self.world, text, user.team, bold)
        raw: Raw = {
            "client_msg_id": _uuid(),
            "type": "message",
            "text": typed.text(),
            "user": user.id,
            "team": user.team,
        }
        if text.strip():
            raw["blocks"] = typed.blocks()
        return raw

    def _attach(
        self, channel: Channel, user: User, raw: Raw, files: Sequence[Upload], thread: str
    ) -> str:
        records = []
        for upload in files:
            size = upload.size or len(upload.data)
            record = self.files.new_file(upload.name, size, user.id, upload.mime)
            record.data, record.complete = upload.data, True
            records.append(record)
        raw["display_as_bot"] = False
        return self.files.share(channel, records, raw, thread)

    async def edit(self, who: str | User, where: str | Channel, ts: str, text: str) -> None:
        user, channel = self.inside(who, where)
        message = self._own(user, channel, ts)
        typed = Typed(self.world, text, user.team)
        self.talk.edit(
            channel, message, {"text": typed.text(), "blocks": typed.blocks()}, by=user.id
        )
        self.remember("play.edit", {"user": user.id, "text": text}, channel=channel.id, ts=ts)

    async def delete(self, who: str | User, where: str | Channel, ts: str) -> None:
        user, channel = self.inside(who, where)
        self.talk.delete(channel, self._own(user, channel, ts))
        self.remember("play.delete", {"user": user.id}, channel=channel.id, ts=ts)

    def _own(self, user: User, channel: Channel, ts: str) -> Message:
        message = self.seen_message(user, channel, ts)
        if message.raw.get("user") != user.id or "bot_id" in message.raw:
            raise PlayRefused(f"That message was not written by {user.shown}.")
        return message

    async def react(self, who: str | User, where: str | Channel, ts: str, name: str) -> None:
        self._reaction(who, where, ts, name, add=True)

    async def unreact(self, who: str | User, where: str | Channel, ts: str, name: str) -> None:
        self._reaction(who, where, ts, name, add=False)

    def _reaction(
        self, who: str | User, where: str | Channel, ts: str, name: str, *, add: bool
    ) -> None:
        user, channel = self.inside(who, where)
        message = self.seen_message(user, channel, ts)
        if message.reader is not None:
            raise PlayRefused("Nobody can react to a message that only one person sees.")
        try:
            self.talk.react(channel, message, user, name.strip(":"), add=add)
        except SlackError as error:
            raise PlayRefused(error.code) from None
        self.remember(
            "play.react", {"user": user.id, "name": name, "add": add}, channel=channel.id, ts=ts
        )

    async def join(self, who: str | User, where: str | Channel, *, inviter: str = "") -> None:
        """Somebody (the app too) comes into a channel."""
        self.rooms.enter(self.room(where), self.user(who), inviter=inviter)

    async def leave(self, who: str | User, where: str | Channel, *, actor: str = "") -> None:
        """Somebody goes; `actor` took them out if it was not they themselves."""
        user = self.user(who)
        self.rooms.leave(self.room(where), user, actor=actor or user.id)

    async def rename(self, where: str | Channel, name: str) -> None:
        self.rooms.rename(self.room(where), name)

    async def archive(
        self, who: str | User, where: str | Channel, *, archived: bool = True
    ) -> None:
        """Somebody archives a channel, or opens it again."""
        self.rooms.archive(self.room(where), self.user(who), archived=archived)

    async def change_user(self, who: str | User, **now: str | bool | int) -> None:
        """Change a profile (status, name, tz, ...); the app hears user_change."""
        user = self.user(who)
        for key, value in now.items():
            if not hasattr(user, key):
                raise PlayRefused(f"A profile has no {key}.")
            setattr(user, key, value)
        shown = shapes.user(self, user, locale=True)
        self.talk.emit(events.user_changed(shown, self.stamp()), None, user.team)

    async def command(
        self,
        who: str | User,
        where: str | Channel,
        command: str,
        text: str = "",
        *,
        thread_ts: str | None = None,
    ) -> Outcome:
        """Give a slash command; what only this person sees of a failure is in `shown`."""
        user, channel = self.inside(who, where)
        if thread_ts:
            return self._told(user, channel, f"{command} is not supported in threads. Sorry!")
        if self.is_external(user) or not self._knows(command):
            return self._told(user, channel, f"{command} is not a valid command.")
        words = Typed(self.world, text, user.team).command_text(self.world)
        payload = slash_command(self, user, channel, command, words)
        ticket = Ticket(channel.id, user.id, "", None, 0.0)
        try:
            answer = await self.ask_app(Parcel("slash_commands", payload, wants_answer=True))
            self.replies.acked(ticket, answer)
        except NotDelivered as problem:
            error = _ERRORS.get(str(problem), "dispatch_failed")
            return self._told(user, channel, f"{command} failed with the error “{error}”")
        except SlackError as error:
            return self._told(user, channel, f"{command} failed with the error “{error.code}”")
        return Outcome(ok=True, answer=answer)

    def _knows(self, command: str) -> bool:
        allowed = self.app.commands
        return "commands" in self.app.scopes and (allowed is None or command in allowed)

    def _told(self, user: User, channel: Channel, text: str) -> Outcome:
        self.screen.toast(user, text, channel.id)
        return Outcome(ok=False, shown=text)

    async def shortcut(
        self,
        who: str | User,
        callback_id: str,
        *,
        message: tuple[str | Channel, str] | None = None,
    ) -> Outcome:
        """Use a global shortcut, or one on a message given as (channel, ts)."""
        user = self.user(who)
        self.ours_only(user, "Shortcuts")
        if message is None:
            payload = shortcut(self, user, callback_id)
        else:
            _, channel = self.inside(user, message[0])
            on = self.seen_message(user, channel, message[1])
            payload = message_action(self, user, callback_id, channel, on)
        try:
            answer = await self.ask_app(Parcel("interactive", payload))
        except NotDelivered:
            text = "Operation timed out. Apps need to respond within 3 seconds."
            self.screen.toast(user, text)
            return Outcome(ok=False, shown=text)
        return Outcome(ok=True, answer=answer)


def _uuid() -> str:
    digits = secrets.token_hex(16)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
