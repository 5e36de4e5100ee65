"""Which scope each method asks for."""

from sandbox.slack.core import Core
from sandbox.slack.errors import SlackError
from sandbox.slack.world import Channel

NEEDED: dict[str, str] = {
    "api.test": "",
    "auth.test": "",
    "apps.connections.open": "",
    "bots.info": "users:read",
    "chat.delete": "chat:write",
    "chat.getPermalink": "",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "",
    "conversations.info": "",
    "conversations.join": "channels:join",
    "conversations.list": "",
    "conversations.members": "",
    "conversations.open": "im:write",
    "conversations.replies": "",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "pins.add": "pins:write",
    "reactions.add": "reactions:write",
    "reactions.get": "reactions:read",
    "reactions.remove": "reactions:write",
    "team.info": "team:read",
    "usergroups.list": "usergroups:read",
    "users.conversations": "",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
    "views.open": "",
    "views.publish": "",
    "views.push": "",
    "views.update": "",
}
_PREFIX = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


def need(core: Core, scope: str) -> None:
    """Refuse the call unless the app holds `scope`."""
    if scope and scope not in core.app.scopes:
        raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(core.app.scopes)))


def need_for(core: Core, channel: Channel, act: str) -> None:
    """The :read or :history scope for this kind of conversation."""
    need(core, f"{_PREFIX[channel.kind]}:{act}")


def readable_kinds(core: Core) -> set[str]:
    """The kinds of conversation the app may list at all."""
    return {kind for kind, prefix in _PREFIX.items() if f"{prefix}:read" in core.app.scopes}
