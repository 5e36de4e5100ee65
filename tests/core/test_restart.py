"""After an outage the admins are told, unasked: how long, what was late, what became of it."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from bot import due, outbox
from bot.chat import Address
from bot.outbox import Class
from bot.texts import plain_message
from storage import outbox as rows
from storage import people
from storage.models_delivery import Delivery
from tests.conversations.stage import Stage

ROOT = Path(__file__).parents[2]
JO = "700000011"


async def _in_english(stage: Stage) -> None:
    async with stage.turn() as turn:
        chen = await people.manager_named(turn.session, "Chen")
        assert chen is not None
        chen.language = "en"


async def test_an_outage_is_told_with_what_was_late(stage: Stage) -> None:
    await _in_english(stage)
    chen = stage.manager("Chen")
    async with stage.turn() as turn:
        await due.put(turn, key="probe", kind="trouble.over", due_at=turn.now + timedelta(hours=9))
        await outbox.owe(turn, Address("slack", "U0BO"), plain_message("late"), key="late",
                         subject="late", cls=Class.REMINDER,
                         not_before=turn.now + timedelta(hours=9))  # fmt: skip
    await stage.outage(hours=10)
    await stage.later(seconds=20)
    told = await chen.sees("I was off from", "(10 h). I had been stopped.")
    assert "Late because of it: 1 message;" in told.text
    assert told.buttons == ()


async def test_what_failed_and_what_came_too_late_is_told_too(stage: Stage) -> None:
    await _in_english(stage)
    async with stage.turn() as turn:
        soon = turn.now + timedelta(hours=1)
        for key, to, how in (("useless", "U0BO", {"expires_at": soon + timedelta(hours=1)}),
                             ("refused", "C0NOWHERE", {})):  # fmt: skip
            await outbox.owe(turn, Address("slack", to), plain_message(key), key=key, subject=key,
                             cls=Class.REMINDER, not_before=soon, **how)  # fmt: skip
    await stage.outage(hours=10)
    await stage.later(seconds=20)
    told = await stage.manager("Chen").sees("I was off from")
    assert "1 message came too late to be of use and was not sent." in told.text
    assert "1 message could not be delivered: /liaison status." in told.text


async def test_a_short_stop_is_not_worth_a_word(stage: Stage) -> None:
    await stage.outage(hours=0.01)
    await stage.later(minutes=5)
    await stage.manager("Chen").sees_nothing("停机")


async def test_what_was_under_way_is_told_after_a_crash(stage: Stage) -> None:
    await _in_english(stage)
    await stage.telegram_person("Jo Weber").starts()
    await stage.settle()
    await stage.app.stop()
    old = stage.app
    database = type(old.database)(old.environment.database_url, old.clock)
    async with database.transaction() as (session, now):
        from bot.turn import Turn

        turn = Turn(session, now, old.config)
        for key, cls in (("news", Class.DIGEST), ("reminder", Class.REMINDER)):
            await outbox.owe(turn, Address("telegram", JO), plain_message(key), key=key,
                             subject=key, cls=cls)  # fmt: skip
        await session.execute(
            update(Delivery)
            .where(Delivery.key.in_(["news", "reminder"]))
            .values(state="sending", attempts=1, started_at=old.clock.real(),
                    lease_until=old.clock.real())
        )  # fmt: skip
    await database.close()
    await stage.outage(hours=0.001, clean=False)
    await stage.later(seconds=40)
    chen = stage.manager("Chen")
    told = await chen.sees("a crash or a power cut", buttons=("Send again",))
    assert (
        "2 messages were under way: 1 had arrived or went out, 1 of them sent again, "
        "1 perhaps arrived, 0 failed, 0 were not needed any more." in told.text
    )
    await chen.presses("Send again", told)
    await stage.settle()
    async with stage.turn() as turn:
        row = await rows.find(turn.session, "news")
        assert row is not None
        assert row.state == "sent"
