"""HTTP mode: signed POSTs to the app's request URL."""

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.core import Timing
from sandbox.slack.delivery import NoRetry, NotDelivered, Parcel
from sandbox.slack.world import Raw

_NAMES = {"timeout": "http_timeout"}


class HttpDelivery:
    """The Transport for request URLs."""

    def __init__(self, url: str, signing_secret: str, timing: Timing) -> None:
        self.arrived = asyncio.Event()
        self.url = url
        self._secret, self._timing = signing_secret, timing
        self._session: aiohttp.ClientSession | None = None

    async def carry(self, parcel: Parcel) -> Raw | None:
        """One POST; NotDelivered with Slack's retry reason unless a 2xx came in time."""
        headers = {}
        if parcel.kind == "events_api" and parcel.attempt:
            headers = {
                "x-slack-retry-num": str(parcel.attempt),
                "x-slack-retry-reason": _NAMES.get(parcel.reason, parcel.reason),
            }
        body, content_type = _body(parcel)
        return await self._post(body, {**headers, "Content-Type": content_type})

    async def verify_url(self) -> bool:
        """What Slack does when a request URL is entered: does it give the challenge back."""
        challenge = secrets.token_urlsafe(16)
        body = json.dumps({"token": "sandbox", "challenge": challenge, "type": "url_verification"})
        answer = await self._post(body, {"Content-Type": "application/json"})
        return answer in ({"challenge": challenge}, {"text": challenge})

    async def _post(self, body: str, headers: dict[str, str]) -> Raw | None:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        limit = aiohttp.ClientTimeout(total=self._timing.ack)
        try:
            async with self._session.post(
                self.url, data=body.encode(), headers=self._signed(body, headers), timeout=limit
            ) as response:
                text = await response.text()
                if not response.ok and response.headers.get("x-slack-no-retry") == "1":
                    raise NoRetry("http_error")
                if not response.ok:
                    raise NotDelivered("http_error")
                return _answer(text)
        except TimeoutError:
            raise NotDelivered("http_timeout") from None
        except aiohttp.ClientError:
            raise NotDelivered("connection_failed") from None

    def _signed(self, body: str, headers: dict[str, str]) -> dict[str, str]:
        stamp = str(int(time.time()))
        base = f"v0:{stamp}:{body}".encode()
        digest = hmac.new(self._secret.encode(), base, hashlib.sha256).hexdigest()
        return {
            **headers,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _body(parcel: Parcel) -> tuple[str, str]:
    form = "application/x-www-form-urlencoded"
    if parcel.kind == "events_api":
        return json.dumps(parcel.payload), "application/json"
    if parcel.kind == "slash_commands":
        return urlencode(parcel.payload), form
    return urlencode({"payload": json.dumps(parcel.payload)}), form


def _answer(text: str) -> Raw | None:
    if not text.strip():
        return None
    try:
        answer = json.loads(text)
    except ValueError:
        return {"text": text}
    return answer if isinstance(answer, dict) else {"text": text}
