"""chat.*: posting, changing and deleting the app's messages."""

from typing import Any

from sandbox.slack import lengths, scopes
from sandbox.slack.api_common import find_message, member_channel, open_dm, visible_channel
from sandbox.slack.blocks import check_blocks
from sandbox.slack.core import Core
from sandbox.slack.errors import SlackError
from sandbox.slack.stamps import norm_ts
from sandbox.slack.talk import Talk
from sandbox.slack.wire import Args
from sandbox.slack.world import Channel, Raw


class ChatApi:
    """The methods by their names, dots as underscores."""

    def __init__(self, core: Core, talk: Talk) -> None:
        self._core, self._talk = core, talk

    def chat_postMessage(self, args: Args) -> Raw:
        channel = self._target(args.need("channel", "channel_not_found"))
        raw = {**self._speaker(args), **content(args)}
        metadata = _metadata(args)
        if metadata:
            raw["metadata"] = metadata
        raw |= self._thread(channel, args)
        message = self._talk.post(channel, raw)
        return {"channel": channel.id, "ts": message.ts, "message": {**message.raw}}

    def chat_postEphemeral(self, args: Args) -> Raw:
        channel = self._target(args.need("channel", "channel_not_found"))
        reader = args.need("user", "user_not_in_channel")
        if reader not in channel.members:
            raise SlackError("user_not_in_channel")
        raw = {**self._speaker(args), **content(args), **self._thread(channel, args)}
        message = self._talk.post(channel, raw, reader=reader)
        return {"message_ts": message.ts}

    def chat_update(self, args: Args) -> Raw:
        channel = member_channel(self._core, args.need("channel", "channel_not_found"))
        message = find_message(channel, args.need("ts", "message_not_found"))
        if message.raw.get("bot_id") != self._core.app.bot_id:
            raise SlackError("cant_update_message")
        now = content(args, update=True)
        metadata = _metadata(args)
        if metadata:
            now["metadata"] = metadata
        self._talk.edit(channel, message, now, by=self._core.app.bot_user)
        text = message.raw["text"]
        return {"channel": channel.id, "ts": message.ts, "text": text, "message": {**message.raw}}

    def chat_delete(self, args: Args) -> Raw:
        channel = member_channel(self._core, args.need("channel", "channel_not_found"))
        message = find_message(channel, args.need("ts", "message_not_found"))
        if message.raw.get("bot_id") != self._core.app.bot_id:
            raise SlackError("cant_delete_message")
        self._talk.delete(channel, message)
        return {"channel": channel.id, "ts": message.ts}

    def chat_getPermalink(self, args: Args) -> Raw:
        channel = visible_channel(self._core, args.need("channel", "channel_not_found"))
        message = find_message(channel, args.need("message_ts", "message_not_found"))
        link = self._core.permalink(channel, message.ts, message.thread)
        return {"channel": channel.id, "permalink": link}

    def _target(self, given: str) -> Channel:
        """Where to post: a channel, or a person whose conversation is opened."""
        core = self._core
        user = core.world.users.get(given)
        if user is not None:
            if core.is_external(user) or user.is_bot:
                raise SlackError("channel_not_found")
            return open_dm(core, user)
        channel = member_channel(core, self._by_name(given))
        if channel.archived:
            raise SlackError("is_archived")
        return channel

    def _by_name(self, given: str) -> str:
        if not given.startswith("#"):
            return given
        rooms = self._core.world.channels.values()
        return next((room.id for room in rooms if room.name == given[1:]), given)

    def _thread(self, channel: Channel, args: Args) -> Raw:
        thread = args.text("thread_ts")
        if not thread:
            return {}
        root = norm_ts(thread, "invalid_thread_ts")
        found = channel.find(root)
        if found is None:
            raise SlackError("thread_not_found")
        if args.flag("reply_broadcast"):
            parent = {k: v for k, v in found.raw.items() if k != "metadata"}
            return {"thread_ts": root, "subtype": "thread_broadcast", "root": parent}
        return {"thread_ts": root}

    def _speaker(self, args: Args) -> Raw:
        app = self._core.app
        username, icon = args.text("username"), args.text("icon_url")
        emoji = args.text("icon_emoji")
        if username or icon or emoji:
            scopes.need(self._core, "chat:write.customize")
            icons = {"emoji": emoji} if emoji else {"image_48": icon} if icon else {}
            named: Raw = {"username": username or app.name, "bot_id": app.bot_id, "app_id": app.id}
            return {
                "type": "message",
                "subtype": "bot_message",
                **named,
                **({"icons": icons} if icons else {}),
            }
        return {
            "user": app.bot_user,
            "type": "message",
            "bot_id": app.bot_id,
            "app_id": app.id,
            "team": app.team,
            "bot_profile": self._core.bot_profile(),
        }


def content(args: Args, *, update: bool = False) -> Raw:
    """Text, blocks and attachments of a call; an update without blocks loses the old ones."""
    blocks = args.json("blocks", "invalid_blocks_format")
    attachments = args.json("attachments", "invalid_attachments")
    markdown = args.text("markdown_text")
    text = args.text("text") or markdown
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    if markdown and (blocks or args.text("text")):
        raise SlackError("markdown_text_conflict")
    if len(text) > lengths.MAX_TEXT or len(markdown) > 12_000:
        raise SlackError("msg_too_long")
    said: Raw = {"text": text}
    if blocks is not None:
        said["blocks"] = check_blocks(blocks)
    elif update:
        said["blocks"] = None
    if attachments is not None:
        said["attachments"] = _attachments(attachments)
    return {
        key: value
        for key, value in said.items()
        if value is not None or (key == "blocks" and update)
    }


def _attachments(given: Any) -> list[Raw]:
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise SlackError("invalid_attachments")
    if len(given) > lengths.MAX_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    checked = []
    for number, item in enumerate(given, start=1):
        blocks = {"blocks": check_blocks(item["blocks"])} if "blocks" in item else {}
        checked.append({"id": number, "fallback": "[no preview available]", **item, **blocks})
    return checked


def _metadata(args: Args) -> Raw | None:
    given = args.json("metadata", "invalid_metadata_format")
    if given is None:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("event_type"), str):
        raise SlackError("invalid_metadata_format")
    if not isinstance(given.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    return {"event_type": given["event_type"], "event_payload": given["event_payload"]}
