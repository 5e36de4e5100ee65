"""Asks a translation service that speaks LibreTranslate's HTTP: one more account of the outbox."""

import asyncio
from typing import Any

import aiohttp

from bot.config import TranslatorSettings
from bot.outbox import OnlyAsked, Parcel

PLATFORM = "translator"
PATIENCE = 20.0  # seconds; whoever pressed waits, so a failure is told rather than tried again
LARGEST = 100_000  # bytes of an answer


class Translator(OnlyAsked):
    """A Sender of answers. `key` is the service's, where it wants one."""

    platform = PLATFORM
    slowest = PATIENCE

    def __init__(self, settings: TranslatorSettings, key: str) -> None:
        self._settings, self._key = settings, key

    async def ask(self, parcel: Parcel) -> dict[str, Any]:
        """{"text": …}, or {"fault": …} when there is none to be had now."""
        try:
            return {"text": await self._translate(parcel.question)}
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return {"fault": f"{type(error).__name__}: {error}"[:200]}

    async def _translate(self, question: dict[str, Any]) -> str:
        asked = {"q": question["text"], "source": "auto", "format": "text",
                 "target": self._settings.chinese if question["to"] == "zh" else "en"}  # fmt: skip
        if self._key:
            asked["api_key"] = self._key
        url = f"{self._settings.url.rstrip('/')}/translate"
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession(trust_env=True) as session,
            session.post(url, json=asked, raise_for_status=True) as response,
        ):
            if (response.content_length or 0) > LARGEST:
                raise ValueError("the answer is too long")
            told = await response.json()
        text = told.get("translatedText") if isinstance(told, dict) else None
        if not isinstance(text, str) or not text.strip():
            raise ValueError("no translatedText in the answer")
        return text
