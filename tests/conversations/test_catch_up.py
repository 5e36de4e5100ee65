"""After an outage of ours: what still helps comes with a word on its delay, the rest does not."""

from tests.conversations.stage import Stage
from tests.conversations.test_meetings import planned
from tests.conversations.test_scores import _solved


async def test_reminders_come_late_with_a_word_or_not_at_all(stage: Stage) -> None:
    jo, kai = await planned(stage)
    await jo.presses("Yes")
    await stage.until("2026-12-09T07:00:00+01:00")
    await stage.outage(hours=3)  # their reminders were due at 08:00
    late = await jo.sees("Tomorrow: Quarterly review", "Delayed: was due 08:00.")
    await stage.settle()
    assert [entry.text for entry in jo.screen()].count(late.text) == 1
    await stage.manager("Lin").sees("延迟送达，原定")
    await stage.outage(hours=24)  # on the day: 07:00 for them, 15:00 in Shenzhen
    told = await stage.manager("Lin").sees("开始前没有发出提醒", "未提醒：Jo、Kai")
    assert "季度回顾（M-1）" in told.text
    await jo.sees_nothing("Quarterly review")
    await kai.sees_nothing("Quarterly review")


async def test_a_question_stays_open_for_as_long_as_nobody_could_answer(stage: Stage) -> None:
    await _solved(stage)
    jo = stage.telegram_person("Jo Weber")
    await jo.sees("How was that?")
    await stage.later(days=6.9)
    await stage.outage(hours=24)
    await stage.settle()
    await jo.presses("4")
    await jo.sees("4 of 5.", kind="edit")
    await stage.later(days=1)
    await jo.sees("4 of 5.", kind="edit", buttons=())
