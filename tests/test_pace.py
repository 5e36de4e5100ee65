"""No window ever sees more calls than the platform allows, whatever the jitter; and a 429 stops
only what it is about."""

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot import pace as module
from bot.pace import LEAD, Pace, Shaper, SlackPace, TelegramPace, paced, per_minute
from storage.gates import ASK, DELETE, EDIT, FILE, HOMEPAGE, POST


@dataclass(frozen=True)
class Row:
    chat: str
    verb: str = POST


class Time:
    """Seconds that a test moves; the pace reads them."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    monkeypatch.setattr(module, "monotonic", clock)
    return clock


def _call(pace: Pace, time: Time, row: Row, takes: float = 0.0) -> bool:
    """Make a call if there is a permit for it."""
    if not pace.choose([row]):
        return False
    time.now += pace.started(row) + takes
    pace.finished(row)
    return True


@pytest.mark.parametrize(("permits", "seconds"), [(30, 1.0), (1, 1.0), (20, 60.0), (50, 6.0)])
def test_no_window_sees_more_than_the_limit(permits: int, seconds: float) -> None:
    chance = random.Random(permits)  # noqa: S311 - jitter, no secret
    shaper, now = Shaper(permits, seconds), 0.0
    accepted: list[float] = []
    flying: list[tuple[float, float]] = []  # answered at, accepted at
    while len(accepted) < 40 * permits:
        while shaper.free(now + LEAD) and len(flying) < 8:
            start = now + shaper.started(now)
            there = start + chance.expovariate(50)  # how long the way takes, each time anew
            flying.append((there + chance.expovariate(50), there))
            accepted.append(there)
        flying.sort()
        backs = [at for at in (shaper.opens_at(now + LEAD),) if at is not None]
        now = max(now, min([*(at for at, _ in flying), *(at - LEAD for at in backs)])) + 1e-6
        while flying and flying[0][0] <= now:
            shaper.finished(flying.pop(0)[0])
    accepted.sort()
    # numbers are exact to the last bit only; a nanosecond is no message
    for first, later in zip(accepted, accepted[permits:], strict=False):
        assert later - first >= seconds - 1e-9


def test_the_rate_is_used_and_not_only_kept() -> None:
    shaper, now, sent = Shaper(30, 1.0), 0.0, 0
    while now < 100.0:
        while shaper.free(now):
            shaper.started(now)
            shaper.finished(now + 0.02)
            sent += 1
        opens = shaper.opens_at(now)
        assert opens is not None
        now = opens
    assert sent >= 0.97 * 3_000


def test_a_permit_comes_back_after_the_answer_not_after_the_call(time: Time) -> None:
    pace = TelegramPace()
    row = Row("telegram:1")
    pace.started(row)
    time.now += 25.0  # a slow answer
    assert pace.gates().chats == ("telegram:1",)
    pace.finished(row)
    assert pace.gates().talked == ("telegram:1",)
    assert pace.wait() == pytest.approx(1.0 - LEAD)
    time.now += 1.0
    assert pace.gates() == type(pace.gates())()


def test_a_permit_that_comes_back_after_the_look_is_not_slept_over(time: Time) -> None:
    pace = SlackPace(500)
    while _call(pace, time, Row(f"slack:C{time.now}")):
        time.now += 0.001
    time.now += 4.0
    assert pace.gates().verbs == (POST, FILE)
    time.now += 2.0  # a slow database
    assert pace.wait() == 0.0
    assert pace.gates().verbs == ()


def test_an_edit_does_not_wait_for_the_gap_between_messages(time: Time) -> None:
    pace = TelegramPace()
    assert _call(pace, time, Row("telegram:1"))
    assert not pace.choose([Row("telegram:1")])
    assert _call(pace, time, Row("telegram:1", EDIT))
    assert _call(pace, time, Row("telegram:1", DELETE))


def test_two_rows_of_one_chat_are_not_chosen_together(time: Time) -> None:
    rows = [Row("telegram:1"), Row("telegram:1"), Row("telegram:2")]
    assert TelegramPace().choose(rows) == [rows[0], rows[2]]


def test_a_row_claimed_early_waits_for_its_permit(time: Time) -> None:
    pace, row = TelegramPace(), Row("telegram:1")
    assert _call(pace, time, row)
    time.now += 1.0 - LEAD / 2
    assert pace.choose([row])
    assert pace.started(row) == pytest.approx(LEAD / 2)


def test_telegram_takes_thirty_calls_a_second_in_all(time: Time) -> None:
    pace = TelegramPace()
    assert sum(_call(pace, time, Row(f"telegram:{n}")) for n in range(40)) == 30
    assert pace.free() == 0
    time.now += 1.0
    assert pace.free() == 30


def test_a_group_takes_twenty_messages_and_edits_a_minute(time: Time) -> None:
    pace, began, sent = TelegramPace(), time.now, 0
    while time.now < began + 59.0:
        sent += _call(pace, time, Row("telegram:-100", EDIT if sent % 2 else POST))
        time.now += 0.5
    assert sent == 20
    assert pace.gates().chats == ("telegram:-100",)
    assert _call(pace, time, Row("telegram:7"))


def test_gates_stay_short_however_many_chats_there_were(time: Time) -> None:
    pace = TelegramPace()
    for number in range(3_000):
        if not pace.free():
            time.now += 1.0
        assert _call(pace, time, Row(f"telegram:{number}"))
    assert len(pace.gates().talked) <= 30
    time.now += 1.1
    assert pace.gates().talked == ()
    assert pace.wait() is None


def _steps(act: Callable[[], object]) -> int:
    """How many functions it calls, which no load of the machine changes."""
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(None)
    return steps


def test_a_look_asks_only_what_is_full_however_many_chats_there_were(time: Time) -> None:
    pace, looks = TelegramPace(), list[int]()
    for number in range(1_000):  # groups, each remembered for a minute
        while not pace.free():
            time.now += 1.0
        assert _call(pace, time, Row(f"telegram:-{number}"))
        if number % 30 == 29:
            looks.append(_steps(lambda: (pace.gates(), pace.wait())))
    assert max(looks[1:]) <= 1.5 * min(looks[1:])


@pytest.mark.parametrize(("sign", "needed"), [("", 30), ("-", 30 * 60)])
def test_chats_are_forgotten_though_one_was_told_to_wait(
    sign: str, needed: int, time: Time
) -> None:
    pace = TelegramPace()
    pace.refused(Row(f"telegram:{sign}0"), 1.0)
    for number in range(4_000):
        while not pace.free():
            time.now += 1.0
        assert _call(pace, time, Row(f"telegram:{sign}{number + 1}"))
    assert len(pace._shapers) <= 2 * needed + 60
    assert ("talk", "telegram:0") not in pace._shapers


def _for_minutes(pace: Pace, time: Time, minutes: int, verb: str = POST) -> list[float]:
    """When calls were accepted, with more to say than may be said."""
    began, accepted = time.now, list[float]()
    while time.now < began + minutes * 60.0:
        row = Row(f"slack:C{len(accepted)}", verb)
        if _call(pace, time, row):
            accepted.append(time.now)
        time.now += 0.01
    return accepted


def _most_in_a_minute(accepted: list[float]) -> int:
    minute = 60.0 - 1e-6  # numbers are exact to the last bit only
    return max(sum(at <= later < at + minute for later in accepted) for at in accepted)


def test_slack_keeps_the_ceiling_and_lets_edits_pass(time: Time) -> None:
    pace = SlackPace(500)
    accepted = _for_minutes(pace, time, 4)
    assert _most_in_a_minute(accepted) <= 500
    assert len(accepted) >= 0.97 * 4 * 500
    while _call(pace, time, Row(f"slack:D{time.now}")):
        time.now += 0.001
    assert set(pace.gates().verbs) == {POST, FILE}
    assert pace.choose([Row("slack:C1", EDIT)])


@pytest.mark.parametrize(("verb", "most"), [(EDIT, 50), (DELETE, 50), (HOMEPAGE, 100)])
def test_slack_keeps_the_tier_of_each_method(verb: str, most: int, time: Time) -> None:
    accepted = _for_minutes(SlackPace(500), time, 5, verb)
    assert _most_in_a_minute(accepted) <= most
    assert len(accepted) >= 0.97 * 5 * most


def test_only_a_few_questions_at_once(time: Time) -> None:
    pace = SlackPace(500)
    rows = [Row("slack:", ASK)] * 10
    chosen = pace.choose(rows)
    assert 0 < len(chosen) < 10
    for row in chosen:
        pace.started(row)
    assert pace.gates().verbs == (ASK,)


def test_a_429_stops_that_chat_alone_and_slows_it(time: Time) -> None:
    pace, row = TelegramPace(), Row("telegram:1")
    assert _call(pace, time, row)
    pace.refused(row, 10.0)
    assert pace.choose([Row("telegram:2")])
    time.now += 9.0
    assert not pace.choose([row])
    time.now += 1.0
    assert _call(pace, time, row)
    time.now += 1.1
    assert not pace.choose([row])  # the gap is longer for a while
    time.now += 0.2
    assert pace.choose([row])


def test_a_scope_that_stays_clean_is_trusted_again() -> None:
    shaper, now = Shaper(1, 1.0), 0.0
    shaper.refused(now, 1.0)
    gaps = []
    for _ in range(200):
        opens = shaper.opens_at(now)
        now = opens if opens is not None else now
        shaper.started(now)
        shaper.finished(now)
        back = shaper.opens_at(now)
        assert back is not None
        gaps.append(back - now)
    assert gaps[0] == pytest.approx(1.25)
    assert gaps[-1] == pytest.approx(1.0)


def test_429s_of_two_chats_together_mean_the_account(time: Time) -> None:
    pace = TelegramPace()
    pace.refused(Row("telegram:1"), 3.0)
    assert pace.free() > 0
    pace.refused(Row("telegram:2"), 3.0)
    assert pace.free() == 0
    time.now += 3.0
    assert pace.free() > 0


def test_a_429_of_an_edit_stops_edits_alone(time: Time) -> None:
    pace = SlackPace(500)
    pace.refused(Row("slack:C1", EDIT), 30.0)
    assert pace.gates().verbs == (EDIT,)
    assert pace.choose([Row("slack:C1")])


def test_a_jump_of_the_clock_gives_permits_back_but_ends_no_rest(time: Time) -> None:
    pace, asked, other = TelegramPace(), Row("telegram:1"), Row("telegram:2")
    assert _call(pace, time, asked)
    assert _call(pace, time, other)
    pace.refused(asked, 10.0)
    pace.jumped(0.5)
    assert not pace.choose([other])
    pace.jumped(0.5)
    assert pace.choose([asked, other]) == [other]


def test_a_rest_of_the_account_stops_everything(time: Time) -> None:
    pace = SlackPace(500)
    pace.rest(5.0)
    assert pace.free() == 0
    time.now += 5.0 - LEAD / 2
    assert pace.started(Row("slack:C1")) == pytest.approx(LEAD / 2)


def test_each_platform_has_its_limits() -> None:
    assert isinstance(paced("slack", 500), SlackPace)
    assert isinstance(paced("telegram", 500), TelegramPace)
    assert (per_minute(500), per_minute(20), per_minute(1)) == ((50, 6.0), (2, 6.0), (1, 60.0))
    assert per_minute(525) == (75, 60.0 / 7)


def test_without_limits_a_chat_still_has_one_call_at_a_time(time: Time) -> None:
    pace, row = Pace(gap=0.0, permits=1_000), Row("telegram:1")
    pace.started(row)
    assert not pace.choose([row])
    pace.finished(row)
    assert pace.choose([row])
