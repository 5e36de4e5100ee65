"""How Slack and the network fail, and which of the four delivery errors each failure is."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError, SlackRequestError

from bot.errors import DeliveryError, InDoubt, Rejected, TryLater, Unreachable

OPERATOR = timedelta(minutes=5)  # a bad token or a missing scope: only the operator can mend it
BUSY = timedelta(seconds=30)  # Slack says it is not well

_GONE = {"message_not_found", "cant_update_message", "edit_window_closed"}

_UNREACHABLE = {
    "channel_not_found", "is_archived", "not_in_channel", "channel_is_archived", "user_not_found",
    "users_not_found", "user_disabled", "user_not_visible", "user_is_bot", "user_is_restricted",
    "cannot_dm_bot", "cant_dm_bot", "not_allowed_to_dm", "is_inactive", "no_permission",
    "restricted_action", "restricted_action_read_only_channel", "restricted_action_non_threadable",
    "restricted_action_thread_locked", "restricted_action_thread_only_channel",
    "slack_connect_file_upload_sharing_blocked", "slack_connect_blocked_file_type",
    "team_access_not_granted", "team_not_found", "external_channel_migrating",
    "posting_to_general_channel_denied",
    "method_not_supported_for_channel_type",
}  # fmt: skip

_OPERATOR = {
    "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive",
    "missing_scope", "not_allowed_token_type", "no_app", "org_login_required",
    "two_factor_setup_required",
    "ekm_access_denied", "access_denied", "enterprise_is_restricted", "messages_tab_disabled",
    "not_enabled", "deprecated_endpoint", "team_quota_exceeded", "storage_limit_reached",
}  # fmt: skip

# of these, what concerns one feature of the app only must not silence the whole bot
_NARROW = {"messages_tab_disabled", "not_enabled", "missing_scope", "storage_limit_reached"}

_BUSY = {
    "ratelimited", "rate_limited", "accesslimited", "message_limit_exceeded",
    "service_unavailable",
    "team_added_to_org", "request_timeout", "file_upload_in_progress", "hash_conflict",
}  # fmt: skip

_LIMITED = {"ratelimited", "rate_limited"}

# Slack started and cannot say how far it came
_UNSURE = {"internal_error", "fatal_error", "unknown_error"}

_NOT_CONNECTED = (
    aiohttp.ClientConnectorError,  # refused, DNS, TLS, proxy not reachable
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    SlackRequestError,  # the SDK refused before it sent anything
)
_CUT_OFF = (aiohttp.ClientError, asyncio.TimeoutError, OSError, SlackClientError, ValueError)
EXPECTED = (SlackApiError, *_NOT_CONNECTED, *_CUT_OFF)


def translate(error: Exception, *, reading: bool = False) -> DeliveryError:
    """The delivery error that `error` is; a read in doubt is simply tried again."""
    found = _translate(error)
    if reading and isinstance(found, InDoubt):
        return TryLater(found.reason)
    return found


def code_of(error: Exception) -> str:
    """Slack's error word, "" where it gave none."""
    return str(_body(error).get("error", "")) if isinstance(error, SlackApiError) else ""


def _translate(error: Exception) -> DeliveryError:
    if isinstance(error, SlackApiError):
        return _refused(error)
    if isinstance(error, _NOT_CONNECTED):
        return TryLater(f"not connected: {type(error).__name__}", away=True)
    return InDoubt(f"no answer: {type(error).__name__}")


def _refused(error: SlackApiError) -> DeliveryError:
    status, code = _status(error), code_of(error)
    if status == 429 or code in _BUSY:
        limited = status == 429 or code in _LIMITED
        return TryLater(code or "ratelimited", _retry_after(error), limited=limited)
    if code in _OPERATOR:
        return TryLater(_with_needed(error, code), OPERATOR, wide=code not in _NARROW)
    if status >= 500 or not code or code in _UNSURE:
        return InDoubt(code or f"HTTP {status}")
    if code in _UNREACHABLE:
        return Unreachable(code)
    return Rejected(_with_messages(error, code), gone=code in _GONE)


def _body(error: SlackApiError) -> dict[str, Any]:
    data = getattr(error.response, "data", None)
    return data if isinstance(data, dict) else {}


def _status(error: SlackApiError) -> int:
    response = error.response  # of the SDK, or of aiohttp where the body was not JSON
    status = getattr(response, "status_code", getattr(response, "status", 0))
    return int(status or 0)


def _retry_after(error: SlackApiError) -> timedelta:
    told = str((getattr(error.response, "headers", None) or {}).get("Retry-After", ""))
    return timedelta(seconds=int(told)) if told.isascii() and told.isdigit() else BUSY


def _with_needed(error: SlackApiError, code: str) -> str:
    needed = _body(error).get("needed")
    return f"{code} (needs {needed})" if needed else code


def _with_messages(error: SlackApiError, code: str) -> str:
    """Slack names the faulty block in response_metadata.messages."""
    metadata = _body(error).get("response_metadata")
    said = metadata.get("messages") if isinstance(metadata, dict) else None
    return f"{code}: {'; '.join(map(str, said))}" if said else code
