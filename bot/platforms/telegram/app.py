"""The Telegram platform: connects, takes updates by polling or webhook, and sends."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from starlette.routing import BaseRoute
from telegram.error import EndPointNotFound, InvalidToken, TelegramError

from bot.chat import Event, File
from bot.clock import Clock, pause
from bot.errors import ConfigError, Rejected
from bot.platforms import Door, Menus
from bot.platforms.telegram import account, inbound, menus
from bot.platforms.telegram.errors import outcome
from bot.platforms.telegram.files import Fetch
from bot.platforms.telegram.intake import Intake
from bot.platforms.telegram.members import migrated
from bot.platforms.telegram.poll import POLL, Poller
from bot.platforms.telegram.sender import TelegramSender
from bot.platforms.telegram.settings import Me, TelegramSettings
from bot.platforms.telegram.webhook import Webhook

log = logging.getLogger(__name__)

RECONNECT = 5.0  # seconds between tries while Telegram cannot be reached at start


Work = Callable[[], Coroutine[Any, Any, None]]
Solo = Callable[[str, Work], Awaitable[None]]


async def _by_itself(_name: str, work: Work) -> None:
    """Where there is one process only."""
    await work()


async def _nothing_to_fetch(file: File) -> bytes:
    raise Rejected(f"nobody can fetch {file.source}")


class TelegramPlatform:
    """One bot account. `fetch` brings the bytes of files that other platforms or blobs hold.

    `solo` does something while no other process does it: Telegram allows one poller.
    """

    def __init__(
        self,
        settings: TelegramSettings,
        door: Door,
        *,
        fetch: Fetch = _nothing_to_fetch,
        clock: Clock | None = None,
        poll: int = POLL,
        solo: Solo = _by_itself,
    ) -> None:
        self.settings = settings
        self.me = Me(settings.bot_id, prefix=settings.prefix)
        self._door = door
        self._clock = clock or Clock()
        self._account = account.build(settings)
        self._bot = self._account.bot
        self._connected = False
        self._intake = Intake(self._bot, door, self._clock.now)
        self._poller = Poller(self._bot, self._take, poll=poll)
        self._webhook = Webhook(settings, self._take, self._unreadable)
        self._solo = solo
        self._task: asyncio.Task[None] | None = None
        self.sender = TelegramSender(self._bot, fetch, self._chat_migrated)

    async def start(self) -> None:
        """Raises ConfigError on a refused token; while Telegram is away it keeps trying."""
        if self._task is not None:
            raise RuntimeError("the Telegram platform runs already")
        reached = await self._connect()
        self._task = asyncio.create_task(self._run(reached), name="telegram")

    async def stop(self) -> None:
        """What was not committed comes again; start() works again afterwards."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self._intake.close()
        await self._account.close()

    async def reread(self, raw: str) -> list[Event]:
        """The events of a text that was set aside; connects only to learn who we are."""
        try:
            me = await self._account.introduce(self.settings.prefix)
            return inbound.events(json.loads(raw), me, self._clock.now())
        finally:
            await self._account.close()

    async def missing_rights(self, triage: str) -> list[str]:
        """What keeps us from hearing people, or from opening topics, each with its fix."""
        missing = []
        if not self.me.can_read_groups:
            missing.append("privacy mode is on, so ordinary talk in groups is not heard: "
                           "@BotFather, /setprivacy, Disable; then add the bot to its groups "
                           "again")  # fmt: skip
        if self.settings.topics and triage:
            room = await self.sender.room(triage)
            if not room["forum"]:
                missing.append(f"the group {triage} has no topics: turn them on in its settings, "
                               "or set topics = false")  # fmt: skip
            elif not room["rights"].get("can_manage_topics"):
                missing.append(f"no right to manage topics in the group {triage}: group info, "
                               "Administrators, the bot, Manage topics")  # fmt: skip
        return missing

    async def fetch_file(self, source_id: str) -> bytes:
        """The bytes of a file that was sent to us in Telegram."""
        return await self.sender.fetch_file(source_id)

    def http_routes(self) -> list[BaseRoute]:
        return [self._webhook.route()] if self.settings.webhook_url else []

    def learned(self) -> dict[str, str]:
        return {"telegram_bot": self.me.username}

    async def show_menus(self, sets: Menus, managers: Sequence[str]) -> None:
        """See menus.set_menus; command names are given without the prefix."""
        try:
            await menus.set_menus(self._bot, sets, {"manager": managers}, self.settings.prefix)
        except TelegramError as error:
            raise outcome(error) from error

    async def _connect(self) -> bool:
        """Learn who we are and how updates come; False while Telegram cannot be reached."""
        try:
            self.me = await self._account.introduce(self.settings.prefix)
            if self.settings.webhook_url:
                await self._webhook.prepare(self._bot)
            else:
                await self._poller.prepare()
        except (InvalidToken, EndPointNotFound):
            # not chained: the library's message quotes the token
            fault = "TELEGRAM_BOT_TOKEN: Telegram refuses it; take it anew from @BotFather"
            raise ConfigError([fault]) from None
        except TelegramError as error:
            log.warning("Telegram cannot be reached: %s", outcome(error).reason)
            return False
        self._connected = True
        log.info("connected to Telegram as @%s", self.me.username)
        return True

    async def _run(self, reached: bool) -> None:
        while not reached:
            await pause(RECONNECT)
            reached = await self._retry()
        if not self.settings.webhook_url:
            await self._solo("poller:telegram", self._poller.run)

    async def _retry(self) -> bool:
        try:
            return await self._connect()
        except ConfigError as error:
            log.error("%s", error)
            return False

    async def _take(self, update: Any) -> None:
        if not self._connected:
            raise ConnectionError("an update before we know who we are")
        await self._intake.take(update, self.me)

    async def _unreadable(self, raw: str, error: Exception) -> None:
        key = f"telegram:?{hashlib.sha256(raw.encode()).hexdigest()[:16]}"
        await self._door.set_aside("telegram", key, raw, error)

    async def _chat_migrated(self, old: str, new: str) -> None:
        """Learned by a post that failed; the service message may come later or never."""
        await self._door.handle(migrated(old, new, self._clock.now()), "{}")
