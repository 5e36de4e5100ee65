"""The HTTP side: token, method, faults, the call, its row in the record, the answer."""

import asyncio
import inspect
import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from sandbox.faults import Fault, FaultKind
from sandbox.telegram import api_bot, api_chat, api_edit, api_send, api_topics
from sandbox.telegram.core import Core
from sandbox.telegram.drop import drop_connection
from sandbox.telegram.errors import ApiError, flood, forbidden
from sandbox.telegram.files import MAX_DOWNLOAD
from sandbox.telegram.params import Call, checked, method_names, read_call
from sandbox.telegram.record import CallRow
from sandbox.telegram.world import Json

Handler = Callable[[Core, Call], Any]
METHODS: dict[str, Handler] = {
    **api_bot.METHODS,
    **api_send.METHODS,
    **api_edit.METHODS,
    **api_chat.METHODS,
    **api_topics.METHODS,
}
BEFORE: tuple[FaultKind, ...] = ("error_500", "timeout", "slow", "drop_before", "flood", "gone")
AFTER: tuple[FaultKind, ...] = ("drop_after", "slow_after")
UNRECORDED = {"getUpdates", "getMe", "getWebhookInfo"}  # questions; polling would fill the record


class Dropped(Exception):
    """The connection ends without an answer."""


class Server:
    """Answers /bot<token>/<method> and /file/bot<token>/<path> under the prefix."""

    def __init__(self, core: Core, prefix: str = "/telegram") -> None:
        self.core = core
        self.prefix = prefix
        self.delay = 0.0
        core.call = self.call

    def routes(self) -> list[BaseRoute]:
        return [
            Route(f"{self.prefix}/bot{{token}}/{{method:path}}", _Raw(self._api)),
            Route(f"{self.prefix}/file/bot{{token}}/{{path:path}}", _Raw(self._file)),
        ]

    async def call(self, method: str, args: Json) -> Json:
        """One call without HTTP, as a webhook's answer may carry it."""
        name = method_names().get(method.lower())
        try:
            if name is None:
                raise ApiError(404, "Not Found")
            body, _ = await self._done(Call(name, checked(name, args)))
        except ApiError as error:
            return error.body()
        return body

    async def _api(self, request: Request) -> Response:
        try:
            method = self._method(request)
            body = await self._with_faults(request, method)
        except ApiError as error:
            body = error.body()
        if self.delay and request.path_params["method"].lower() != "getupdates":
            await asyncio.sleep(self.delay)
        headers = {}
        if retry_after := body.get("parameters", {}).get("retry_after"):
            headers["Retry-After"] = str(retry_after)
        status = 200 if body["ok"] else body["error_code"]
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return Response(text, status, headers, "application/json")

    def _method(self, request: Request) -> str:
        token = request.path_params["token"]
        if token != self.core.world.bot.token:
            well_formed = token.partition(":")[0].isdigit() and ":" in token
            raise ApiError(401, "Unauthorized") if well_formed else ApiError(404, "Not Found")
        name = method_names().get(request.path_params["method"].lower())
        if name is None or request.method not in ("GET", "POST"):
            raise ApiError(404, "Not Found")
        return name

    async def _with_faults(self, request: Request, method: str) -> Json:
        before = self.core.faults.take(method, *BEFORE)
        if before:
            await self._before(before, method)
        after = self.core.faults.take(method, *AFTER)
        try:
            call = await read_call(request, method)
        except ApiError as error:
            self._record(Call(method, {}), error.body())
            raise
        body, row = await self._done(call)
        if after and after.kind == "drop_after":
            if row:
                row.answered = False
            raise Dropped
        if after:
            await asyncio.sleep(after.seconds)
        return body

    async def _before(self, fault: Fault, method: str) -> None:
        """What happens instead of the call, or (slow) ahead of it."""
        if fault.kind in ("slow", "timeout"):
            await asyncio.sleep(fault.seconds)
        if fault.kind == "slow":
            return
        error = ApiError(500, "Internal Server Error")
        if fault.kind == "flood":
            error = flood(max(1, round(fault.seconds)))
        elif fault.kind == "gone":
            error = forbidden("bot was blocked by the user")
        row = self._record(Call(method, {}), error.body())
        if fault.kind in ("timeout", "drop_before"):
            if row:
                row.answered, row.outcome = False, fault.kind
            raise Dropped
        raise error

    async def _done(self, call: Call) -> tuple[Json, CallRow | None]:
        try:
            handler = METHODS.get(call.method)
            if handler is None:
                words = f"Not Implemented: the sandbox does not emulate {call.method}"
                raise ApiError(501, words)
            result = handler(self.core, call)
            if inspect.isawaitable(result):
                result = await result
            body: Json = {"ok": True, "result": result}
        except ApiError as error:
            body = error.body()
        return body, self._record(call, body)

    def _record(self, call: Call, body: Json) -> CallRow | None:
        if call.method in UNRECORDED and body["ok"]:
            return None
        chat, result = call.args.get("chat_id"), body.get("result")
        message = call.args.get("message_id")
        if isinstance(result, list) and result and isinstance(result[0], dict):
            result = result[0]
        if isinstance(result, dict):
            message = result.get("message_id", message)
        args = dict(call.args)
        if call.uploads:
            args["uploads"] = {n: [u.name, len(u.data)] for n, u in call.uploads.items()}
        outcome = "ok" if body["ok"] else f"{body['error_code']} {body['description']}"
        number = chat if isinstance(chat, int) else None
        return self.core.record.add(call.method, args, number, message, outcome)

    async def _file(self, request: Request) -> Response:
        fault = self.core.faults.take("file", *BEFORE)
        if fault and fault.kind in ("slow", "timeout"):
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind in ("timeout", "drop_before"):
            raise Dropped
        if fault and fault.kind == "error_500":
            return _plain_error(500, "Internal Server Error")
        if request.path_params["token"] != self.core.world.bot.token:
            return _plain_error(401, "Unauthorized")
        for stored in self.core.world.files.values():
            if stored.path == request.path_params["path"] and stored.size <= MAX_DOWNLOAD:
                return Response(stored.data, media_type="application/octet-stream")
        return _plain_error(404, "Not Found")


def _plain_error(code: int, words: str) -> Response:
    return Response(json.dumps(ApiError(code, words).body()), code, media_type="application/json")


class _Raw:
    """An ASGI endpoint that can close the connection without a word."""

    def __init__(self, answer: Callable[[Request], Any]) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._answer(Request(scope, receive))
        except Dropped:
            await drop_connection(send)
            return
        await response(scope, receive, send)
