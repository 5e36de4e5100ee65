"""What is configured: secrets and addresses from the environment, the rest from liaison.toml."""

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.clock import Clock
from bot.config_tickets import STEPS, Policy, Rule, Step, Strict, TicketSettings
from bot.errors import ConfigError
from bot.holidays import written_out

DEFAULT_DATABASE = "sqlite+aiosqlite:///liaison.db"
Language = Literal["en", "zh"]
RoleName = Literal["viewer", "manager", "lead", "admin"]
ANY_OF = {"SLACK_APP_TOKEN": "Socket Mode", "SLACK_SIGNING_SECRET": "HTTP mode"}


NO_PLATFORM = "environment: set SLACK_BOT_TOKEN or TELEGRAM_BOT_TOKEN, or both"


class Environment(BaseModel):
    """The environment variables of DESIGN.md section 8; secrets never appear in repr or logs."""

    model_config = ConfigDict(frozen=True)

    slack_bot_token: str = Field(
        "", repr=False, description="The bot token (xoxb-…). Without it Slack is not used."
    )
    slack_app_token: str = Field(
        "", repr=False, description="The app-level token (xapp-…); given, Socket Mode is used."
    )
    slack_signing_secret: str = Field(
        "", repr=False, description="Checks the requests that Slack sends in HTTP mode."
    )
    slack_api_url: str = Field(
        "https://slack.com/api/", description="Where Slack's Web API is; the sandbox changes it."
    )
    slack_proxy: str = Field("", repr=False, description="An HTTP proxy on the way to Slack.")
    telegram_bot_token: str = Field(
        "", repr=False, description="From @BotFather. Without it Telegram is not used."
    )
    telegram_api_url: str = Field(
        "https://api.telegram.org",
        description="Where the Bot API is: the part before /bot<token>/.",
    )
    telegram_proxy: str = Field(
        "", repr=False, description="An HTTP or SOCKS5 proxy on the way to Telegram."
    )
    telegram_webhook_url: str = Field(
        "",
        description="The public address that Telegram calls; empty = we poll, which needs none.",
    )
    telegram_webhook_secret: str = Field(
        "", repr=False, description="Telegram repeats it in each call; goes with the address."
    )
    database_url: str = Field(
        DEFAULT_DATABASE,
        repr=False,
        description="sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME.",
    )
    translator_key: str = Field(
        "", repr=False, description="The translation service's API key, where it wants one."
    )
    liaison_config: str = Field("liaison.toml", description="The file with all other settings.")
    liaison_listen: str = Field(
        "127.0.0.1:8080",
        description="Where we listen for Slack in HTTP mode and for Telegram's webhook; with "
        "Socket Mode and polling nothing listens.",
    )

    liaison_monitor: str = Field(
        "",
        description="Where /healthz, /readyz and /metrics are served, such as 127.0.0.1:9464; "
        "empty = nowhere. Not for the public.",
    )
    liaison_log: Literal["text", "json"] = Field(
        "text", description="text: lines for people; json: one object a line."
    )
    liaison_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="DEBUG also tells of each message that was sent."
    )

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Environment":
        """The variables as they stand; ConfigError names every one that is wrong."""
        names = {name.upper(): name for name in cls.model_fields}
        given = {field: environ[name] for name, field in names.items() if environ.get(name)}
        try:
            environment = cls.model_validate(given)
        except ValidationError as error:
            raise ConfigError([f"environment: {_where(fault).upper()}: {fault['msg']}"
                               for fault in error.errors()]) from error  # fmt: skip
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
        found += [
            f"environment: {name} must be host:port, such as 127.0.0.1:8080, not {value!r}"
            for name, value in (("LIAISON_LISTEN", self.liaison_listen),
                                ("LIAISON_MONITOR", self.liaison_monitor))
            if value and not value.rpartition(":")[2].isdecimal()
        ]  # fmt: skip
        if not self.database_url.startswith(("sqlite+aiosqlite:", "postgresql+asyncpg:")):
            found.append(
                "environment: DATABASE_URL must begin with sqlite+aiosqlite: "
                "or postgresql+asyncpg:"
            )
        return found


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):  # none there; a path instead of a name
        raise ValueError(f"{name!r} is no IANA zone; write it like Europe/Berlin") from None


class SlackSettings(Strict):
    triage_channel: str = Field(
        "", description="Id of the channel for new tickets and strangers: of our people alone."
    )
    messages_per_minute: int = Field(
        500, gt=0, description="The ceiling for all messages to the workspace together."
    )
    status_is_absence: bool = Field(
        True,
        description="Whether somebody whose Slack status says vacation, sick or out of office is "
        "away; what they say by /liaison away or back wins.",
    )


class TelegramSettings(Strict):
    triage_chat: str = Field(
        "",
        description="Id of your own people's group, for new tickets and strangers where there is "
        "no Slack; answers to a card stay among you.",
    )
    topics: bool = Field(
        False,
        description="Where that group has topics: each new ticket gets one of its own, whose "
        "title says how it stands. The bot must be an admin that may manage topics.",
    )


class TranslatorSettings(Strict):
    url: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="A service that speaks LibreTranslate's HTTP, such as http://127.0.0.1:5000; "
        "given, partners' words in another language get a button. Read at start.",
    )
    chinese: Literal["zh", "zh-Hans"] = Field(
        "zh", description="What the service calls Simplified Chinese."
    )


class Team(Strict):
    name: str = Field(description="What the team is called; managers refer to it.")
    lead: str = Field(description="The name of the manager who leads it.")
    channel: str = Field(
        "", description="Id of its Slack channel, which hears of what nobody took."
    )


