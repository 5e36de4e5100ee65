"""The contact policy: who gets what nobody asked for, and when, on any clock of the world."""

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.partners import policy, quiet, workdays
from bot.partners.policy import Defer, Facts, Send, Skip
from bot.when import local_time, place

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
NIGHT = ("20:00", "08:00")
FROM, TO = datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2032-01-01")
moments = st.datetimes(FROM, TO, timezones=st.just(UTC))
hours = st.times().map(lambda clock: clock.strftime("%H:%M"))


@pytest.mark.parametrize(
    ("at", "hours", "before", "after"),
    [
        ("2026-12-10T07:00", NIGHT, "2026-12-09T19:59", "2026-12-10T08:00"),
        ("2026-12-10T20:00", NIGHT, "2026-12-10T19:59", "2026-12-11T08:00"),
        ("2026-12-10T08:00", NIGHT, "2026-12-10T08:00", "2026-12-10T08:00"),
        ("2026-12-10T13:00", ("12:00", "14:00"), "2026-12-10T11:59", "2026-12-10T14:00"),
        ("2026-12-10T11:59", ("12:00", "14:00"), "2026-12-10T11:59", "2026-12-10T11:59"),
        ("2026-12-10T03:00", ("", ""), "2026-12-10T03:00", "2026-12-10T03:00"),
        # the clocks jump from 02:00 to 03:00, over the end of these hours
        ("2026-03-29T01:00", ("22:00", "02:30"), "2026-03-28T21:59", "2026-03-29T03:30"),
        # and over all the free time of these: the next free minutes are those of the next night
        ("2026-03-29T01:00", ("02:50", "02:10"), "2026-03-28T02:49", "2026-03-30T02:10"),
    ],
)
def test_quiet_hours(at: str, hours: tuple[str, str], before: str, after: str) -> None:
    moment = place(datetime.fromisoformat(at), "Europe/Berlin").at
    for rule, expected in ((quiet.before, before), (quiet.after, after)):
        found = rule(moment, "Europe/Berlin", *hours)
        assert local_time(found, "Europe/Berlin").isoformat()[:16] == expected


def test_quiet_hours_end_twice_when_the_clocks_go_back() -> None:
    second = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 for the second time
    assert quiet.after(second, "Europe/Berlin", "01:00", "02:30") == second.replace(minute=30)


@given(moments, st.sampled_from(ZONES), hours, hours)
def test_what_is_put_around_quiet_hours_is_not_in_them(
    at: datetime, zone: str, begin: str, end: str
) -> None:
    at = at.replace(second=0, microsecond=0)
    before, after = quiet.before(at, zone, begin, end), quiet.after(at, zone, begin, end)
    assert before <= at <= after
    assert not quiet.is_quiet(after, zone, begin, end)
    assert at - before < timedelta(hours=26)


def somebody(contact_id: int = 7, **values: object) -> Facts:
    given = {"wants": True, "reachable": True, "zone": "Europe/Berlin", "quiet": NIGHT, **values}
    return Facts(contact_id, **given)  # type: ignore[arg-type]


NOON = datetime(2026, 12, 10, 11, tzinfo=UTC)
MIDNIGHT = datetime(2026, 12, 9, 23, tzinfo=UTC)
EIGHT = datetime(2026, 12, 10, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "now", "verdict"),
    [
        (somebody(), NOON, Send()),
        (somebody(), MIDNIGHT, Defer(EIGHT, "quiet")),
        (somebody(quiet=policy.NEVER_QUIET), MIDNIGHT, Send()),
        (somebody(wants=False), NOON, Skip("stopped")),
        (somebody(reachable=False), NOON, Skip("address")),
        (somebody(wants=False, reachable=False), MIDNIGHT, Skip("stopped")),
        (somebody(reachable=False, gone="blocked"), NOON, Skip("blocked")),
    ],
)
def test_one_verdict_for_each(facts: Facts, now: datetime, verdict: object) -> None:
    assert policy.decide(facts, now, 0) == verdict


@pytest.mark.parametrize(
    ("now", "lasts", "verdict"),
    [
        (NOON, NOON, Send()),
        (NOON, EIGHT, Skip("late")),
        (MIDNIGHT, EIGHT, Defer(EIGHT, "quiet")),
        (MIDNIGHT, EIGHT - timedelta(seconds=1), Skip("quiet")),
    ],
)
def test_what_would_be_of_no_use_any_more_does_not_go(
    now: datetime, lasts: datetime, verdict: object
) -> None:
    assert policy.decide(somebody(), now, 0, lasts) == verdict


@pytest.mark.parametrize(
    ("why", "how"),
    [(None, ""), ("", "gone"), ("channel_not_found", "gone"), ("blocked", "blocked"),
     ("Forbidden: bot was blocked by the user", "blocked")],
)  # fmt: skip
def test_how_an_address_ended(why: str | None, how: str) -> None:
    assert policy.gone(why) == how


