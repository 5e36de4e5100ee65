"""What the Telegram adapter is told at start, and what it learns of itself from getMe."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # what Telegram takes as a webhook's secret_token
TOKEN = re.compile(r"(\d+):[\w-]+")
PREFIX = re.compile(r"[a-z0-9_]{0,16}")


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """`api_url` is the part before /bot<token>/. Without a webhook URL updates are polled."""

    token: str = field(repr=False)
    api_url: str = "https://api.telegram.org"
    proxy: str = field(
        default="", repr=False
    )  # http://, https:// or socks5://, maybe with password
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    prefix: str = ""
    topics: bool = False  # tickets have topics of their own in the team's group

    def __post_init__(self) -> None:
        if not TOKEN.fullmatch(self.token):
            raise ValueError(
                "the Telegram token must look like 123456:ABC..., as @BotFather gave it"
            )
        if self.webhook_url and not SECRET.fullmatch(self.webhook_secret):
            raise ValueError(
                "a Telegram webhook needs a secret of 1 to 256 characters A-Z a-z 0-9 _ -"
            )
        if not PREFIX.fullmatch(self.prefix):
            raise ValueError(f"prefix {self.prefix!r}: Telegram's commands take only a-z 0-9 _")

    @property
    def base_url(self) -> str:
        return f"{self.api_url.rstrip('/')}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.api_url.rstrip('/')}/file/bot"

    @property
    def webhook_path(self) -> str:
        return urlsplit(self.webhook_url).path or "/"

    @property
    def bot_id(self) -> str:
        """A token begins with the bot's id, so it is known before the first call."""
        return self.token.split(":", 1)[0]


@dataclass(frozen=True, slots=True)
class Me:
    """The bot as Telegram knows it. `prefix` stands before each of its commands."""

    id: str
    username: str = ""
    can_read_groups: bool = False
    prefix: str = ""
