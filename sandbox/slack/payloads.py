"""Interaction payloads and slash commands as Slack words them."""

from sandbox.slack import fields, shapes
from sandbox.slack.core import Core
from sandbox.slack.world import Channel, Message, Raw, User, View


def _base(core: Core, kind: str, user: User) -> Raw:
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "api_app_id": core.app.id,
        "token": core.app.verification_token,
        "team": core.our_team(),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _room(channel: Channel) -> Raw:
    name = {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)
    return {"id": channel.id, "name": name}


def block_actions(
    core: Core,
    user: User,
    action: Raw,
    *,
    on: tuple[Channel, Message] | None = None,
    view: View | None = None,
) -> Raw:
    """A press or a choice, on a message or in a view."""
    payload = _base(core, "block_actions", user)
    payload["trigger_id"] = core.triggers.issue(user.id)
    if on is not None:
        channel, message = on
        payload |= _on_message(core, user, channel, message)
    elif view is not None:
        payload["container"] = {"type": "view", "view_id": view.id}
        payload["view"] = shapes.view(core, view)
    return {**payload, "actions": [action]}


def _on_message(core: Core, user: User, channel: Channel, message: Message) -> Raw:
    ephemeral = message.reader is not None
    container: Raw = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread:
        container["thread_ts"] = message.thread
    values = fields.start(message.raw.get("blocks") or [], message.chosen)
    said = {k: v for k, v in message.raw.items() if k != "metadata"}
    return {
        "container": container,
        "channel": _room(channel),
        **({} if ephemeral else {"message": said}),
        "state": {"values": values},
        "response_url": core.response_urls.issue(channel.id, user.id, message.ts, message.thread),
    }


def view_submission(core: Core, user: User, view: View) -> Raw:
    return {
        **_base(core, "view_submission", user),
        "trigger_id": core.triggers.issue(user.id),
        "view": shapes.view(core, view),
        "response_urls": [],
    }


def view_closed(core: Core, user: User, view: View, *, cleared: bool) -> Raw:
    return {
        **_base(core, "view_closed", user),
        "view": shapes.view(core, view),
        "is_cleared": cleared,
        "response_urls": [],
    }


def block_suggestion(
    core: Core, user: User, element: Raw, block_id: str, query: str, where: tuple[Raw, Raw]
) -> Raw:
    """What somebody typed into an external select; `where` is (container, further keys)."""
    container, more = where
    return {
        **_base(core, "block_suggestion", user),
        "container": container,
        "action_id": element["action_id"],
        "block_id": block_id,
        "value": query,
        **more,
    }


def suggestion_place(
    core: Core, on: tuple[Channel, Message] | None, view: View | None
) -> tuple[Raw, Raw]:
    """Container and further keys of a block_suggestion."""
    if view is not None:
        return {"type": "view", "view_id": view.id}, {"view": shapes.view(core, view)}
    if on is None:
        raise ValueError("a select stands on a message or in a view")
    channel, message = on
    container: Raw = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.reader is not None,
    }
    said = {k: v for k, v in message.raw.items() if k != "metadata"}
    return container, {"channel": _room(channel), "message": said}


def shortcut(core: Core, user: User, callback_id: str) -> Raw:
    """A global shortcut."""
    payload = _base(core, "shortcut", user)
    del payload["api_app_id"]
    return {
        **payload,
        "callback_id": callback_id,
        "trigger_id": core.triggers.issue(user.id),
        "action_ts": core.stamp(),
    }


def message_action(
    core: Core, user: User, callback_id: str, channel: Channel, message: Message
) -> Raw:
    """A message shortcut."""
    said = {k: v for k, v in message.raw.items() if k != "metadata"}
    return {
        **shortcut(core, user, callback_id),
        "type": "message_action",
        "channel": _room(channel),
        "message_ts": message.ts,
        "message": said,
        "response_url": core.response_urls.issue(channel.id, user.id, message.ts, message.thread),
    }


def slash_command(core: Core, user: User, channel: Channel, command: str, text: str) -> Raw:
    team = core.world.teams[user.team]
    return {
        "token": core.app.verification_token,
        "team_id": user.team,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": _room(channel)["name"],
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": core.app.id,
        "is_enterprise_install": "false",
        "response_url": core.response_urls.issue(channel.id, user.id),
        "trigger_id": core.triggers.issue(user.id),
    }
