"""What is configured: secrets and addresses from the environment, the rest from liaison.toml."""

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.errors import ConfigError

DEFAULT_DATABASE = "sqlite+aiosqlite:///liaison.db"
Language = Literal["en", "zh"]
RoleName = Literal["viewer", "manager", "lead", "admin"]
ANY_OF = {"SLACK_APP_TOKEN": "Socket Mode", "SLACK_SIGNING_SECRET": "HTTP mode"}


class Environment(BaseModel):
    """The environment variables of DESIGN.md section 8; secrets never appear in repr or logs."""

    model_config = ConfigDict(frozen=True)

    slack_bot_token: str = Field("", repr=False)
    slack_app_token: str = Field("", repr=False)
    slack_signing_secret: str = Field("", repr=False)
    slack_api_url: str = "https://slack.com/api/"
    slack_proxy: str = Field("", repr=False)
    telegram_bot_token: str = Field("", repr=False)
    telegram_api_url: str = "https://api.telegram.org"
    telegram_proxy: str = Field("", repr=False)
    telegram_webhook_url: str = ""
    telegram_webhook_secret: str = Field("", repr=False)
    database_url: str = Field(DEFAULT_DATABASE, repr=False)
    liaison_config: str = "liaison.toml"
    liaison_listen: str = "127.0.0.1:8080"

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Environment":
        """The variables as they stand; ConfigError names every one that is wrong."""
        names = {name.upper(): name for name in cls.model_fields}
        given = {field: environ[name] for name, field in names.items() if environ.get(name)}
        environment = cls(**given)
        if faults := environment.faults():
            raise ConfigError(faults)
        return environment

    def faults(self) -> list[str]:
        found = []
        if self.slack_bot_token and not (self.slack_app_token or self.slack_signing_secret):
            found.append(
                "environment: SLACK_BOT_TOKEN is set, so set SLACK_APP_TOKEN (Socket Mode) "
                "or SLACK_SIGNING_SECRET (HTTP mode) too"
            )
        if bool(self.telegram_webhook_url) != bool(self.telegram_webhook_secret):
            found.append(
                "environment: set TELEGRAM_WEBHOOK_URL and TELEGRAM_WEBHOOK_SECRET together, "
                "or neither for polling"
            )
        if not self.database_url.startswith(("sqlite+aiosqlite:", "postgresql+asyncpg:")):
            found.append(
                "environment: DATABASE_URL must begin with sqlite+aiosqlite: or postgresql+asyncpg:"
            )
        return found


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no IANA zone; write it like Europe/Berlin")
    return name


class SlackSettings(_Strict):
    triage_channel: str = ""
    messages_per_minute: int = Field(500, gt=0)


class TelegramSettings(_Strict):
    triage_chat: str = ""


class Policy(_Strict):
    """A promise: how soon partners of these tiers are answered. First match from the top."""

    name: str
    tiers: tuple[str, ...] = ()
    calendar: str
    answer_within: str  # "1h", "4h", "1d" of open hours
    urgent_within: str = ""


class Team(_Strict):
    name: str
    lead: str
    channel: str = ""  # Slack channel id


class ManagerSettings(_Strict):
    """First values of one of our people; later `/liaison settings` decides."""

    name: str
    called: str = ""
    role: RoleName = "manager"
    team: str = ""
    head: bool = False
    language: Language = "en"
    zone: str = "UTC"
    slack: str = ""
    telegram: str = ""

    _zone_exists = field_validator("zone")(_zone)


class DigestSettings(_Strict):
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday"] = "monday"
    at: str = Field("09:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class Config(_Strict):
    """liaison.toml. `version` is the row of settings_versions that holds it; 0 = not stored."""

    company: Mapping[Language, str]
    language: Language = "en"
    zone: str = "UTC"
    command_prefix: str = Field("", pattern=r"^[a-z0-9_-]{0,20}$")
    slack: SlackSettings = SlackSettings()
    telegram: TelegramSettings = TelegramSettings()
    calendars: Mapping[str, Mapping[str, Any]]
    policies: tuple[Policy, ...] = Field(min_length=1)
    teams: tuple[Team, ...] = ()
    managers: tuple[ManagerSettings, ...] = Field(min_length=1)
    digest: DigestSettings = DigestSettings()
    slack_company_team: str = Field("", exclude=True)  # our own workspace; learned at start
    telegram_bot: str = Field("", exclude=True)  # our bot's username; learned at start
    version: int = Field(0, exclude=True)

    _zone_exists = field_validator("zone")(_zone)

    @model_validator(mode="after")
    def _names_meet(self) -> "Config":
        people = {manager.name for manager in self.managers}
        teams = {team.name for team in self.teams}
        wrong = [f"policy {p.name!r}: no calendar {p.calendar!r}"
                 for p in self.policies if p.calendar not in self.calendars]  # fmt: skip
        wrong += [f"team {t.name!r}: no manager {t.lead!r}"
                  for t in self.teams if t.lead not in people]  # fmt: skip
        wrong += [f"manager {m.name!r}: no team {m.team!r}"
                  for m in self.managers if m.team and m.team not in teams]  # fmt: skip
        if len(people) != len(self.managers):
            wrong.append("managers: two have the same name")
        if "en" not in self.company:
            wrong.append('company: give at least en = "…"')
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def company_in(self, language: str) -> str:
        """The company's name as people of that language know it."""
        return self.company.get(language) or self.company["en"]  # type: ignore[call-overload]

    def canonical(self) -> str:
        """The content alone, always written the same way."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True)

    def fingerprint(self) -> str:
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def load(path: Path) -> Config:
    """Read liaison.toml; ConfigError lists all faults at once, each naming file, key and fix."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        fix = "copy liaison.toml from the project, or set LIAISON_CONFIG"
        raise ConfigError([f"{path}: there is no such file; {fix}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: not valid TOML: {error}"]) from error
    return parse(content, str(path))


def parse(content: Mapping[str, Any], name: str) -> Config:
    """A Config of plain values; `name` is what faults are blamed on."""
    try:
        return Config.model_validate(content)
    except ValidationError as error:
        faults = [f"{name}: {_where(fault)}: {_what(fault)}" for fault in error.errors()]
        raise ConfigError(faults) from error


def _where(fault: Any) -> str:
    return ".".join(str(step) for step in fault["loc"]) or "the file"


def _what(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "no such setting; see docs/configuration.md for the names"
    if fault["type"] == "missing":
        return "is missing; see the example in liaison.toml"
    return str(fault["msg"]).removeprefix("Value error, ")
