"""The door of the Web API: faults, delay, token, scopes, limits, the method, the record."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.faults import Fault
from sandbox.slack.api_people import check_method
from sandbox.slack.core import Core
from sandbox.slack.errors import SlackError
from sandbox.slack.wire import Args, read_args
from sandbox.slack.world import Raw

Method = Callable[[Args], Raw]


class Dropped(Response):
    """Closes the connection without an answer, as a broken network does."""

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        cycle: Any = getattr(receive, "__self__", None)
        transport = getattr(cycle, "transport", None)
        if transport is None:
            raise ConnectionResetError("a fault closed the connection")
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            continue


class Api:
    """Calls methods by name on the objects that hold them."""

    def __init__(self, core: Core, holders: list[object]) -> None:
        self._core = core
        self._methods: dict[str, Method] = {}
        for holder in holders:
            for name in dir(holder):
                if "_" in name and not name.startswith("_"):
                    self._methods[name.replace("_", ".")] = getattr(holder, name)

    async def endpoint(self, request: Request) -> Response:
        """One call."""
        method = request.path_params["method"]
        fault = self._core.faults.take(
            method,
            "error_500",
            "timeout",
            "slow",
            "drop_before",
            "drop_after",
            "slow_after",
            "flood",
            "gone",
        )
        refused = await self._before(fault, method)
        if refused is not None:
            return refused
        if self._core.delay:
            await asyncio.sleep(self._core.delay)
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        dropped = fault is not None and fault.kind in ("drop_after", "slow_after")
        response = await self._answer(request, method, answered=not dropped)
        if fault is not None and fault.kind == "slow_after":
            await asyncio.sleep(fault.seconds)
        return Dropped() if fault is not None and fault.kind == "drop_after" else response

    async def _before(self, fault: Fault | None, method: str) -> Response | None:
        """The faults that keep the call from being done."""
        if fault is None or fault.kind in ("slow", "drop_after", "slow_after"):
            return None
        answered = fault.kind in ("error_500", "flood", "gone")
        self._core.remember(method, {}, f"fault:{fault.kind}", answered=answered)
        if fault.kind == "error_500":
            return PlainTextResponse("Internal Server Error", 500)
        if fault.kind == "flood":
            self._core.limits.refused[method] += 1
            return _limited(max(1, round(fault.seconds)))
        if fault.kind == "gone":
            return JSONResponse({"ok": False, "error": "channel_not_found"})
        if fault.kind == "timeout":
            await asyncio.sleep(fault.seconds)
        return Dropped()

    async def _answer(self, request: Request, method: str, *, answered: bool) -> Response:
        core = self._core
        args = Args({})
        try:
            args, token = await read_args(request)
            self._authorise(method, token)
            channel = args.text("channel")
            wait = core.limits.wait(method, channel)
            if wait:
                core.remember(method, {}, "ratelimited", channel=channel)
                return _limited(wait)
            body = {"ok": True, **self._methods[method](args)}
        except SlackError as error:
            body = {"ok": False, "error": error.code, **error.extra}
        outcome = "ok" if body["ok"] else str(body["error"])
        channel = str(body.get("channel") or args.text("channel") or args.text("channel_id"))
        core.remember(
            method,
            {
                k: v
                for k, v in args.given.items()
                if k not in ("blocks", "view", "metadata", "attachments")
            },
            outcome,
            channel=channel if isinstance(body.get("channel", ""), str) else args.text("channel"),
            ts=str(
                body.get("ts")
                or body.get("message_ts")
                or args.text("ts")
                or args.text("timestamp")
            ),
            metadata=body["message"].get("metadata")
            if isinstance(body.get("message"), dict)
            else None,
            answered=answered,
        )
        return JSONResponse(body, headers={"x-oauth-scopes": ",".join(sorted(core.app.scopes))})

    def _authorise(self, method: str, token: str) -> None:
        app = self._core.app
        if not token and method != "api.test":
            raise SlackError("not_authed")
        if method == "apps.connections.open":
            if token == app.bot_token:
                raise SlackError("not_allowed_token_type")
            if token != app.app_token:
                raise SlackError("invalid_auth")
        elif token == app.app_token:
            raise SlackError("not_allowed_token_type")
        elif token and token != app.bot_token:
            raise SlackError("invalid_auth")
        check_method(self._core, method)


def _limited(seconds: int) -> Response:
    body = {"ok": False, "error": "ratelimited"}
    return JSONResponse(body, 429, headers={"Retry-After": str(seconds)})
