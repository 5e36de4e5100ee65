"""What the page stands on: both emulators, the cast, the clock, and the bot's control API."""

from dataclasses import dataclass

from sandbox.clock import SandboxClock
from sandbox.control import Control
from sandbox.journal import Journal
from sandbox.page.people import People
from sandbox.slack.emulator import SlackEmulator
from sandbox.telegram.emulator import TelegramEmulator
from sandbox.world import Cast


@dataclass
class Stage:
    """One sandbox; `control` is None while no bot is attached."""

    clock: SandboxClock
    journal: Journal
    slack: SlackEmulator
    telegram: TelegramEmulator
    cast: Cast
    base_url: str
    control: Control | None = None
    offset: float = 0.0

    @property
    def people(self) -> People:
        return People(self.slack, self.telegram, self.cast)
