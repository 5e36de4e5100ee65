"""Puts the bot together: database, platforms, the loops that send and decide."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.routing import BaseRoute

from bot.chat import Event, File
from bot.clock import Clock
from bot.commands.menus import menus
from bot.commands.table import ARM, DUE, EXPORTS, ROUTES
from bot.config import Config, Environment
from bot.delivery import Courier
from bot.dispatch import Dispatch
from bot.errors import DeliveryError, Rejected
from bot.exporter import AT_ONCE, Exporter
from bot.outbox import Sender
from bot.pace import Pace, paced
from bot.partners.reach import given_up
from bot.partners.restart import resumed
from bot.platforms import Menus
from bot.settings import adopt
from bot.turn import Turn
from bot.worker import Worker
from storage import blobs, claims, partners
from storage.db import Database
from storage.election import Lease, alone

log = logging.getLogger(__name__)


class Platform(Protocol):
    """What the bot needs of Slack or Telegram as a whole."""

    @property
    def sender(self) -> Sender: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def http_routes(self) -> list[BaseRoute]: ...

    async def fetch_file(self, source_id: str) -> bytes: ...

    async def reread(self, raw: str) -> list[Event]: ...

    async def missing_rights(self, triage: str) -> list[str]: ...

    def learned(self) -> dict[str, str]:
        """Settings that only the platform can tell, such as the bot's own name there."""
        ...

    async def show_menus(self, menus: Menus, managers: Sequence[str]) -> None:
        """Have people offered their commands while they type, managers (ids) more of them."""
        ...


