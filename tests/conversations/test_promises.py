"""Why a promise stands where it does, and what becomes of it when the settings change."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot.chat import Address, Event, Person
from bot.settings import adopt
from storage import due_work, tickets
from storage.models_delivery import DueWork
from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner, a_room

JO, ROOM = "700000011", "C1BLUEPINE"


async def _jo_writes(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("Got it, Jo.")
    await stage.settle()


async def test_a_ticket_tells_its_story_line_by_line(stage: Stage) -> None:
    await _jo_writes(stage)
    bo = stage.manager("Bo")
    await stage.later(minutes=20)
    await bo.types("/ticket T-1 reply New link: nordwind.example/prices")
    await stage.later(minutes=1)
    await bo.types("/ticket T-1 story")
    told = await bo.sees("T-1 · Nordwind GmbH · “The price list will not open”")
    lines = told.text.splitlines()
    assert "09:12 · Jo Weber: it begins. Answer 1: starts, by 10:12." in lines
    assert "09:32 · Bo answered. “New link: nordwind.example/prices” Answer 1: in time." in lines
    assert "Answer 1: 20 min used of 1 h · due 10:12" in lines
    assert (
        "The partner waited 21 min, we worked 21 min, on hold 0 min, we waited for them 0 min."
        in (lines)
    )
    assert "Promise “gold”, open hours “office”, settings version 1." in lines


async def test_a_ticket_tells_its_story_in_chinese(stage: Stage) -> None:
    await _jo_writes(stage)
    lin = stage.manager("Lin")
    await lin.types("/ticket T-1 经过")
    told = await lin.sees("Jo Weber 提出。")
    assert "第 1 次答复：开始计时，17:12 前。" in told.text
    assert "承诺 1 小时，已用 0 分钟，还剩 1 小时" in told.text


async def test_other_settings_change_what_is_promised_and_the_log_says_so(stage: Stage) -> None:
    await _jo_writes(stage)
    app = stage.app
    faster = app.config.policies[0].model_copy(update={"answer_within": "30m"})
    changed = app.config.model_copy(update={"policies": (faster, *app.config.policies[1:])})
    app.take(await adopt(app.database, changed, "test"))
    await app.arm()
    await stage.settle()
    async with stage.turn() as turn:
        ticket = await tickets.get(turn.session, 1)
        assert ticket is not None
        assert ticket.due_at == ticket.opened_at + timedelta(minutes=30)
    await stage.telegram_person("Jo Weber").sees("Answer by 09:42 your time.")
    bo = stage.manager("Bo")
    await bo.types("/ticket T-1 story")
    await bo.sees("Other promises are in force: “gold”, settings version 2.")


async def test_what_is_not_due_now_is_judged_by_other_settings_too(stage: Stage) -> None:
    """Answered meanwhile: what is promised next, and the solution, follow the new settings."""
    await _jo_writes(stage)
    app, bo, jo = stage.app, stage.manager("Bo"), stage.telegram_person("Jo Weber")
    await bo.types("/ticket T-1 reply We look into it")
    await stage.later(minutes=1)
    gold, *rest = app.config.policies
    other = gold.model_copy(update={"next_within": "30m", "solve_within": "1h"})
    changed = app.config.model_copy(update={"policies": (other, *rest)})
    app.take(await adopt(app.database, changed, "test"))
    await app.arm()
    await stage.settle()
    await bo.sees("to be solved by 17:12", room="C0TRIAGE", kind="edit")
    await bo.types("/ticket T-1 story")
    told = await bo.sees("Other promises are in force: “gold”, settings version 2.")
    assert told.text.count("Other promises") == 1
    await jo.writes("Any news?")
    await jo.sees("Answer by 09:43 your time.")
    await stage.later(minutes=61)
    await bo.types("/ticket T-1 resolve Sent")
    await bo.types("/ticket T-1 story")
    told = await bo.sees("Answer 1: in time.", "Answer 2: too late.", "Solution: too late.")
    app.take(await adopt(app.database, changed.model_copy(update={"zone": "UTC"}), "test"))
    await app.arm()
    await stage.settle()
    await bo.types("/ticket T-1 story")
    told = await bo.sees("Answer 2: too late.", "Solution: too late.")
    assert told.text.count("Other promises") == 1  # nothing of these is another promise


async def test_a_promise_of_hours_in_which_both_work_is_told_in_both_clocks(stage: Stage) -> None:
    """Monday 10:30 in Madrid, half an hour before our evening; Tuesday is a holiday there."""
    gold, *rest = stage.app.config.policies
    both = gold.model_copy(update={"both_sides": True})
    stage.app.config = stage.app.config.model_copy(update={"policies": (both, *rest)})
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, zone="Europe/Madrid")
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await stage.until("2026-12-07T10:30:00+01:00")
    await jo.writes("The price list will not open")
    await jo.sees("Answer by Wed 09:30 your time.")
    await lin.sees("answer by Wed 16:30", room="C0TRIAGE")
    await stage.until("2026-12-09T09:14:00+01:00")
    await lin.sees_nothing("在等答复")
    await stage.later(minutes=2)
    await lin.sees("T-1：Jo 在等答复，承诺时间 16:30。")
    await lin.types("/ticket T-1 reply Here it is")
    await stage.later(seconds=11)
    await lin.types("/partner set Nordwind tz=Tokyo")
    await stage.settle()
    await lin.types("/ticket T-1 story")  # what has ended stays judged by the clock of then
    await lin.sees("第 1 次答复：按时。", "Lin 改了伙伴资料", "承诺 1 小时，用时 46 分钟")


async def test_who_has_to_act_is_said_and_shown_on_the_card(stage: Stage) -> None:
    await _jo_writes(stage)
    bo, jo = stage.manager("Bo"), stage.telegram_person("Jo Weber")
    await bo.types("/ticket T-1 wait")
    await bo.sees("T-1 waits for the partner.", buttons=("Go on",))
    await bo.sees("answer by 17:12 · nobody yet · waiting for the partner", room="C0TRIAGE")
    await bo.types("/ticket T-1 wait")
    await bo.sees("T-1 waits for the partner already.")
    await jo.writes("It still does not open")
    await bo.sees("answer by 17:12 · nobody yet", room="C0TRIAGE", kind="edit")
    await bo.types("/ticket T-1 搁置")
    await bo.sees("T-1 is on hold")
    await jo.writes("Hello? Anybody there?")
    await stage.settle()
    async with stage.turn() as turn:
        ticket = await tickets.get(turn.session, 1)
        assert ticket is not None
        assert ticket.status == "hold"
    await bo.presses("Go on")
    await bo.sees("T-1 goes on.")


async def test_another_priority_is_another_promise(stage: Stage) -> None:
    await _jo_writes(stage)
    bo, jo = stage.manager("Bo"), stage.telegram_person("Jo Weber")
    await bo.types("/ticket T-1 priority 紧急")
    await bo.sees("The priority of T-1 has changed")
    await bo.sees("answer by 16:42", "urgent", room="C0TRIAGE", kind="edit")
    await jo.sees("Answer by 09:42 your time.", "Marked as urgent.")
    await bo.types("/ticket T-1 priority soonish")
    await bo.sees("“soonish” is no priority. There are: low, normal, high, urgent.")
    await bo.types("/ticket T-1 priority urgent")
    await bo.sees("T-1 has this priority already.")


async def test_a_priority_that_breaks_the_promise_at_once_is_warned_of_at_once(
    stage: Stage,
) -> None:
    """Decision 10: by the new promise the answer was due ten minutes ago."""
    await _jo_writes(stage)
    bo, lin = stage.manager("Bo"), stage.manager("Lin")
    await stage.later(minutes=40)
    await lin.sees_nothing("在等答复")
    await bo.types("/ticket T-1 priority urgent")
    await lin.sees("T-1：Jo 在等答复，原承诺 16:42 前。")
    await bo.sees("answer was due 16:42", room="C0TRIAGE", kind="edit")


async def test_what_is_heard_late_is_promised_from_when_it_was_written(stage: Stage) -> None:
    """The promise runs from when they wrote, so that an outage of ours makes nobody wait longer;
    an answer that was given in time is in time, whenever we hear of it.
    """
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, partner, turn.now, "slack", ROOM)
    bo, where = stage.manager("Bo"), Address("slack", ROOM, "1796285000.000100")
    now = stage.app.clock.now()
    wrote = Event("slack:msg:1", now - timedelta(minutes=90), "slack", "message",
                  Person("slack", "U1BLUEPI1"), where, text="The portal is down",
                  message_id="1796285000.000100", mentions_bot=True, shared=True)  # fmt: skip
    said = replace(wrote, key="slack:msg:2", at=now - timedelta(minutes=40), who=Person("slack",
                   "U0BO"), text="It is back", message_id="1796285000.000200",
                   mentions_bot=False)  # fmt: skip
    await stage.app.dispatch.handle(wrote)
    await bo.sees("answer was due 15:42", room="C0TRIAGE")
    await stage.app.dispatch.handle(said)
    await bo.sees("answered 15:32 · Bo", room="C0TRIAGE")
    await bo.types("/ticket T-1 story")
    await bo.sees("07:42 · ", "it begins. Answer 1: starts, by 08:42.", "Answer 1: in time.")


async def test_more_on_the_card_offers_what_else_there_is(stage: Stage) -> None:
    await _jo_writes(stage)
    bo = stage.manager("Bo")
    await bo.presses("More")
    more = await bo.sees("What else about T-1?")
    assert more.buttons == ("Assign", "Note", "Story", "Not a ticket", "Wait for them",
                            "On hold", "Priority", "Promise", "Merge", "Link", "Known issue",
                            "Question", "Order", "Request")  # fmt: skip
    await bo.presses("Priority", more)
    await bo.sees(kind="modal")
    await bo.fills(priority="high")
    await bo.sees("nobody yet · high", room="C0TRIAGE", kind="edit")


async def test_what_was_open_before_an_upgrade_is_planned_anew_at_the_start(stage: Stage) -> None:
    await _jo_writes(stage)
    async with stage.turn() as turn:  # as an earlier version left it: looked at when it is due
        ticket = await tickets.get(turn.session, 1)
        work = await due_work.waiting_of(turn.session, "ticket:1:clock")
        done = await turn.session.scalar(select(DueWork).where(DueWork.kind == "ticket.terms"))
        assert ticket is not None
        assert work is not None
        assert done is not None
        work.due_at = ticket.follow_up_at = ticket.due_at or ticket.opened_at
        done.key = done.key.rpartition(":")[0]
    await stage.app.arm()
    await stage.settle()
    await stage.later(minutes=46)
    await stage.manager("Lin").sees("T-1：Jo 在等答复，承诺时间 17:12。")
