"""The poll loop: raw updates one by one, confirmed to Telegram only after our commit."""

import logging
import secrets
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot
from telegram.error import Conflict, TelegramError

from bot.clock import monotonic, pause
from bot.errors import DeliveryError, TryLater
from bot.platforms.telegram.errors import outcome
from bot.platforms.telegram.inbound import ALLOWED_UPDATES
from bot.platforms.telegram.intake import update_id

log = logging.getLogger(__name__)

POLL = 50  # seconds that Telegram holds an empty answer; its servers close at about 60
SLACK = 10  # seconds more until we give the connection up
FIRST_WAIT = 0.5  # seconds; doubled at each failure in a row
LONGEST_WAIT = 30.0  # an outage ends unnoticed for no longer than this
EMPTY_PACE = 1.0  # a server that does not hold the poll is asked no oftener than this
WARNING = "Please use 'Bot.getUpdates'"

Take = Callable[[Any], Awaitable[None]]


class Poller:
    """Fetches updates for ever. `take` returns when an update is committed, or raises."""

    def __init__(self, bot: Bot, take: Take, *, poll: int = POLL) -> None:
        self._bot = bot
        self._take = take
        self._poll = poll
        self._offset = 0
        self._failures = 0
        self._conflict = False

    async def prepare(self) -> None:
        """A webhook that is still set would refuse every poll; what waits there is kept."""
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def run(self) -> None:
        """Until cancelled; then the update in hand is not confirmed and comes again."""
        while True:
            started = monotonic()
            try:
                updates = await self._fetch()
                await self._take_all(updates)
            except Exception as error:  # noqa: BLE001 - whatever it is, the loop must go on
                await self._back_off(error)
                continue
            self._recovered()
            if not updates:
                await pause(max(0.0, EMPTY_PACE - (monotonic() - started)))

    async def _fetch(self) -> list[Any]:
        # Told by the library at each call, since it prefers its own parsing, which a single
        # unreadable update stops for ever.
        warnings.filterwarnings("ignore", message=WARNING)
        answer = await self._bot.do_api_request(
            "getUpdates",
            {"offset": self._offset, "timeout": self._poll, "allowed_updates": ALLOWED_UPDATES},
            read_timeout=self._poll + SLACK,
        )
        if not isinstance(answer, list):
            raise TypeError(f"getUpdates answered {type(answer).__name__}")
        return answer

    async def _take_all(self, updates: list[Any]) -> None:
        """The offset moves past each update by itself, so a failure repeats only the rest."""
        nameless = 0
        for update in updates:
            await self._take(update)
            number = update_id(update)
            if number is None:
                nameless += 1
            else:
                self._offset = max(self._offset, number + 1)
        if nameless and nameless == len(updates):
            raise ValueError("only updates without an id: they cannot be confirmed")

    async def _back_off(self, error: Exception) -> None:
        """Exponential with jitter, and never less than Telegram asks for."""
        self._failures += 1
        self._log(error)
        longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self._failures - 1, 10))
        wait = longest * (0.5 + secrets.randbelow(501) / 1000)
        meant = outcome(error) if isinstance(error, TelegramError) else None
        if isinstance(meant, TryLater) and meant.after is not None:
            wait = max(wait, meant.after.total_seconds())
        await pause(wait)

    def _log(self, error: Exception) -> None:
        if isinstance(error, Conflict):
            if not self._conflict:
                log.error(
                    "another program polls this bot's updates: stop it, or use its token here only"
                )
            self._conflict = True
        elif isinstance(error, TelegramError | DeliveryError):
            log.warning(
                "cannot fetch updates (%d in a row): %s", self._failures, outcome(error).reason
            )
        else:
            log.warning("updates are not confirmed (%d in a row)", self._failures, exc_info=error)

    def _recovered(self) -> None:
        if self._conflict:
            log.info("nobody else polls this bot's updates any more")
        self._failures = 0
        self._conflict = False
