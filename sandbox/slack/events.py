"""Events as the Events API words them; pure shapes, no sending."""

import secrets

from sandbox.slack.core import Core
from sandbox.slack.world import Channel, Message, Raw, User

# What history knows of a message and its event does not carry.
_ONLY_IN_HISTORY = frozenset(
    {
        "reactions",
        "reply_count",
        "reply_users",
        "reply_users_count",
        "latest_reply",
        "metadata",
        "is_locked",
    }
)


def wrap(core: Core, event: Raw, *, channel: Channel | None, team: str) -> Raw:
    """The outer payload; in a shared channel `team` may be another company than the app's."""
    shared = channel is not None and channel.is_shared
    where = f"-{channel.id}" if channel else ""
    payload: Raw = {
        "token": core.app.verification_token,
        "team_id": team if shared else core.app.team,
        "context_team_id": core.app.team,
        "context_enterprise_id": None,
        "api_app_id": core.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": new_event_id(),
        "event_time": int(str(event["event_ts"]).partition(".")[0]),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": core.app.team,
                "user_id": core.app.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"1-{event['type']}-{core.app.team}{where}",
    }
    return payload


def new_event_id() -> str:
    return "Ev0" + secrets.token_hex(5).upper()


def _bare(raw: Raw) -> Raw:
    return {key: value for key, value in raw.items() if key not in _ONLY_IN_HISTORY}


def _source(core: Core, channel: Channel, raw: Raw) -> Raw:
    """In a shared channel a person's message names their company under further names."""
    author = core.world.users.get(str(raw.get("user", "")))
    if not channel.is_shared or author is None or author.is_bot:
        return {}
    profile = {
        "avatar_hash": "g0",
        "image_72": f"{core.base_url}/slack/icons/user_72.png",
        "first_name": author.real_name.partition(" ")[0],
        "real_name": author.real_name,
        "display_name": author.display_name,
        "team": author.team,
        "name": author.name,
        "is_restricted": False,
        "is_ultra_restricted": False,
    }
    shown: Raw = {"user_team": author.team, "source_team": author.team}
    return {**shown, "user_profile": profile} if core.is_external(author) else shown


def message(core: Core, channel: Channel, new: Message) -> Raw:
    raw = new.raw
    return {
        **_bare(raw),
        **_source(core, channel, raw),
        "channel": channel.id,
        "event_ts": raw["ts"],
        "channel_type": channel.type_name,
    }


def changed(core: Core, channel: Channel, now: Raw, before: Raw, at: str) -> Raw:
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": {**_inner(now), **_source(core, channel, now)},
        "previous_message": _inner(before),
        "channel": channel.id,
        "hidden": True,
        "ts": at,
        "event_ts": at,
        "channel_type": channel.type_name,
    }


def _inner(raw: Raw) -> Raw:
    return {key: value for key, value in raw.items() if key not in ("metadata", "reactions")}


def deleted(channel: Channel, before: Raw, at: str) -> Raw:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": _inner(before),
        "channel": channel.id,
        "hidden": True,
        "deleted_ts": before["ts"],
        "event_ts": at,
        "ts": at,
        "channel_type": channel.type_name,
    }


def mention(new: Raw, channel: Channel) -> Raw:
    kept = {k: v for k, v in _bare(new).items() if k not in ("subtype", "parent_user_id")}
    return {**kept, "type": "app_mention", "channel": channel.id, "event_ts": new["ts"]}


def reaction(channel: Channel, on: Message, who: User, name: str, at: str, *, added: bool) -> Raw:
    """It names no team, neither of the reacting person nor of the message's author."""
    return {
        "type": "reaction_added" if added else "reaction_removed",
        "user": who.id,
        "reaction": name,
        "item": {"type": "message", "channel": channel.id, "ts": on.ts},
        "item_user": on.raw.get("user", "USLACKBOT"),
        "event_ts": at,
    }


def joined(channel: Channel, who: User, inviter: str, at: str) -> Raw:
    return _membership("member_joined_channel", channel, who, at) | {"inviter": inviter}


def left(channel: Channel, who: User, at: str) -> Raw:
    return _membership("member_left_channel", channel, who, at)


def _membership(kind: str, channel: Channel, who: User, at: str) -> Raw:
    return {
        "type": kind,
        "user": who.id,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "public" else "G",
        "team": who.team,
        "event_ts": at,
    }


def removed(channel: Channel, actor: str, at: str) -> Raw:
    """The bot itself was taken out of a channel."""
    kind = "channel_left" if channel.kind == "public" else "group_left"
    return {"type": kind, "channel": channel.id, "actor_id": actor, "event_ts": at}


def renamed(channel: Channel, at: str) -> Raw:
    return {
        "type": "channel_rename" if channel.kind == "public" else "group_rename",
        "channel": {
            "id": channel.id,
            "is_channel": channel.kind == "public",
            "is_mpim": False,
            "name": channel.name,
            "name_normalized": channel.name,
            "created": channel.created,
        },
        "event_ts": at,
    }


def archived(channel: Channel, who: User, at: str) -> Raw:
    """A channel was archived, or opened again."""
    kind = "channel" if channel.kind == "public" else "group"
    what = "archive" if channel.archived else "unarchive"
    return {
        "type": f"{kind}_{what}", "channel": channel.id, "user": who.id, "is_moved": 0,
        "event_ts": at,
    }  # fmt: skip


def home_opened(user: User, channel: str, tab: str, view: Raw | None, at: str) -> Raw:
    event: Raw = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": channel,
        "tab": tab,
        "event_ts": at,
    }
    return {**event, "view": view} if view else event


def user_changed(shown: Raw, at: str) -> Raw:
    stamp = int(at.partition(".")[0])
    return {"type": "user_change", "user": shown, "cache_ts": stamp, "event_ts": at}


def file_shared(channel: Channel, file_id: str, user: str, at: str) -> Raw:
    return {
        "type": "file_shared",
        "file_id": file_id,
        "user_id": user,
        "file": {"id": file_id},
        "channel_id": channel.id,
        "event_ts": at,
    }
