"""What is promised: which policy fits a ticket, and how long each of its clocks may run. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from bot.config import Config
from bot.config_tickets import PRIORITIES, Policy, Targets
from bot.fold import fold
from bot.partners.workdays import is_free
from bot.tickets.calendar import Span
from bot.tickets.hours import Both, Calendar, Hours, Pause, add_working_days, deadline, elapsed
from bot.when import parse_duration

ANSWER, NEXT, UPDATE, SOLVE = "answer", "next", "update", "solve"
_DAYS = re.compile(
    r"(\d{1,3})\s*(?:working|business)\s*days?|(\d{1,3})\s*wd|(\d{1,3})\s*个?工作日"
)
# A partner works so while nobody told otherwise; what counts is where in the day hours overlap.
THEIR_HOURS: tuple[Span, ...] = ((9 * 3600, 18 * 3600),)


@dataclass(frozen=True, slots=True)
class Target:
    """So long a clock may run: in open time, or in whole working days of our calendar."""

    open: timedelta = timedelta(0)
    days: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """What the conditions of policies look at; `zone` is the partner's."""

    partner: str
    tier: str
    zone: str
    kind: str = "problem"
    product: str = ""
    priority: str = "normal"


@dataclass(frozen=True)
class Terms:
    """A policy as it applies to one case; a clock without a target does not run."""

    policy: str
    calendar: str
    version: int
    days: Calendar  # ours: working days are counted in it
    hours: Hours  # in which open time passes: ours, or only those that both sides share
    targets: Mapping[str, Target]

    def amount(self, clock: str, start: datetime) -> timedelta | None:
        """The open time that the clock may use up; None without a target."""
        target = self.targets.get(clock)
        if target is None:
            return None
        if not target.days:
            return target.open
        until = add_working_days(self.days, start, target.days)
        # where both sides never meet in these days, as much of our own time
        return elapsed(self.hours, start, until) or elapsed(self.days, start, until)

    def moment(
        self, clock: str, start: datetime, pauses: tuple[Pause, ...] = (), part: float = 1.0
    ) -> datetime | None:
        """When `part` of the target is used up: 1 = due, 0.75 = worth a warning."""
        amount = self.amount(clock, start)
        return deadline(self.hours, start, amount * part, pauses) if amount else None


def read_target(text: str) -> Target:
    """ "1h", "90m", "3 working days", "3wd", 三天 as 24-hour days. Raises Refused."""
    found = _DAYS.fullmatch(fold(text).strip())
    if found is not None and (days := int(found[1] or found[2] or found[3])):
        return Target(days=days)
    return Target(open=parse_duration(text))


def target_for(targets: Targets, priority: str) -> str:
    """One target for all, or that of the priority; a gap is filled from the next calmer one."""
    if isinstance(targets, str):
        return targets
    index = PRIORITIES.index(priority)
    calmer = [name for name in reversed(PRIORITIES[: index + 1]) if name in targets]
    return targets[calmer[0]] if calmer else targets.get("normal", "")


def choose(config: Config, case: Case) -> Policy | None:
    """The first policy whose conditions all fit; one without conditions fits everybody."""
    return next((policy for policy in config.policies if _fits(policy, case)), None)


def _fits(policy: Policy, case: Case) -> bool:
    wanted = ((policy.tiers, case.tier), (policy.partners, case.partner),
              (policy.kinds, case.kind), (policy.products, case.product))  # fmt: skip
    return all(not names or value in names for names, value in wanted)


def terms(config: Config, case: Case) -> Terms | None:
    """What is promised in this case; None where nothing is."""
    policy = choose(config, case)
    if policy is None:
        return None
    said = {ANSWER: policy.answer_within, NEXT: policy.next_within or policy.answer_within,
            UPDATE: policy.update_every, SOLVE: policy.solve_within}  # fmt: skip
    words = {clock: target_for(targets, case.priority) for clock, targets in said.items()}
    written = _written(config, policy.calendar)
    ours = _calendar(written)
    hours = _shared(written, case.zone) if policy.both_sides else ours
    found = {clock: read_target(text) for clock, text in words.items() if text}
    return Terms(policy.name, policy.calendar, config.version, ours, hours, found)


def calendar_of(config: Config, name: str) -> Calendar:
    return _calendar(_written(config, name))


def _written(config: Config, name: str) -> str:
    """A calendar as one text, by which it is known again."""
    return json.dumps(_plain(config.calendars[name]), sort_keys=True)


@lru_cache(maxsize=32)
def _calendar(content: str) -> Calendar:
    return Calendar.parse(json.loads(content))


class Theirs(Calendar):
    """A partner's hours, as far as their zone tells: not on public holidays of that country, but
    on a weekend that is worked there in exchange.
    """

    def spans_on(self, day: date) -> tuple[Span, ...]:
        return () if is_free(self.zone, day) else THEIR_HOURS


@lru_cache(maxsize=256)
def _shared(content: str, zone: str) -> Hours:
    """The hours in which both sides work; ours alone where they never meet."""
    ours = _calendar(content)
    both = Both(ours, Theirs(zone, ()))
    return both if both.year(2026).total else ours


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value
