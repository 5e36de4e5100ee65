"""Reads a Web API call as Slack does: query, form and JSON body."""

import json
from typing import Any

from starlette.requests import Request

from sandbox.slack.errors import SlackError
from sandbox.slack.world import Raw


class Args:
    """The arguments of one call, with Slack's lenient typing."""

    def __init__(self, given: Raw, *, was_json: bool = False) -> None:
        self.given = given
        self.was_json = was_json

    def text(self, key: str, default: str = "") -> str:
        value = self.given.get(key)
        return default if value is None else str(value)

    def need(self, key: str, error: str = "invalid_arguments") -> str:
        """An argument without which the call is refused."""
        value = self.text(key)
        if not value:
            messages = [f"[ERROR] missing required field: {key}"]
            raise SlackError(
                error, **({"response_metadata": {"messages": messages}} if "arg" in error else {})
            )
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self.given.get(key)
        if value is None or value == "":
            return default
        return str(value).lower() in ("1", "true")

    def number(self, key: str, default: int, *, most: int = 1000) -> int:
        value = self.text(key)
        if not value:
            return default
        if not value.isdigit() or not 0 < int(value) <= most:
            raise SlackError("invalid_limit")
        return int(value)

    def json(self, key: str, error: str) -> Any:
        """A structure, which may have come as text; None if absent."""
        value = self.given.get(key)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None


async def read_args(request: Request) -> tuple[Args, str]:
    """The arguments and the token, wherever they stood."""
    given: Raw = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    was_json = kind == "application/json"
    if was_json:
        body = await request.body()
        try:
            sent = json.loads(body) if body else {}
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(sent, dict):
            raise SlackError("json_not_object")
        given |= sent
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with request.form() as form:
            given |= {key: value for key, value in form.items() if isinstance(value, str)}
    header = request.headers.get("authorization", "")
    token = header[7:] if header.lower().startswith("bearer ") else str(given.pop("token", ""))
    given.pop("token", None)
    return Args(given, was_json=was_json), token
