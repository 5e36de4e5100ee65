"""Clocks of tickets against what public suites state: a log in, clocks out.

The cases that need no ticket are in test_hours.py. Each case runs, or says why it does not; where
this project decides otherwise (SLA semantics, 4.7) the case says so too.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import texts
from bot.config import load
from bot.config_tickets import Policy
from bot.holidays import written_out
from bot.texts import Reader
from bot.tickets import chain, clocks, policy
from bot.tickets.clocks import Clock, fold, sums
from bot.tickets.hours import Calendar, elapsed
from bot.tickets.policy import Target, Terms

DATA = json.loads((Path(__file__).parents[1] / "data" / "sla_cases.json").read_text("utf-8"))
CALENDARS = {name: Calendar.parse(week, name) for name, week in DATA["calendars"].items()}
ALWAYS = CALENDARS["h24x7"]
MINUTE = timedelta(minutes=1)
ZERO = datetime(2024, 1, 17, 12, tzinfo=UTC)

# Where this project decides otherwise: case -> (what we say instead, why).
EXCEPTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "ZAM-10a": ({"update_due": "2013-03-21T12:30:00Z"},
                "a ticket begins with the partner's words, so their wait runs at once"),
    "ZAM-18": ({4: "2016-11-03T15:00:00Z", 5: "2016-11-03T15:00:00Z", 6: "2016-11-03T15:00:00Z"},
               "4.7.8: waiting for the partner hides no answer that they wait for; 4.7.7: their "
               "next words do not reset it"),
    "ZAM-25": ({"holidays": ["2016-12-24", "2017-12-24", "2018-12-24", "2019-12-24",
                             "2020-12-24"]}, "whole years are read, three ahead"),
    "ERP-41": ({"hold_seconds": 0, "resolution_by": "2020-03-04T16:00Z"},
               "4.7.3: pauses count in business time only"),
    "CWT-S04": ({"events": {"frt": 0, "nrt": 0, "rt": 1}, "status": "missed"},
                "4.4: judged from the moments, whenever somebody looks"),
    "CWT-S09": ({"events": {"frt": 0, "nrt": 1, "rt": 1}},
                "4.7.7: a second message is part of the same wait"),
    "RT-R02": ({1: "created+2h"}, "what we open for a partner is their call: they wait"),
    "RT-R07": ({1: "created+2h"}, "a ticket always has a partner, who waits"),
    "RT-R10": ({2: "created+2h"}, "4.7.8: waiting hides no open answer"),
    "RT-R11": ({1: "created+2h", 2: "created+2h"}, "4.7.8: nor moves it; a solution it does"),
}  # fmt: skip
NOT_RUN = {
    "RT-R06": "who asks is a partner and who has the ticket one of us: never the same person",
    "FRA-17": "counted in our working days from the solution: test_closing.py",
    "FRA-19": "where words to a merged ticket go: tests/conversations",
    "FRA-20": "where words to a merged ticket go: tests/conversations",
}
TICKETS = {"ticket_facts", "sequence", "status_sequence", "status", "policy_status", "rule",
           "metrics", "hold", "policy_choice", "format", "recurring_holiday_import", "merge",
           "auto_close"}  # fmt: skip
PURE = {"deadline", "elapsed", "is_open", "clock_start", "remaining", "deadline_backward",
        "working_day_shift", "relative_minutes", "pause_breaks", "validation"}  # fmt: skip


@dataclass(frozen=True)
class Row:
    at: datetime
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


def cases(*kinds: str) -> Any:
    found = [one for one in DATA["cases"] if one["kind"] in kinds and one["id"] not in NOT_RUN]
    assert found
    return pytest.mark.parametrize("case", found, ids=[case["id"] for case in found])


def expected(case: dict[str, Any]) -> dict[str, Any]:
    return {**case["expect"], **EXCEPTIONS.get(case["id"], ({}, ""))[0]}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def row(moment: datetime, kind: str) -> Row:
    return Row(moment, kind, {"key": f"{kind}:{moment}"})


def terms(calendar: Calendar, **minutes: float | None) -> Terms:
    targets = {name: Target(open=length * MINUTE) for name, length in minutes.items() if length}
    return Terms("policy", "calendar", 1, calendar, calendar, targets)


def run(log: Sequence[Row], in_force: Terms, now: datetime) -> list[Clock]:
    return clocks.clocks(fold(sorted(log, key=lambda one: one.at)), lambda _: in_force, now)


def test_every_case_is_run_or_says_why_not() -> None:
    assert {case["kind"] for case in DATA["cases"]} == TICKETS | PURE
    assert {*NOT_RUN, *EXCEPTIONS} <= {case["id"] for case in DATA["cases"]}
    assert not NOT_RUN.keys() & EXCEPTIONS.keys()


# Zammad: facts, set in any order


@cases("ticket_facts")
def test_facts_of_a_ticket(case: dict[str, Any]) -> None:
    """Zammad keeps each fact apart, so each clock is asked with the facts that it reads."""
    said = _first(case) | _update(case) | _solution(case)
    open_ = [said[name] for name in ("first_response_due", "update_due", "solution_due")]
    said["next_due"] = min((due for due in open_ if due is not None), default=None)
    wanted = expected(case)
    assert {name: said[name] for name in wanted} == {
        name: at(value) if name.endswith("_due") and value else value
        for name, value in wanted.items()}  # fmt: skip


def _facts(case: dict[str, Any], **kinds: str) -> list[Row]:
    """The facts of these names as rows of a log."""
    found = [row(at(moment), kinds[name]) for name, moment in case["given"]["set_in_order"]
             if name in kinds]  # fmt: skip
    return found[:1] + [one for one in found[1:] if one != row(found[0].at, "heard")]


def _asked(case: dict[str, Any], log: list[Row], **targets: str) -> list[Clock]:
    """What runs by the policy, which may look at the priority."""
    given = case["given"]
    last = [value for name, value in given["set_in_order"] if name == "priority"]
    minutes = {clock: given["policy"].get(name) for clock, name in targets.items()}
    if last and last[-1] not in given["policy"]["condition"]:
        minutes = {}
    return run(log, terms(CALENDARS[case["calendar"]], **minutes), log[-1].at)


def _told(name: str, found: Sequence[Clock], target: float) -> dict[str, Any]:
    """When it is due, and the longest that ended."""
    due = next((clock.due for clock in found if clock.stopped is None), None)
    used = max((clock.used(clock.due) // MINUTE for clock in found if clock.stopped), default=0)
    return {f"{name}_due": due, f"{name}_min": used, f"{name}_margin_min": target - used}


def _first(case: dict[str, Any]) -> dict[str, Any]:
    log = _facts(case, created="opened", first_response="answered")
    found = _asked(case, log, answer="first_response_min")
    return _told("first_response", found, case["given"]["policy"]["first_response_min"])


def _update(case: dict[str, Any]) -> dict[str, Any]:
    """ "customer waits" is our answer, "between agent updates" our next word after it."""
    log = _facts(case, created="opened", customer="heard", agent="answered")
    waits = _asked(case, log, answer="update_min", next="update_min")
    said = _told("update", waits, case["given"]["policy"]["update_min"])
    if case["given"]["policy"]["update_mode"] == "between_agent_updates":
        [ours] = _asked(case, log, update="update_min")
        said["update_due"] = ours.due
    return said


def _solution(case: dict[str, Any]) -> dict[str, Any]:
    log = _facts(case, created="opened", closed_at="resolved")
    found = _asked(case, log, solve="solution_min")
    said = _told("solution", found, case["given"]["policy"]["solution_min"])
    if any(name == "closed_at" for name, _ in case["given"]["set_in_order"]):
        return said | {"first_response_due": None, "update_due": None}
    return said


@cases("sequence")
def test_a_sequence_over_a_holiday(case: dict[str, Any]) -> None:
    """The starts have seconds, which Zammad drops."""
    kinds = (("opened",), ("answered", "waiting"), ("heard",), ("waiting",), ("heard",),
             ("heard",))  # fmt: skip
    log: list[Row] = []
    for number, (step, names) in enumerate(zip(case["given"]["steps"], kinds, strict=True), 1):
        log += [row(at(step["at"]), name) for name in names]
        wanted = case["expect"]["after_step"][number - 1]
        update = EXCEPTIONS[case["id"]][0].get(number, wanted["update"])
        hours, asked = CALENDARS[case["calendar"]], case["given"]["policy"]
        first = terms(hours, answer=asked["first_response_min"])
        both = terms(hours, answer=asked["update_min"], next=asked["update_min"])
        for in_force, due in ((first, wanted["first"]), (both, update)):
            found = run(log, in_force, log[-1].at)
            running = [clock.due.replace(second=0) for clock in found if clock.stopped is None]
            assert running == ([at(due)] if due else []), number


def test_states_make_breaks() -> None:
    """ZAM-42, the only one of its kind that needs states."""
    states = ((0, "opened"), (15, "waiting"), (30, "heard"), (45, "waiting"), (60, "resolved"))
    story = fold([row(ZERO + minute * MINUTE, kind) for minute, kind in states])
    found = story.within("waiting", until=ZERO + timedelta(days=1))
    assert [((a - ZERO) // MINUTE, (b - ZERO) // MINUTE) for a, b in found] == [(15, 30), (45, 60)]


# Frappe Helpdesk: states of an agreement

FRAPPE = {"High": (60, 240), "Urgent": (30, 120)}
STEPS = {"create": ("opened",), "Open": ("resumed",), "Closed": ("closed",),
         "Resolved": ("resolved",)}  # fmt: skip


def _frappe(case: dict[str, Any], steps: Sequence[Any], now: datetime | None = None) -> Any:
    """The answer's and the solution's clock, and the story. "Replied" is an answer here: a mere
    change of state does not count as one."""
    log = [row(at(moment), kind) for moment, what in steps
           for kind in STEPS.get(what, ("answered", "waiting"))]  # fmt: skip
    answer, solve = FRAPPE[case["given"]["priority"].partition(" ")[0]]
    in_force = terms(CALENDARS[case["calendar"]], answer=answer, solve=solve)
    now = now or log[-1].at
    found = {clock.name: clock for clock in run(log, in_force, now)}
    return found["answer"], found["solve"], sums(fold(log), lambda _: in_force, now)


def _status(answer: Clock, solve: Clock, now: datetime) -> str:
    for clock in (answer, solve):
        if clock.kept is False or (clock.stopped is None and now > clock.due):
            return "Failed"
    if solve.paused:
        return "Paused"
    if answer.stopped is None:
        return "First Response Due"
    return "Resolution Due" if solve.stopped is None else "Fulfilled"


def _over(clock: Clock) -> float | None:
    """Business seconds too many."""
    assert clock.stopped is not None
    over = elapsed(clock.terms.hours, clock.due, clock.stopped)
    return over.total_seconds() or None


@cases("status_sequence")
def test_states_of_an_agreement_step_by_step(case: dict[str, Any]) -> None:
    steps = case["given"]["steps"]
    for number, wanted in enumerate(case["expect"].get("after_step", ()), 1):
        answer, solve, _ = _frappe(case, steps[:number])
        said = {"status": _status(answer, solve, at(steps[number - 1][0])),
                "response_by": answer.due, "resolution_by": solve.due,
                "first_responded_on": answer.stopped,
                "resolution_seconds": solve.used(solve.due).total_seconds()}  # fmt: skip
        assert {name: said[name] for name in wanted} == {
            name: at(value) if name.endswith(("_by", "_on")) else value
            for name, value in wanted.items()}  # fmt: skip
    answer, solve, total = _frappe(case, steps)
    used = solve.used(at(steps[-1][0]))
    status = _status(answer, solve, at(steps[-1][0]))
    said = {
        "status": status, "final_status": status, "hold_seconds": total.theirs.total_seconds(),
        "elapsed_seconds": (used + total.theirs).total_seconds(),
        "resolution_seconds": used.total_seconds(),
        "first_response_overrun_seconds": _over(answer) if answer.stopped else None,
        "resolution_overrun_seconds": _over(solve) if solve.stopped else None,
    }  # fmt: skip
    wanted = {name: value for name, value in case["expect"].items() if name != "after_step"}
    assert {name: said[name] for name in wanted} == wanted


@cases("status")
def test_state_of_an_agreement(case: dict[str, Any]) -> None:
    now = at(case["given"]["evaluate_at"])
    answer, solve, _ = _frappe(case, case["given"]["steps"], now)
    assert _status(answer, solve, now) == case["expect"]["status"]
    assert (chain.standing(answer, now) == "breached") is (now >= answer.due)


# ERPNext: sums


@cases("metrics")
def test_sums_by_the_clock_on_the_wall(case: dict[str, Any]) -> None:
    kinds = (("opened",), ("answered", "waiting"), ("heard",), ("answered", "resolved"))
    log = [row(at(moment), kind) for (moment, _), names in
           zip(case["given"]["messages"], kinds, strict=True) for kind in names]  # fmt: skip
    in_force = terms(ALWAYS, answer=60, next=60, solve=60)
    waits = [clock for clock in run(log, in_force, log[-1].at) if clock.name == "answer"]
    total = sums(fold(log), lambda _: in_force, log[-1].at)
    whole = total.wait + total.theirs
    assert {
        "avg_response_seconds": sum(one.used(one.due).total_seconds() for one in waits) / 2,
        "resolution_seconds": whole.total_seconds(),
        "user_resolution_seconds": total.wait.total_seconds(),
    } == case["expect"]


@cases("hold")
def test_a_hold_before_opening(case: dict[str, Any]) -> None:
    given = case["given"]
    log = [row(at(given["created"]), "opened"), row(at(given["replied_paused"]), "answered"),
           row(at(given["replied_paused"]), "waiting"),
           row(at(given["customer_back"]), "heard")]  # fmt: skip
    in_force = terms(CALENDARS[case["calendar"]], solve=given["resolution_min"])
    [solve] = run(log, in_force, log[-1].at)
    held = sums(fold(log), lambda _: in_force, log[-1].at).theirs
    wanted = expected(case)
    assert (held.total_seconds(), solve.due) == (
        wanted["hold_seconds"], at(wanted["resolution_by"]))  # fmt: skip


# Chatwoot: events and the state of a policy, in hours before now


@cases("policy_status")
def test_state_of_a_policy(case: dict[str, Any]) -> None:
    given, wanted = case["given"], expected(case)
    in_force = terms(ALWAYS, **{clock: _hours(given[name]) * 60 for clock, name in
                                (("answer", "frt"), ("next", "nrt"), ("solve", "rt"))
                                if name in given})  # fmt: skip
    log = [Row(ZERO + _hours(when) * 60 * MINUTE, kind, {"key": str(number)})
           for number, (when, kind) in enumerate(_chatwoot(given))]  # fmt: skip
    ended = [*log, row(ZERO, "resolved")]
    opened, closed = run(log, in_force, ZERO), run(ended, in_force, ZERO)
    said = {
        "status_open": _policy_status(opened, ended=False),
        "status_after_resolve": _policy_status(closed, ended=True),
        "status": _policy_status(closed, ended=True) if given.get("resolved")
        else _policy_status(opened, ended=False),
        "events": _misses(closed if given.get("resolved") else opened),
    }  # fmt: skip
    assert {name: said[name] for name in wanted} == wanted


def _hours(text: str) -> float:
    return float(text.removesuffix("h"))


def _chatwoot(given: dict[str, Any]) -> list[tuple[str, str]]:
    if "messages" in given:
        names = {"customer": "heard", "agent": "answered"}
        found = [(when, names[who.split()[0]]) for when, who in given["messages"]]
        return [(found[0][0], "opened"), *found[1:]]
    found = [(given["created"], "opened")]
    if given.get("first_reply"):
        found.append((given["first_reply"], "answered"))
    if given.get("waiting_since"):
        found.append((given["waiting_since"], "heard"))
    return found


def _misses(found: Sequence[Clock]) -> dict[str, int]:
    missed = [one for one in found if one.kept is False or (one.stopped is None
              and chain.standing(one, ZERO) == "breached")]  # fmt: skip
    names = ["rt" if one.name == "solve" else "frt" if one.number == 1 else "nrt"
             for one in missed]  # fmt: skip
    return {name: names.count(name) for name in ("frt", "nrt", "rt")}


def _policy_status(found: Sequence[Clock], *, ended: bool) -> str:
    missed = any(_misses(found).values())
    if ended:
        return "missed" if missed else "hit"
    return "active_with_misses" if missed else "active"


# RT: when it is due after each event

RULES: dict[str, tuple[dict[str, int], list[list[str]]]] = {
    "RT-R01": ({"solve": 240}, [["opened"], ["priority"]]),
    "RT-R02": ({"answer": 120}, [["opened"]]),
    "RT-R03": ({"answer": 120, "next": 120},
               [["opened"], ["answered"], ["answered"], ["heard"], ["heard"]]),
    "RT-R04": ({"answer": 120, "next": 120, "update": 240},
               [["opened"], ["answered"], ["answered"], ["heard"], ["heard"]]),
    "RT-R05": ({"solve": 120}, [["opened"], ["answered"], ["heard"]]),
    "RT-R07": ({"answer": 120}, [["opened"]]),
    "RT-R08": ({"update": 240}, [["opened"], ["answered"], ["waiting"], ["answered", "resumed"]]),
    "RT-R09": ({"answer": 120, "update": 240},
               [["opened"], ["waiting"], ["answered", "resumed"], ["waiting"]]),
    "RT-R10": ({"answer": 120}, [["opened"], ["waiting"], ["heard"]]),
    "RT-R11": ({"answer": 120}, [["opened", "waiting"], ["resumed"]]),
}  # fmt: skip
EVERY = 10  # minutes between two events


@cases("rule")
def test_due_after_each_event(case: dict[str, Any]) -> None:
    targets, events = RULES[case["id"]]
    moments = [ZERO + number * EVERY * MINUTE for number in range(len(events))]
    names = {"created": ZERO} | {
        said: moment for event, moment in zip(case["given"]["events"], moments, strict=True)
        for said in re.findall(r"\b[at]\d\b", event)}  # fmt: skip
    log: list[Row] = []
    for number, (moment, kinds) in enumerate(zip(moments, events, strict=True), 1):
        log += [row(moment, kind) for kind in kinds if kind != "priority"]
        now = dict(targets)
        if case["id"] == "RT-R01" and number == 1:
            now["solve"] = 120  # the level of then
        found = run(log, terms(ALWAYS, **now), moment)
        due = min((one.due for one in found if one.stopped is None and not one.paused),
                  default=None)  # fmt: skip
        wanted = case["expect"]["due_after_each"][number - 1]
        wanted = EXCEPTIONS.get(case["id"], ({}, ""))[0].get(number, wanted)
        assert due == _moment(wanted, names), number


def _moment(text: str | None, names: dict[str, datetime]) -> datetime | None:
    if text is None:
        return None
    found = re.match(r"(\w+)\+(\d)h", text)
    assert found is not None
    return names[found[1]] + int(found[2]) * 60 * MINUTE


def test_a_solution_is_moved_by_what_an_open_answer_is_not() -> None:
    """RT-R11 as it stands, of a solution: stalled for x."""
    log = [row(ZERO, "opened"), row(ZERO, "waiting"), row(ZERO + 33 * MINUTE, "resumed")]
    [solve] = run(log, terms(ALWAYS, solve=120), log[-1].at)
    assert solve.due == ZERO + 153 * MINUTE


# what else they state


@cases("policy_choice")
def test_the_first_policy_that_fits(case: dict[str, Any]) -> None:
    """One without conditions fits everybody, so the first of the list does."""
    names = [text.partition("(")[0].strip() for text in case["given"]["policies"]]
    config = load(Path(__file__).parents[2] / "liaison.toml")
    policies = [Policy(name=name, calendar=config.policies[0].calendar, answer_within="1h")
                for name in names]  # fmt: skip
    found = policy.choose(config.model_copy(update={"policies": policies}),
                          policy.Case("Nordwind", "gold", "UTC"))  # fmt: skip
    assert found is not None
    assert found.name == case["expect"]["applied"]


@cases("format")
def test_lengths_are_the_same_in_our_words(case: dict[str, Any]) -> None:
    """What is too late is said in words, without a minus."""
    wanted = re.sub(r"(\d+)([dhm])", r"\1 \2", case["expect"]["text"].lstrip("-"))
    length = abs(case["given"]["minutes"]) * MINUTE
    assert texts.duration(length, Reader("en", "UTC")) == re.sub(r"m$", "min", wanted)


@cases("recurring_holiday_import")
def test_a_yearly_holiday_of_a_file(case: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "days.ics").write_text(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20161224\n"
        "RRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    office = {"tz": "UTC", "week": {"mon": [["09:00", "17:00"]]}, "ical": "days.ics"}
    year = int(case["given"]["now"][:4])
    found = written_out({"office": office}, tmp_path, year, "liaison.toml")
    assert found["office"]["holidays"] == expected(case)["holidays"]