@dataclass
class App:
    """The running bot. `pace` is for tests that lift the limits together with the sandbox."""

    environment: Environment
    config: Config
    clock: Clock = field(default_factory=Clock)
    pace: Callable[[], Pace] | None = None
    by: str = "start"

    def __post_init__(self) -> None:
        self.database = Database(self.environment.database_url, self.clock)
        self.dispatch = Dispatch(self.database, self.clock, ROUTES, lambda: self.config)
        self.worker = Worker(self.database, self.clock, DUE.all, lambda: self.config, given_up)
        self.platforms: dict[str, Platform] = {}
        self.couriers: list[Courier] = []
        self.paces: list[Pace] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._beside: list[asyncio.Task[None]] = []  # nothing is lost when they are cut off
        self.up = self.stopping = False

    async def prepare(self) -> None:
        """Adopt the settings and make the platforms, without connecting."""
        self.config = await adopt(
            self.database, self.config, self.by, replace=self.database.sqlite
        )
        self.make_platforms()

    async def start(self) -> None:
        """Connect, resume what is owed and due."""
        if not self.platforms:
            await self.prepare()
        for platform in self.platforms.values():
            pace = self._paced(platform.sender.platform)
            courier = Courier(self.database, self.clock, platform.sender, self.dispatch.answered,
                              resumed=self._resumed, pace=pace)  # fmt: skip
            self.paces.append(pace)
            self.couriers.append(courier)
        self.couriers.append(self._exporter())
        if self.config.translator.url:
            self.couriers.append(self._translator())
        self.database.on_wake("outbox", self.wake_couriers)
        self.database.on_wake("worker", self.worker.wake)
        for platform in self.platforms.values():
            await platform.start()
        self._learn_company()
        await self.arm()
        for courier in self.couriers:
            self._tasks.append(
                asyncio.create_task(self._send(courier), name=f"sender of {courier.platform}")
            )
        self._tasks.append(asyncio.create_task(self.worker.run(), name="worker"))
        self._beside.append(asyncio.create_task(self._show_menus()))
        if not self.database.sqlite:
            self._beside.append(asyncio.create_task(self.database.listen()))
        self.up = True
        log.info("Liaison is up: %s", ", ".join(self.platforms))

    def _exporter(self) -> Courier:
        """Another account, so that no press waits for a file, and a restart makes it anew."""
        sender = Exporter(self.database, lambda: self.config, EXPORTS)
        return Courier(self.database, self.clock, sender, self.dispatch.answered,
                       pace=Pace(in_flight=AT_ONCE))  # fmt: skip

    def _translator(self) -> Courier:
        """One more account that is asked things, so that no press waits for its network."""
        from bot.translator import Translator

        sender = Translator(self.config.translator, self.environment.translator_key)
        return Courier(self.database, self.clock, sender, self.dispatch.answered)

    async def _show_menus(self) -> None:
        """A nicety, so that a failure is only noted."""
        for name, platform in self.platforms.items():
            async with self.database.reading() as session:
                chats = await partners.manager_chats(session, name)
            try:
                await platform.show_menus(menus(ROUTES), chats)
            except DeliveryError as error:
                log.warning("the menus of %s are not set: %s", name, error.reason)

    async def arm(self) -> None:
        """Put what must always stand as due work; what stands already is left or moved."""
        async with self.database.transaction() as (session, now):
            for arm in ARM:
                await arm(Turn(session, now, self.config))

    async def stop(self) -> None:
        """Send nothing new, finish what is in flight, then hang up; the rest stays owed."""
        self.up, self.stopping = False, True
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        for courier in self.couriers:
            courier.stop()
        self.worker.stop()
        for ended in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                log.error("ended with a fault", exc_info=ended)
        for platform in self.platforms.values():
            await platform.stop()
        await self.database.close()

    async def _send(self, courier: Courier) -> None:
        """Only one process sends for a bot account, so what it finds open is an orphan."""
        name = f"sender:{courier.platform}"
        await alone(self.database, name, courier.run, lambda: courier.stopping)

    async def _resumed(self, lease: Lease, doubtful: list[int]) -> None:
        async with self.database.transaction() as (session, now):
            turn, real = Turn(session, now, self.config), self.clock.real()
            await resumed(turn, lease.before, real, clean=lease.clean, doubtful=doubtful)

    async def _solo(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do something that only one of several processes may do: poll Telegram."""
        await alone(self.database, name, lambda _: work(), lambda: self.stopping)

    def _paced(self, platform: str) -> Pace:
        if self.pace is not None:
            return self.pace()
        return paced(platform, self.config.slack.messages_per_minute)

    def wake_couriers(self) -> None:
        for courier in self.couriers:
            courier.wake()

    def wake(self) -> None:
        """Have everybody look again: business time moved, or another process wrote."""
        self.worker.wake()
        self.wake_couriers()

    async def idle(self) -> bool:
        """Whether nothing is due, nothing is on its way and nothing could be sent now."""
        if self.worker.working or any(courier.busy for courier in self.couriers):
            return False
        async with self.database.reading() as session:
            now, real = self.clock.now(), self.clock.real()
            return await claims.idle(session, now, real)

    def broken(self) -> list[str]:
        """Loops that have ended though nobody stopped them."""
        if self.stopping:
            return []
        return [f"{task.get_name()} has ended" for task in self._tasks if task.done()]

    def http_routes(self) -> list[BaseRoute]:
        """Routes of those platforms that call us; empty with Socket Mode and polling."""
        return [route for platform in self.platforms.values() for route in platform.http_routes()]

    def make_platforms(self) -> None:
        """Without connecting. A platform that is not configured is not even imported."""
        given, prefix = self.environment, self.config.command_prefix
        if given.slack_bot_token:
            from bot.platforms.slack.app import SlackPlatform, SlackSettings

            slack = SlackSettings(
                bot_token=given.slack_bot_token, app_token=given.slack_app_token,
                signing_secret=given.slack_signing_secret, api_url=given.slack_api_url,
                proxy=given.slack_proxy, prefix=prefix,
            )  # fmt: skip
            self.platforms["slack"] = SlackPlatform(
                slack, self.dispatch, clock=self.clock, fetch=self._fetch,
                save_progress=self._save_progress,
            )  # fmt: skip
        if given.telegram_bot_token:
            from bot.platforms.telegram.app import TelegramPlatform
            from bot.platforms.telegram.settings import TelegramSettings

            telegram = TelegramSettings(
                token=given.telegram_bot_token, api_url=given.telegram_api_url,
                proxy=given.telegram_proxy, webhook_url=given.telegram_webhook_url,
                webhook_secret=given.telegram_webhook_secret, prefix=prefix,
                topics=self.config.telegram.topics,
            )  # fmt: skip
            self.platforms["telegram"] = TelegramPlatform(
                telegram, self.dispatch, fetch=self._fetch, clock=self.clock, solo=self._solo
            )

    def take(self, config: Config) -> None:
        """Go by other settings from now on."""
        self.config = config
        self._learn_company()

    def _learn_company(self) -> None:
        learned = [platform.learned() for platform in self.platforms.values()]
        update = {name: value for one in learned for name, value in one.items()}
        self.config = self.config.model_copy(update=update)

    async def _save_progress(self, row_id: int, progress: str) -> None:
        async with self.database.marking() as session:
            await claims.save_progress(session, row_id, progress)

    async def _fetch(self, file: File) -> bytes:
        """The bytes of a file, wherever it is kept; raises the delivery errors."""
        kind, _, name = file.source.partition(":")
        if kind == "blob":
            async with self.database.reading() as session:
                return await blobs.load(session, int(name))
        if kind not in self.platforms:
            raise Rejected(f"no way to fetch {file.source}")
        return await self.platforms[kind].fetch_file(name)
