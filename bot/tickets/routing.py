"""Which rule of liaison.toml a new ticket falls under, and who of a team gets it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.config_tickets import Rule
from bot.fold import fold


@dataclass(frozen=True, slots=True)
class Asked:
    """What the conditions of rules look at."""

    partner: str
    tier: str
    region: str
    language: str
    kind: str
    product: str
    words: str


@dataclass(frozen=True, slots=True)
class Seat:
    """One of a team who is there: when they last got a ticket by a rule, how many they have."""

    id: int
    given_at: datetime | None
    load: int


def choose(rules: Iterable[Rule], asked: Asked) -> Rule | None:
    """The first rule whose conditions all fit; one without conditions fits everything."""
    return next((rule for rule in rules if _fits(rule, asked)), None)


def _fits(rule: Rule, asked: Asked) -> bool:
    wanted = ((rule.partners, asked.partner), (rule.tiers, asked.tier),
              (rule.regions, asked.region), (rule.languages, asked.language[:2]),
              (rule.kinds, asked.kind), (rule.products, asked.product))  # fmt: skip
    said = fold(asked.words).casefold()
    heard = not rule.words or any(fold(word).casefold() in said for word in rule.words)
    return heard and all(not names or value in names for names, value in wanted)


def turn_of(seats: Sequence[Seat], how: str) -> Seat | None:
    """Who gets the next one: whoever waited longest for one, or has the fewest open ones."""
    if not seats:
        return None
    if how == "least_loaded":
        return min(seats, key=lambda seat: (seat.load, _waited(seat)))
    return min(seats, key=_waited)


def _waited(seat: Seat) -> tuple[str, int]:
    return (seat.given_at.isoformat() if seat.given_at else "", seat.id)


def part_until(pass_on: int, had: int) -> float:
    """The part of the promised time at which the `had`-th who got it was idle for too long.

    Each gets the same share of what is left: with 50 % half of it, then half of the rest.
    """
    return float(1 - (1 - pass_on / 100) ** had)
