"""Users, channels, files and companies as the Web API and the events show them."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sandbox.slack.core import Core
from sandbox.slack.world import Channel, FileRecord, Raw, Team, User, View

_LONG_AGO = 1700000000


def user(core: Core, who: User, *, locale: bool = False) -> Raw:
    """users.info's object; people of other companies come without e-mail and as strangers."""
    zone = ZoneInfo(who.tz)
    offset = datetime.now(UTC).astimezone(zone).utcoffset()
    external = core.is_external(who)
    seen: Raw = {
        "id": who.id,
        "team_id": who.team,
        "name": who.name,
        "deleted": who.deleted,
        "color": "9f69e7",
        "real_name": who.real_name,
        "tz": who.tz,
        "tz_label": who.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": _profile(core, who),
        "is_admin": who.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": who.is_bot,
        "is_app_user": False,
        "updated": _LONG_AGO,
        "is_email_confirmed": not external,
        "who_can_share_contact_card": "EVERYONE",
    }
    if external:
        seen["is_stranger"] = True
    if locale:
        seen["locale"] = who.locale
    return seen


def _profile(core: Core, who: User) -> Raw:
    first, _, last = who.real_name.partition(" ")
    shown: Raw = {
        "title": "",
        "phone": "",
        "skype": "",
        "real_name": who.real_name,
        "real_name_normalized": who.real_name,
        "display_name": who.display_name,
        "display_name_normalized": who.display_name,
        "fields": None,
        "status_text": who.status_text,
        "status_emoji": who.status_emoji,
        "status_emoji_display_info": [],
        "status_expiration": who.status_expiration,
        "status_text_canonical": "",
        "avatar_hash": "g0",
        "first_name": first,
        "last_name": last,
        "team": who.team,
    }
    for size in (24, 32, 48, 72, 192, 512):
        shown[f"image_{size}"] = f"{core.base_url}/slack/icons/user_{size}.png"
    if who.is_bot:
        shown |= {"api_app_id": core.app.id, "bot_id": core.app.bot_id, "always_active": True}
    elif "users:read.email" in core.app.scopes and not core.is_external(who):
        shown["email"] = who.email
    return shown


def channel(core: Core, room: Channel, *, count: bool = False) -> Raw:
    """conversations.info's object."""
    if room.kind == "im":
        return _im(core, room)
    others = [team for team in room.teams if team != core.app.team]
    seen: Raw = {
        "id": room.id,
        "name": room.name,
        "is_channel": room.kind == "public",
        "is_group": room.kind == "private",
        "is_im": False,
        "is_mpim": room.kind == "mpim",
        "is_private": room.kind != "public",
        "created": room.created,
        "is_archived": room.archived,
        "is_general": False,
        "unlinked": 0,
        "name_normalized": room.name,
        "is_shared": room.is_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "context_team_id": core.app.team,
        "updated": room.created * 1000,
        "creator": room.creator,
        "is_ext_shared": room.is_shared,
        "shared_team_ids": list(room.teams),
        "pending_connected_team_ids": [],
        "is_member": core.app.bot_user in room.members,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }
    if others:
        seen |= {
            "connected_team_ids": others,
            "internal_team_ids": [core.app.team],
            "conversation_host_id": room.teams[0],
        }
    if count:
        seen["num_members"] = len(room.members)
    return seen


def _im(core: Core, room: Channel) -> Raw:
    other = next((m for m in room.members if m != core.app.bot_user), core.app.bot_user)
    return {
        "id": room.id,
        "created": room.created,
        "is_archived": room.archived,
        "is_im": True,
        "is_org_shared": False,
        "context_team_id": core.app.team,
        "updated": room.created * 1000,
        "user": other,
        "is_user_deleted": core.world.users[other].deleted,
        "priority": 0,
    }


def team(where: Team) -> Raw:
    return {
        "id": where.id,
        "name": where.name,
        "url": f"https://{where.domain}.slack.com/",
        "domain": where.domain,
        "email_domain": "",
        "icon": {"image_default": True},
        "is_verified": False,
    }


