"""What waits for a manager: nudges when a promise is due, the Home, talk nobody decided about."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from bot.tickets import head
from storage import due_work
from tests.conversations.stage import SlackPerson, Stage
from tests.factories import a_contact, a_partner, a_room

JO = "700000011"


async def _nordwind(stage: Stage, **values: str | None) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, **values)  # type: ignore[arg-type]
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    await stage.telegram_person("Jo Weber").starts()


async def test_nobody_answers_so_the_owner_is_nudged_and_later_the_room(stage: Stage) -> None:
    await _nordwind(stage)
    jo, lin, mei = stage.telegram_person("Jo Weber"), stage.manager("Lin"), stage.manager("Mei")
    await jo.writes("The price list will not open")
    await lin.sees("answer by 17:12")
    await stage.later(minutes=44)
    await lin.sees_nothing()
    await stage.later(minutes=1)
    nudge = await lin.sees("T-1：Jo 在等答复，承诺时间 17:12。“The price list will not open”")
    assert nudge.room.startswith("D")
    assert nudge.buttons == ("回复", "T-1")
    await lin.sees("answer by 17:12 · soon · nobody yet", room="C0TRIAGE", kind="edit")
    await stage.later(minutes=15)
    await lin.sees("T-1：Jo 在等答复，原承诺 17:12 前。")
    await lin.sees("answer was due 17:12 · nobody yet", room="C0TRIAGE", kind="edit")
    await mei.sees_nothing("在等答复")
    await stage.later(minutes=30)
    late = await mei.sees("T-1 · Nordwind GmbH: Jo still waits", "by 17:12",
                          "“The price list will not open”", room="C0TEAM")  # fmt: skip
    assert late.buttons == ("Reply", "Take", "T-1")
    await stage.later(hours=20)
    await lin.sees_nothing("T-1")
    chen = stage.manager("Chen")
    await stage.until("2026-12-07T09:01:00+08:00")
    told = await chen.sees("这些承诺已超时较久",
                           "T-1 Nordwind GmbH “The price list will not open”",
                           "待认领（伙伴由林经理负责）")  # fmt: skip
    assert told.buttons == ("T-1",)
    await lin.types("/ticket T-1 story")
    await lin.sees(
        "第 1 次答复用去 75 %：已提醒Lin。", "第 1 次答复用去 150 %：已在团队频道告知。"
    )
    await lin.types("/ticket T-1 resolve Sent")
    await stage.until("2026-12-08T09:01:00+08:00")
    await chen.sees_nothing("这些承诺")


async def test_what_somebody_took_is_asked_of_who_stands_in_not_of_the_room(stage: Stage) -> None:
    await _nordwind(stage)
    jo, lin, mei = stage.telegram_person("Jo Weber"), stage.manager("Lin"), stage.manager("Mei")
    await jo.writes("The price list will not open")
    await lin.sees("answer by 17:12")
    await lin.types("/ticket T-1 take")
    await stage.later(minutes=91)
    asked = await mei.sees("原承诺 17:12 前。", "由林经理负责，您能帮忙吗？")
    assert asked.room.startswith("D")
    await mei.sees_nothing("still waits")


async def test_the_head_hears_of_all_that_is_late_that_day_in_one_message(stage: Stage) -> None:
    async with stage.turn() as turn:
        await head.hears(turn, [1])
        morning = turn.now + timedelta(hours=16)  # Friday 08:12: that day's message is to come
        await head.hears(replace(turn, now=morning), [2])
        row = await due_work.waiting_of(turn.session, head.SUBJECT)
        assert row is not None
        assert row.payload["tickets"] == [1, 2]
        assert row.due_at == datetime.fromisoformat("2026-12-04T09:00:00+08:00")


async def test_who_sleeps_is_passed_over_and_told_in_the_morning(stage: Stage) -> None:
    await _nordwind(stage, owner="Ana")  # 05:12 in São Paulo
    jo, ana, mei = stage.telegram_person("Jo Weber"), stage.manager("Ana"), stage.manager("Mei")
    await jo.writes("The price list will not open")
    await ana.sees("answer by 17:12", room="C0TRIAGE")
    await ana.types("/ticket T-1 take")
    await stage.later(minutes=46)
    await mei.sees("T-1：Jo 在等答复，承诺时间 17:12。由安娜经理负责，您能帮忙吗？")
    await stage.until("2026-12-03T07:59:00-03:00")
    await ana.sees_nothing("is waiting")
    await stage.until("2026-12-03T08:01:00-03:00")
    await ana.sees("T-1, Jo is waiting: answer was promised by 06:12.")


async def test_an_answer_in_time_stops_the_clock(stage: Stage) -> None:
    await _nordwind(stage)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.writes("The price list will not open")
    await lin.sees("answer by 17:12")
    await stage.until("2026-12-03T17:11:55+08:00")
    await lin.types("/ticket T-1 reply Here it is")
    await lin.sees("10 秒后发给 Jo")
    await stage.later(hours=2)
    await lin.sees("已发给 Jo，17:12。")
    await lin.sees_nothing("在等答复")


async def test_without_an_owner_the_room_hears_of_it(stage: Stage) -> None:
    await _nordwind(stage, owner=None)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.writes("The price list will not open")
    await jo.sees("Got it, Jo. Our team at Hengda has it (T-1).")
    await stage.later(minutes=61)
    await lin.sees("T-1 · Nordwind GmbH: Jo still waits", room="C0TEAM")


async def test_two_that_are_due_together_are_one_nudge(stage: Stage) -> None:
    await _nordwind(stage)
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Acme Industrial")
        await a_contact(turn.session, partner, turn.now, "Kai Brandt", called="Kai",
                        telegram="700000012")  # fmt: skip
    jo, kai = stage.telegram_person("Jo Weber"), stage.telegram_person("Kai Brandt")
    lin = stage.manager("Lin")
    await kai.starts()
    await jo.writes("The price list will not open")
    await stage.later(minutes=10)
    await kai.writes("No stock figures today")
    await lin.sees("T-2")
    await kai.writes(
        "<!channel> *none* </b> at all\nand <https://evil.example|the orders> too, " * 2
    )
    await kai.writes("Thanks!")
    await stage.later(minutes=50)
    nudge = await lin.sees(
        "T-1：Jo 在等答复，承诺时间 17:12。“The price list will not open”\n"
        "T-2：Kai 在等答复，承诺时间 17:22。"
        "“<!channel> *none* </b> at all and <https://evil.example|the…”"
    )
    assert nudge.buttons == ("T-1", "T-2")
    await stage.later(minutes=15)
    await lin.sees_nothing("在等答复")


async def test_mine_and_home_show_what_waits(stage: Stage) -> None:
    await _nordwind(stage)
    async with stage.turn() as turn:
        await a_partner(turn.session, turn.now, "Acme Industrial", tier="silver")
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await lin.opens_home()
    await lin.sees("今天没有待办，也没有人在等您。", kind="home")
    await lin.types("/liaison mine")
    await lin.sees("今天没有待办，也没有人在等您。")
    await jo.writes("The price list will not open")
    await lin.sees("T-1 Nordwind GmbH, Jo “The price list will not open” · 17:12 前", kind="home")
    await lin.types("/liaison 我的")
    await lin.sees("T-1 Nordwind GmbH", "17:12 前")
    await jo.writes("/tickets")
    await jo.sees("T-1 “The price list will not open” · answer by 10:12")
    await lin.types("/ticket new Acme The order form is broken")  # promised later
    await lin.sees("T-2", kind="home")
    await stage.later(minutes=61)
    home = await lin.sees("T-1", "已超时：应于 17:12 前答复", kind="home")
    assert home.text.index("已超时") < home.text.index("T-2")
    assert home.text.count("已超时") == 1
    await lin.types("/ticket list")
    await lin.sees("T-1 Nordwind GmbH “The price list will not open” · 原承诺 17:12 前答复")
    await jo.writes("/tickets")
    await jo.sees("T-1 “The price list will not open” · answer by 10:12")


async def test_talk_in_a_room_becomes_a_ticket_or_nothing(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, partner, turn.now, "slack", "C1BLUEPINE")
    priya, bo = SlackPerson(stage, "U1BLUEPI1"), stage.manager("Bo")
    await bo.opens_home()
    await bo.sees("Nothing due. Nobody waits for you.", kind="home")
    await priya.types("The invoices look odd this month", room="C1BLUEPINE")
    await bo.sees("Bluepine Systems wrote in their room", "“The invoices look odd", kind="home")
    await priya.types("Nice weather by the way", room="C1BLUEPINE")
    await bo.sees("Nice weather", kind="home")
    await bo.types("/liaison mine")
    mine = await bo.sees("The invoices look odd", "Nice weather")
    assert mine.buttons == ("Make a ticket", "Nothing to do", "Make a ticket", "Nothing to do")
    await bo.presses("Make a ticket", mine)
    await priya.sees("Bo's team has it (T-1).", room="C1BLUEPINE")
    await bo.sees("T-1 · Bluepine Systems", room="C0TRIAGE")


async def test_of_two_who_take_it_one_is_told_who_has_it(stage: Stage) -> None:
    await _nordwind(stage)
    jo, lin, bo = stage.telegram_person("Jo Weber"), stage.manager("Lin"), stage.manager("Bo")
    await jo.writes("The price list will not open")
    card = await bo.sees("nobody yet", room="C0TRIAGE")
    await asyncio.gather(bo.presses("Take", card), lin.presses("Take", card))
    await stage.settle()
    told = [entry.text for entry in stage.journal.entries if entry.private]
    assert ("T-1 已由 Bo 负责。" in told) != ("Lin has T-1 already." in told)


async def test_remark_and_greeting_cost_nobody_time(stage: Stage) -> None:
    await _nordwind(stage)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.writes("Good morning Lin!")
    await jo.sees("Hello Jo. Just write what you need: Lin's team reads it.")
    await lin.sees_nothing()
    await jo.writes("Hello again")
    await jo.sees_nothing()
    await jo.writes("Your new brochure looks good")
    await jo.sees("Got it, Jo.")
    await jo.presses("Only a remark")
    await jo.sees("Noted, Jo: only a remark (T-1), so no answer will follow.", kind="edit")
    await stage.settle()
    await stage.later(hours=3)
    await lin.sees_nothing("T-1")
    await jo.presses("It is a problem after all")
    await lin.sees("T-1：Jo 在等答复")


async def test_several_open_tickets_are_asked_about(stage: Stage) -> None:
    await _nordwind(stage)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)")
    await lin.types("/ticket T-1 resolve sent")
    await jo.sees("How was that?")
    await jo.writes("And the order form is broken")
    again = await jo.sees("Lin has it (T-1).", buttons=("Urgent", "Only a remark", "New problem"))
    await stage.settle()
    await jo.presses("New problem", again)
    await jo.sees("(T-2)")
    await stage.settle()
    await lin.types("/ticket T-1 reopen")
    await jo.sees("Lin has it (T-1).")
    await stage.later(minutes=6)
    await jo.writes("Still nothing")
    which = await jo.sees("Which one is this about?")
    assert which.buttons[-1] == "Something new"
    await jo.presses("T-1 The price list will not open", which)
    await jo.sees("Thank you: it is with T-1.", kind="edit")
    await lin.sees("Still nothing", room="C0TRIAGE")
