"""Checks of liaison.toml that need the rules themselves: calendars and promises."""

from bot.config import Config
from bot.errors import ConfigError, Refused
from bot.tickets.hours import Calendar
from bot.tickets.policy import read_target


def faults(config: Config, name: str) -> list[str]:
    """Sentences, each naming file, key and fix; empty when all is well."""
    found: list[str] = []
    for key, mapping in config.calendars.items():
        try:
            Calendar.parse(mapping, f"{name}: calendars.{key}")
        except ConfigError as error:
            found += error.faults
    for policy in config.policies:
        for field in ("answer_within", "next_within", "update_every", "solve_within"):
            said = getattr(policy, field)
            words = [said] if isinstance(said, str) else said.values()
            found += [
                f"{name}: policies.{policy.name}.{field}: "
                f"write {word!r} like 1h, 30m or 2 working days"
                for word in words
                if word and not _is_target(word)
            ]
    return found


def _is_target(text: str) -> bool:
    try:
        read_target(text)
    except Refused:
        return False
    return True
