"""Checks of liaison.toml that need the rules themselves: calendars and promises."""

from bot.config import Config
from bot.errors import ConfigError, Refused
from bot.tickets.hours import Calendar
from bot.when import parse_duration


def faults(config: Config, name: str) -> list[str]:
    """Sentences, each naming file, key and fix; empty when all is well."""
    found: list[str] = []
    for key, mapping in config.calendars.items():
        try:
            Calendar.parse(mapping, f"{name}: calendars.{key}")
        except ConfigError as error:
            found += error.faults
    for policy in config.policies:
        for field in ("answer_within", "urgent_within"):
            words = getattr(policy, field)
            try:
                if words:
                    parse_duration(words)
            except Refused:
                found.append(
                    f"{name}: policies.{policy.name}.{field}: write {words!r} like 1h or 30m"
                )
    return found