def file(core: Core, record: FileRecord, *, shares: bool = False) -> Raw:
    """A file object; with `shares` as files.info tells where it was shown."""
    domain = core.world.teams[record.team].domain
    kind = record.name.rpartition(".")[2].lower() if "." in record.name else "binary"
    base = f"{core.base_url}/slack/files/pri/{record.team}-{record.id}"
    seen: Raw = {
        "id": record.id,
        "created": record.created,
        "timestamp": record.created,
        "name": record.name,
        "title": record.title,
        "mimetype": record.mimetype,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": record.user,
        "user_team": record.team,
        "editable": False,
        "size": record.size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{base}/{_slug(record.name)}",
        "url_private_download": f"{base}/download/{_slug(record.name)}",
        "media_display_type": "unknown",
        "permalink": f"https://{domain}.slack.com/files/{record.user}/{record.id}/{record.name}",
        "permalink_public": f"https://slack-files.com/{record.team}-{record.id}-sandbox",
        "is_starred": False,
        "has_rich_preview": False,
        "file_access": "visible",
    }
    if shares:
        seen |= _shares(core, record)
    return seen


def _slug(name: str) -> str:
    """What of a file's name stands in its address."""
    return re.sub(r"[^a-z0-9.-]+", "_", name.lower()).strip("._") or "file"


def _shares(core: Core, record: FileRecord) -> Raw:
    where: dict[str, dict[str, list[Raw]]] = {}
    kinds: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
    for share in record.shares:
        room = core.world.channels[share["channel"]]
        row = {
            "reply_users": [],
            "reply_users_count": 0,
            "reply_count": 0,
            "ts": share["ts"],
            "channel_name": room.name,
            "team_id": core.app.team,
            "share_user_id": record.user,
            "source": "UNKNOWN",
            "is_silent_share": False,
        }
        if share.get("thread_ts"):
            row["thread_ts"] = share["thread_ts"]
        side = where.setdefault("public" if room.kind == "public" else "private", {})
        side.setdefault(room.id, []).append(row)
        kinds[{"public": "channels", "im": "ims"}.get(room.kind, "groups")].append(room.id)
    return {"shares": where, **kinds}


def stranger_file(record: FileRecord) -> Raw:
    """A file of another company in a shared channel: everything else is behind files.info."""
    return {
        "id": record.id,
        "created": record.created,
        "timestamp": record.created,
        "user": record.user,
        "mode": "file_access",
        "file_access": "check_file_info",
    }


def view(core: Core, shown: View) -> Raw:
    """A view as payloads and answers carry it."""
    raw = shown.raw
    seen: Raw = {
        "id": shown.id,
        "team_id": core.app.team,
        "type": raw["type"],
        "blocks": raw["blocks"],
        "private_metadata": raw.get("private_metadata", ""),
        "callback_id": raw.get("callback_id", ""),
        "state": {"values": shown.values},
        "hash": shown.hash,
        "title": raw.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "clear_on_close": raw.get("clear_on_close", False),
        "notify_on_close": raw.get("notify_on_close", False),
        "close": raw.get("close"),
        "submit": raw.get("submit"),
        "previous_view_id": shown.previous_id,
        "root_view_id": shown.root_id,
        "app_id": core.app.id,
        "external_id": raw.get("external_id", ""),
        "app_installed_team_id": core.app.team,
        "bot_id": core.app.bot_id,
    }
    return seen


def shared(core: Core, source: Channel, raw: Raw) -> Raw:
    """A message as it stands in another one that passes it on; its files go along."""
    author = core.world.users.get(str(raw.get("user", "")))
    name = author.shown if author else str(raw.get("username", core.app.name))
    shown: Raw = {
        "ts": raw["ts"],
        "author_id": author.id if author else core.app.bot_user,
        "channel_id": source.id,
        "is_msg_unfurl": True,
        "is_share": True,
        "author_name": name,
        "author_subname": name,
        "fallback": f"{name}: {raw.get('text', '')}",
        "text": raw.get("text", ""),
        "mrkdwn_in": ["text"],
        "id": 1,
    }
    return shown | ({"files": raw["files"]} if raw.get("files") else {})
