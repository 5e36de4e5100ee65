"""What python-telegram-bot raises, as the four ways in which a delivery can fail: one table."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.errors import (
    NO_RIGHT,
    NO_TOPICS,
    TOPIC_GONE,
    DeliveryError,
    InDoubt,
    Rejected,
    TryLater,
    Unreachable,
)

# the connection never stood, so nothing was sent; everything later is in doubt
UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
BAD_TOKEN = timedelta(minutes=1)  # nothing is lost by a bad token; the operator must mend it
MIGRATED = timedelta(seconds=2)  # until the rows of the old chat are moved to the new one

# parts of descriptions of 400s that speak of the chat, not of the message
GONE_CHATS = (
    "chat not found",
    "chat_id_invalid",
    "peer_id_invalid",
    "user not found",
    "user_id_invalid",
    "user is deactivated",
    "user_is_blocked",
    "input_user_deactivated",
    "bot was kicked",
    "bot was blocked",
    "bot is not a member",
    "group is deactivated",
    "group chat was deactivated",
    "group chat was deleted",
    "group chat was upgraded",
    "thread not found",
    "topic_deleted",
    "topic_closed",
    "topic_id_invalid",
    "not enough rights to send",
    "have no rights to send",
    "chat_write_forbidden",
    "chat_restricted",
    "channel_private",
    "bot can't initiate conversation",
)
# parts of descriptions of 400s that say: what should be edited or deleted is not there any more
GONE_MESSAGES = (
    "message to edit not found",
    "message can't be edited",
    "message to delete not found",
    "message can't be deleted",
    "message_id_invalid",
    "there is no text in the message to edit",
)
UNCHANGED = "message is not modified"
UNCHANGED_TOPIC = "topic_not_modified"
# parts of what is said of a topic, and what they mean; all else is told as it stands
TOPICS = (
    ("not enough rights", NO_RIGHT),
    ("chat_admin_required", NO_RIGHT),
    ("not a forum", NO_TOPICS),
    ("forum_missing", NO_TOPICS),
    ("thread not found", TOPIC_GONE),
    ("topic_id_invalid", TOPIC_GONE),
    ("topic_deleted", TOPIC_GONE),
)
TOO_MANY = "too many requests"
NO_ENTRY = "Telegram refuses the bot's token"
TOO_LARGE = "request entity too large"


def _flood(error: RetryAfter) -> DeliveryError:
    after = error.retry_after
    after = after if isinstance(after, timedelta) else timedelta(seconds=after)
    return TryLater(f"Telegram asks to wait {after}", after, limited=True)


def _bad_request(message: str) -> DeliveryError:
    said = message.lower()
    if any(part in said for part in GONE_CHATS):
        return Unreachable(message)
    return Rejected(message, gone=any(part in said for part in GONE_MESSAGES))


def _network(error: NetworkError) -> DeliveryError:
    said = error.message.lower()
    if isinstance(error.__cause__, UNSENT):
        return TryLater(f"not connected: {type(error.__cause__).__name__}", away=True)
    if said.startswith(TOO_MANY):
        return TryLater(error.message, wide=True)
    if said.startswith(TOO_LARGE):
        return Rejected(error.message)
    cause = f" ({type(error.__cause__).__name__})" if error.__cause__ else ""
    return InDoubt(f"{error.message}{cause}")


# the first row that fits decides; BadRequest is a NetworkError, and so stands before it
TABLE: tuple[tuple[type[Exception], Callable[[Any], DeliveryError]], ...] = (
    (DeliveryError, lambda error: error),
    (RetryAfter, _flood),
    (ChatMigrated, lambda e: TryLater(f"the group became {e.new_chat_id}", MIGRATED)),
    (InvalidToken, lambda _: TryLater(NO_ENTRY, BAD_TOKEN, wide=True)),
    (EndPointNotFound, lambda _: TryLater(NO_ENTRY, BAD_TOKEN, wide=True)),
    (Conflict, lambda error: TryLater(error.message, wide=True)),
    (Forbidden, lambda error: Unreachable(error.message)),
    (BadRequest, lambda error: _bad_request(error.message)),
    (NetworkError, _network),
    (TelegramError, lambda error: InDoubt(error.message)),
    (Exception, lambda error: InDoubt(f"unreadable answer: {type(error).__name__}")),
)


def outcome(error: Exception) -> DeliveryError:
    """The delivery error that `error` means; what is not known may have been sent."""
    return next(make(error) for kind, make in TABLE if isinstance(error, kind))


def is_unchanged(error: BaseException | None) -> bool:
    """An edit that changes nothing has done what it should."""
    return isinstance(error, BadRequest) and UNCHANGED in error.message.lower()


def is_unchanged_topic(error: DeliveryError) -> bool:
    return UNCHANGED_TOPIC in error.reason.lower()


def of_topic(error: DeliveryError) -> DeliveryError:
    """A refusal that speaks of topics, in words that the tickets know; any other as it is."""
    found = (mark for part, mark in TOPICS if part in error.reason.lower())
    mark = next(found, "") if isinstance(error, Rejected | Unreachable) else ""
    return Rejected(f"{mark}: {error.reason}") if mark else error
