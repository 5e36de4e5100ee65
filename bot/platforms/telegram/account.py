"""The bot's account: one library Bot with timeouts of ours, and no token in any log."""

import logging
import ssl
from dataclasses import dataclass
from functools import lru_cache

import httpx
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.platforms.telegram.settings import Me, TelegramSettings

CONNECT = 5.0  # seconds; a connection that does not stand by then is surely not sent
READ = 30.0  # Telegram answers in well under a second; long enough not to doubt a slow one
WRITE = 30.0
MEDIA_WRITE = 120.0  # 50 MB over a slow line
CONNECTIONS = 256  # more than are ever in flight, so that nobody waits for the pool


@dataclass(frozen=True, slots=True)
class Account:
    """The library's Bot, and its connections, which it closes only if it ever reached Telegram."""

    bot: Bot
    connections: tuple[HTTPXRequest, HTTPXRequest]

    async def introduce(self, prefix: str) -> Me:
        """Ask Telegram who the bot is."""
        for connection in self.connections:  # a Bot that was closed does not reopen them itself
            await connection.initialize()
        await self.bot.initialize()
        user = await self.bot.get_me()
        groups = bool(user.can_read_all_group_messages)
        return Me(str(user.id), user.username or "", groups, prefix)

    async def close(self) -> None:
        for connection in self.connections:
            await connection.shutdown()


def build(settings: TelegramSettings) -> Account:
    """No network yet. Polling has connections of its own, which no burst of posts can take."""
    for name in ("httpx", "httpcore", "telegram"):  # they log URLs, which hold the token
        logging.getLogger(name).setLevel(logging.WARNING)
    posting, polling = _request(settings, CONNECTIONS), _request(settings, 2)
    bot = Bot(
        settings.token,
        base_url=settings.base_url,
        base_file_url=settings.base_file_url,
        request=posting,
        get_updates_request=polling,
    )
    return Account(bot, (posting, polling))


def _request(settings: TelegramSettings, connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=CONNECT,
        read_timeout=READ,
        write_timeout=WRITE,
        pool_timeout=READ,
        media_write_timeout=MEDIA_WRITE,
        proxy=settings.proxy or None,
        httpx_kwargs={"verify": _trusted()},
    )


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The authorities, read once for all connections: it takes longer than all else of a start."""
    return httpx.create_ssl_context()
