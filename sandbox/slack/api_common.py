"""What several Web API methods do alike: finding channels and messages, cutting pages."""

import base64
import binascii

from sandbox.slack.core import Core
from sandbox.slack.errors import SlackError
from sandbox.slack.stamps import norm_ts
from sandbox.slack.world import Channel, Message, Raw, User


def visible_channel(core: Core, given: str) -> Channel:
    """A channel the app knows of; private ones only from inside."""
    channel = core.world.channels.get(given)
    if channel is None or core.app.team not in channel.teams:
        raise SlackError("channel_not_found")
    if channel.kind != "public" and not core.hears_channel(channel):
        raise SlackError("channel_not_found")
    return channel


def member_channel(core: Core, given: str) -> Channel:
    """A channel the app sits in."""
    channel = visible_channel(core, given)
    if not core.hears_channel(channel):
        raise SlackError("not_in_channel")
    return channel


def find_message(channel: Channel, ts: str, error: str = "message_not_found") -> Message:
    message = channel.messages.get(norm_ts(ts, error))
    if message is None:
        raise SlackError(error)
    return message


def visible_user(core: Core, given: str) -> User:
    """Own people, and those of other companies met in a shared channel."""
    user = core.world.users.get(given)
    if user is None:
        raise SlackError("user_not_found")
    if not core.world.shares_channel(user, core.app.team):
        raise SlackError("user_not_visible")
    return user


def open_dm(core: Core, user: User) -> Channel:
    """The app's conversation with this person, made when first needed."""
    found = core.world.dm_of(user.id)
    if found is not None:
        return found
    return core.world.add_channel(
        Channel(
            id=core.world.new_id("D"),
            name="",
            kind="im",
            members=[user.id, core.app.bot_user],
            teams=[core.app.team],
            created=core.seconds(),
        )
    )


def encode_cursor(mark: str) -> str:
    return base64.b64encode(mark.encode()).decode()


def decode_cursor(cursor: str) -> str:
    try:
        return base64.b64decode(cursor.encode(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_cursor") from None


def page(items: list[Raw], cursor: str, limit: int) -> tuple[list[Raw], str]:
    """One page of a list and the cursor for the next, "" at the end."""
    start = decode_cursor(cursor) if cursor else "0"
    if not start.isdigit():
        raise SlackError("invalid_cursor")
    at = int(start)
    more = at + limit < len(items)
    return items[at : at + limit], encode_cursor(str(at + limit)) if more else ""
