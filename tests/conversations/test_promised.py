"""A promise in words: made by one press, shown wherever the ticket is, reminded, kept or moved."""

from tests.conversations.partner_rooms import bluepine
from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner

JO, ROOM = "700000011", "C1BLUEPINE"


async def test_a_promise_in_an_answer_is_remembered_by_one_press(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, owner="Bo", zone="America/New_York")
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, bo, lin = stage.telegram_person("Jo Weber"), stage.manager("Bo"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    await bo.sees("answer by 17:12", room="C0TRIAGE")
    await bo.types("/ticket T-1 reply I'll check by Monday 15:00")
    held = await bo.sees("To Jo in 10 s", buttons=("Undo", "Send now", "Remind me: Mon 15:00"))
    await bo.presses("Remind me: Mon 15:00", held)
    told = await bo.sees("Kept in mind with T-1: Mon 7 Dec 15:00, for them 09:00 (New York).")
    assert told.buttons == ("Move", "Drop")
    await bo.sees("promised for Mon 22:00", room="C0TRIAGE", kind="edit")
    await bo.presses("Remind me: Mon 15:00", held)
    await bo.sees("That is decided already.")
    await bo.types("/liaison mine")
    mine = await bo.sees("Promised", "Mon 15:00 T-1 Nordwind GmbH: “I'll check by Monday 15:00”")
    assert "Kept: T-1" in mine.buttons

    await stage.until("2026-12-07T14:01:00+01:00")
    early = await bo.sees("you promised this to Jo for 15:00.", "“I'll check by Monday 15:00”")
    assert early.buttons == ("Kept", "Move", "Drop", "Reply")
    await bo.presses("Move", early)
    await bo.sees(kind="modal")
    await bo.fills(until="tomorrow 9:30")
    await bo.sees("T-1, Nordwind GmbH: promised for Tue 09:30 now.", kind="edit")
    await stage.until("2026-12-07T18:00:00+01:00")
    await bo.sees_nothing("you promised")
    await stage.until("2026-12-08T09:31:00+01:00")
    await bo.sees("you promised this to Jo for 09:30.")
    await bo.presses("Kept")
    await bo.sees("T-1, Nordwind GmbH: promise kept.", kind="edit")
    await lin.types("/ticket T-1 story")
    await lin.sees("Bo承诺", "Bo把承诺改到", "Bo兑现了承诺。")


async def test_a_promise_by_command_is_dropped_or_ends_with_its_ticket(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    await lin.sees("T-1 · Nordwind GmbH", room="C0TRIAGE")
    await lin.types('/ticket T-1 promise "friday"')
    await lin.sees("“friday”只是日期，几点？")
    await lin.types("/ticket T-1 承诺 周五下午三点给新价格表")
    told = await lin.sees("已记在 T-1：12月4日周五 15:00，对方那边 08:00（柏林）。")
    await lin.types("/ticket T-1 promise 2 December 2026 9:00")
    await lin.sees("已经过去")
    await lin.presses("取消承诺", told)
    await lin.sees("T-1：承诺已取消，不再提醒。")
    await lin.types("/ticket T-1 reply Tomorrow at 10:00")
    held = await lin.sees("10 秒后发给 Jo：")
    await lin.presses("提醒我：周五 10:00", held)
    await lin.sees("已记在 T-1：12月4日周五 10:00")
    await lin.presses("撤回", held)
    await lin.sees("未发送。", kind="edit")
    await lin.types("/liaison mine")
    assert "已承诺" not in (await lin.sees("T-1 Nordwind GmbH")).text
    await lin.types('/ticket T-1 promise "friday 15:00"')
    await lin.sees("已记在 T-1")
    await lin.types("/ticket T-1 resolve Sent")
    await stage.until("2026-12-04T15:01:00+08:00")
    await lin.sees_nothing("您答应")
    await lin.types("/liaison mine")
    await lin.sees("今天没有待办")


async def test_a_promise_in_a_partners_room_is_remembered_by_the_messages_shortcut(
    stage: Stage,
) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    early = await bo.types("We are here by Friday 15:00", room=ROOM)
    await stage.settle()  # before there is a ticket
    heard = await priya.types("@Liaison the portal is down", room=ROOM)
    await bo.sees("T-1", room="C0TRIAGE")
    said = await bo.types("I'll check by Friday 15:00", room=ROOM, thread=heard)
    await bo.sees("answered 16:12 · Bo", room="C0TRIAGE", kind="edit")
    await bo.uses("ticket.promise_of_message", ROOM, said)
    told = await bo.sees("Kept in mind with T-1: Fri 4 Dec 15:00.", buttons=("Move", "Drop"))
    assert told.private
    await bo.sees("promised for Fri 22:00", room="C0TRIAGE", kind="edit")
    await priya.sees_nothing()
    await bo.uses("ticket.promise_of_message", ROOM, early)
    await bo.sees("This message belongs to no ticket. Try /ticket T-12 promise thursday 15:00")
    vague = await bo.types("I'll look into it", room=ROOM, thread=heard)
    await stage.settle()
    await bo.uses("ticket.promise_of_message", ROOM, vague)
    await bo.sees("By when?", kind="modal")
    await bo.fills(until="2 December 2026 9:00")
    await bo.sees("past", kind="modal_error")
    await bo.fills(until="tomorrow 9:00", words="Look into it")
    await bo.sees("Kept in mind with T-1: Fri 4 Dec 09:00.")
    await stage.until("2026-12-04T14:01:00+01:00")
    await bo.sees("you promised this", "15:00.", "“I'll check by Friday 15:00”")
