"""The Slack app as Slack's "create from manifest" wants it; every right with its reason."""

from collections.abc import Iterable
from typing import Any

SCOPES: dict[str, str] = {
    "channels:history": "read the public channels we are in, and whether our messages arrived",
    "channels:read": "know a public channel's name, companies and members before linking it",
    "chat:write": "write",
    "chat:write.customize": "write under the manager's name",
    "commands": "slash commands and shortcuts",
    "files:read": "pass on the files that partners send",
    "files:write": "send files",
    "groups:history": "the same in private channels",
    "groups:read": "the same in private channels",
    "im:history": "read what people write to the bot",
    "im:read": "know its direct conversations",
    "im:write": "open a direct conversation",
    "mpim:history": "the same in group conversations",
    "mpim:read": "the same in group conversations",
    "reactions:read": "reactions as answers",
    "team:read": "name the companies of a shared channel",
    "users:read": "names, companies, languages, time zones of people, and whose status says away",
}

EVENTS: tuple[str, ...] = (
    "app_home_opened",
    "channel_archive", "channel_deleted", "channel_id_changed", "channel_left", "channel_rename",
    "channel_shared", "channel_unarchive", "channel_unshared",
    "group_archive", "group_deleted", "group_left", "group_rename", "group_unarchive",
    "member_joined_channel", "member_left_channel",
    "message.channels", "message.groups", "message.im", "message.mpim",
    "reaction_added", "reaction_removed",
    "user_change",
)  # fmt: skip


def manifest(
    commands: Iterable[tuple[str, str, str]],
    *,
    name: str = "Liaison",
    shortcuts: Iterable[tuple[str, str, str, str]] = (),
    request_url: str = "",
) -> dict[str, Any]:
    """`commands` are (word, description, usage hint), `shortcuts` (name, type, callback_id,
    description); without `request_url` the app uses Socket Mode.
    """
    hook: dict[str, Any] = {"request_url": request_url} if request_url else {}
    return {
        "display_information": {"name": name, "description": "Looks after our partners"},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": [_shortcut(*shortcut) for shortcut in shortcuts],
            "slash_commands": [_command(*command, request_url) for command in commands],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {**hook, "bot_events": list(EVENTS)},
            "interactivity": {
                "is_enabled": True,
                **({**hook, "message_menu_options_url": request_url} if request_url else {}),
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": not request_url,
            "token_rotation_enabled": False,
        },
    }


def _command(word: str, description: str, hint: str, url: str) -> dict[str, Any]:
    made = {"command": "/" + word.removeprefix("/"), "description": description}
    optional = {"usage_hint": hint, "url": url}
    return {**made, **{k: v for k, v in optional.items() if v}, "should_escape": True}


def _shortcut(name: str, kind: str, callback_id: str, description: str) -> dict[str, Any]:
    if kind not in ("message", "global"):
        raise ValueError(f"shortcut {name!r} must be of type message or global, not {kind!r}")
    return {"name": name, "type": kind, "callback_id": callback_id, "description": description}