def days_ago(*days: float) -> tuple[datetime, ...]:
    return tuple(NOON - timedelta(days=number) for number in days)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (days_ago(), NOON),
        (days_ago(1, 2), NOON),
        (days_ago(7, 2, 1), NOON),  # seven days to the minute are over
        (days_ago(1, 2, 5), NOON + timedelta(days=2)),
        (days_ago(5, 1, 2, 3), NOON + timedelta(days=4)),
        (days_ago(2, 1, -1), NOON),  # one of them still waits, and goes when it is its turn
        (days_ago(6, 2, 1, -1), NOON + timedelta(days=5)),  # on which day that one has gone
    ],
)
def test_one_more_goes_when_the_oldest_of_the_limit_is_over(
    at: tuple[datetime, ...], opens: datetime
) -> None:
    assert policy.Budget(3, 7, at).opens(NOON) == opens


def test_the_longest_of_several_waits_counts_and_is_named() -> None:
    full, wide = policy.Budget(1, 7, days_ago(6.5)), policy.Budget(3, 7, days_ago(1))
    facts = somebody(budgets=(wide, full))  # twelve hours later it is night
    assert policy.decide(facts, NOON, 0) == Defer(EIGHT + timedelta(days=1), "budget")
    assert policy.decide(facts, NOON, 0, EIGHT + timedelta(hours=23)) == Skip("budget")
    assert policy.decide(somebody(budgets=(wide,)), NOON, 0) == Send()


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        ("Europe/Berlin", "2026-12-04T15:00", None),
        ("Europe/Berlin", "2026-12-05T15:00", "2026-12-07T09:00"),  # Saturday
        ("Europe/Berlin", "2026-12-24T15:00", None),
        ("Europe/Berlin", "2026-12-25T09:00", "2026-12-28T09:00"),
        ("Asia/Dubai", "2026-12-06T09:00", "2026-12-07T09:00"),  # Sunday is free there too
        ("Asia/Riyadh", "2026-12-06T09:00", None),  # there Friday and Saturday are
        ("Asia/Riyadh", "2026-12-04T09:00", "2026-12-06T09:00"),
        ("Asia/Shanghai", "2026-10-01T09:00", "2026-10-08T09:00"),
        ("Asia/Shanghai", "2026-10-10T09:00", None),  # a Saturday worked in exchange
        ("America/New_York", "2026-11-26T09:00", "2026-11-27T09:00"),
        ("UTC", "2026-12-25T09:00", None),  # no country: only weekends are known
        ("UTC", "2026-12-26T09:00", "2026-12-28T09:00"),
    ],
)
def test_questions_and_digests_wait_for_a_working_day(
    zone: str, now: str, until: str | None
) -> None:
    facts = somebody(zone=zone, quiet=policy.NEVER_QUIET, works=True)
    at = place(datetime.fromisoformat(now), zone).at
    verdict = policy.decide(facts, at, 0, None, workdays.is_free)
    if until is None:
        assert verdict == Send()
    else:
        assert verdict == Defer(place(datetime.fromisoformat(until), zone).at, "free")


@given(moments, st.sampled_from(ZONES), hours, hours, st.integers(0, 60))
def test_what_waits_for_a_working_day_goes_at_that_moment(
    now: datetime, zone: str, begin: str, end: str, spread: int
) -> None:
    facts = somebody(zone=zone, quiet=(begin, end), works=True)
    verdict = policy.decide(facts, now, spread, None, workdays.is_free)
    if isinstance(verdict, Defer):
        assert verdict.until > now
        assert policy.decide(facts, verdict.until, spread, None, workdays.is_free) == Send()


@given(moments, st.sampled_from(ZONES), hours, hours, st.integers(1, 10**6), st.integers(0, 60))
def test_what_is_deferred_is_sent_at_that_moment(
    now: datetime, zone: str, begin: str, end: str, contact: int, spread: int
) -> None:
    facts = somebody(contact, zone=zone, quiet=(begin, end))
    verdict = policy.decide(facts, now, spread)
    if isinstance(verdict, Defer):
        assert verdict.until > now
        assert verdict == policy.decide(facts, now, spread)
        assert policy.decide(facts, verdict.until, spread) == Send()
    else:
        assert verdict == Send()


@given(moments, st.sampled_from(ZONES), hours, hours, st.integers(0, 1_440))
def test_who_waits_longer_is_not_sent_to_earlier(
    now: datetime, zone: str, begin: str, end: str, minutes: int
) -> None:
    facts = somebody(zone=zone, quiet=(begin, end))
    later = now + timedelta(minutes=minutes)
    first, second = (policy.decide(facts, at, 0) for at in (now, later))
    if isinstance(first, Defer):
        assert (second.until if isinstance(second, Defer) else later) >= min(first.until, later)


def until(contact_id: int, hours: tuple[str, str], spread: int) -> datetime:
    verdict = policy.decide(somebody(contact_id, quiet=hours), MIDNIGHT, spread)
    assert isinstance(verdict, Defer)
    return verdict.until


def test_those_who_become_free_together_are_spread_evenly() -> None:
    untils = [until(number, NIGHT, 10) for number in range(1, 3_001)]
    minutes = [int((moment - EIGHT).total_seconds()) // 60 for moment in untils]
    assert [minutes.count(minute) for minute in range(10)] == pytest.approx([300] * 10, abs=5)
    assert len(set(untils[:20])) == 20  # one partner's people, imported together


def test_the_spread_does_not_reach_into_the_next_quiet_hours() -> None:
    untils = [until(number, ("08:01", "08:00"), 60) for number in range(50)]
    assert all(EIGHT <= moment < EIGHT + timedelta(minutes=1) for moment in untils)