class ManagerSettings(Strict):
    """First values of one of our people; later `/liaison settings` decides."""

    name: str = Field(description="As partners read it: “Lin”. It must not change later.")
    called: str = Field("", description="The form of address in Chinese: 林经理.")
    role: RoleName = Field(
        "manager", description="What this person may do; each includes the last."
    )
    team: str = Field("", description="The team this person belongs to.")
    head: bool = Field(False, description="Whether this is the head of all teams.")
    language: Language = Field("en", description="The language in which the bot speaks to them.")
    zone: str = Field("UTC", description="The IANA zone in which they read and type times.")
    slack: str = Field("", description="Their Slack user id: U0….")
    telegram: str = Field("", description="Their Telegram user id, a number, as text.")

    _zone_exists = field_validator("zone")(_zone)


class DigestSettings(Strict):
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday"] = Field(
        "monday", description="The day of the weekly digest."
    )
    at: str = Field(
        "09:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="The time of day, on each reader's own clock.",
    )


class ContactSettings(Strict):
    spread: int = Field(
        10,
        ge=0,
        le=60,
        description="Minutes over which what waited for the end of quiet hours is spread.",
    )
    working_days: bool = Field(
        True,
        description="Questions and digests wait for a working day in the person's country; "
        "urgent news does not.",
    )
    days: int = Field(7, ge=1, le=60, description="The days for which the two limits below hold.")
    cooldown: int = Field(
        7,
        ge=0,
        le=90,
        description="Whole days after a question in which the same person, on whichever platform, "
        "is asked no other one: they are told that their ticket is solved, without a question. "
        "0 = off.",
    )
    per_person: int = Field(
        3,
        ge=0,
        description="So many questions and digests a person gets at most; the next waits, or is "
        "left out when it would come too late. Answers, reminders and urgent news always go. "
        "0 = no limit.",
    )
    per_partner: int = Field(
        10,
        ge=0,
        description="The same for all people of a partner together; a digest counts once.",
    )


class Config(Strict):
    """liaison.toml. `version` is the row of settings_versions that holds it; 0 = not stored."""

    company: Mapping[Language, str] = Field(
        description="Our name as people of each language know it; en is a must."
    )
    language: Language = Field("en", description="For people of whom nothing better is known.")
    zone: str = Field("UTC", description="The company's own IANA zone.")
    command_prefix: str = Field(
        "",
        pattern=r"^[a-z0-9_-]{0,20}$",
        description="Goes before each command where its name is taken: hd- makes /hd-ticket.",
    )
    slack: SlackSettings = Field(SlackSettings(), description="What only Slack needs.")
    telegram: TelegramSettings = Field(TelegramSettings(), description="What only Telegram needs.")
    calendars: Mapping[str, Mapping[str, Any]] = Field(
        description="When we work, by name; promises are counted in open hours."
    )
    policies: tuple[Policy, ...] = Field(
        min_length=1, description="What we promise; the first that fits the partner's tier counts."
    )
    followups: tuple[Step, ...] = Field(
        STEPS,
        description="Who is reminded of a promise, and when; without any: the owner at 75 % and "
        "when it is due, who stands in or the team at 150 %, the head at 200 %.",
    )
    routing: tuple[Rule, ...] = Field(
        (), description="Who gets a new ticket; without a rule that fits, whoever takes it."
    )
    tickets: TicketSettings = Field(
        TicketSettings(), description="What becomes of a ticket that is solved or waits."
    )
    teams: tuple[Team, ...] = Field((), description="Who works together.")
    managers: tuple[ManagerSettings, ...] = Field(
        min_length=1,
        description="Our people. First values: once somebody is known, the database counts.",
    )
    digest: DigestSettings = Field(
        DigestSettings(), description="When the weekly digest goes out."
    )
    contact: ContactSettings = Field(
        ContactSettings(), description="How news and questions keep to people's quiet hours."
    )
    translator: TranslatorSettings = Field(
        TranslatorSettings(), description="Who translates what partners write, for our people."
    )
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
        wrong += [f"routing {r.name!r}: no manager {r.owner!r}"
                  for r in self.routing if r.owner and r.owner not in people]  # fmt: skip
        wrong += [f"routing {r.name!r}: no team {r.team!r}"
                  for r in self.routing if r.team and r.team not in teams]  # fmt: skip
        wrong += [f"routing {r.name!r}: hand_out and pass_on need a team"
                  for r in self.routing
                  if not r.team and (r.hand_out != "nobody" or r.pass_on)]  # fmt: skip
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
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read ({error.strerror})"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: not valid TOML: {error}"]) from error
    if isinstance(calendars := content.get("calendars"), dict):
        year = Clock().real().year
        content["calendars"] = written_out(calendars, path.parent, year, str(path))
    return parse(content, str(path))


def parse(content: Mapping[str, Any], name: str) -> Config:
    """A Config of plain values; `name` is what faults are blamed on."""
    try:
        return Config.model_validate(content)
    except ValidationError as error:
        found = _without_echoes(error.errors())
        faults = [f"{name}: {_where(fault)}: {_what(fault)}" for fault in found]
        raise ConfigError(faults) from error


def _without_echoes(found: Sequence[Any]) -> list[Any]:
    """A list whose only entries are faulty counts as empty, which is no fault of its own."""
    within = [fault["loc"][:-1] for fault in found]
    return [fault for fault in found if fault["type"] != "too_short"
            or not any(loc[: len(fault["loc"])] == fault["loc"] for loc in within)]  # fmt: skip


def _where(fault: Any) -> str:
    return ".".join(str(step) for step in fault["loc"]) or "the file"


def _what(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "no such setting; see docs/configuration.md for the names"
    if fault["type"] == "missing":
        return "is missing; see the example in liaison.toml"
    return str(fault["msg"]).removeprefix("Value error, ")
