"""Whose turn it is: partners are reminded that we wait for them; on hold until a moment."""

from bot.tickets import chasing
from storage import tickets
from storage.models_delivery import DueWork
from tests.conversations.stage import Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room

JO = "700000011"
ROOM = "C1BLUEPINE"
GROUP = -4000101


async def _jo_writes(stage: Stage, **contact: str) -> TelegramPerson:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, owner="Bo")
        await a_contact(turn.session, partner, turn.now, telegram=JO, **contact)
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("Got it, Jo.")
    await stage.settle()
    return jo


async def _status(stage: Stage, number: int = 1) -> str:
    async with stage.turn() as turn:
        ticket = await tickets.get(turn.session, number)
        assert ticket is not None
        return ticket.status


async def test_a_ticket_is_on_hold_until_a_moment_and_then_open_again(stage: Stage) -> None:
    jo, bo = await _jo_writes(stage), stage.manager("Bo")
    await bo.types("/ticket T-1 hold until the factory answers")
    await bo.sees("“until the factory answers” is not a time I understand.")
    await bo.types("/ticket T-1 hold until Monday 10:00")
    held = await bo.sees("T-1 is on hold until Mon 10:00.", buttons=("Undo", "Another time"))
    await bo.sees("on hold until Mon 17:00", room="C0TRIAGE", kind="edit")  # on the team's clock
    await bo.types("/ticket list hold")
    await bo.sees("“The price list will not open”", "on hold until Mon 10:00")

    await bo.presses("Another time", held)
    await bo.sees(kind="modal")
    await bo.fills(until="Tuesday")
    later = await bo.sees("T-1 is on hold until Tue 09:00.")
    await bo.presses("Undo", held)
    await bo.sees("That is decided already.")
    await bo.presses("Undo", later)
    await bo.sees("Undone: T-1 is on hold until Mon 10:00 as before.")

    await stage.later(hours=1)
    await jo.writes("Hello? Anybody there?")  # an answer is promised, the hold stays
    await bo.sees("Hello? Anybody there?", room="C0TRIAGE")
    await stage.until("2026-12-07T09:59:00+01:00")
    assert await _status(stage) == "hold"
    await stage.until("2026-12-07T10:01:00+01:00")
    back = await bo.sees("T-1 of Nordwind GmbH was on hold until 10:00: it is open again.")
    assert back.buttons == ("Reply", "On hold", "T-1")
    card = await bo.sees("T-1 · Nordwind", room="C0TRIAGE", kind="edit")
    assert "on hold" not in card.text
    await stage.until("2026-12-08T09:30:00+01:00")
    await bo.sees_nothing("was on hold until")
    await bo.types("/ticket T-1 story")
    told = await bo.sees("Bo: we wait for somebody else, until Mon 10:00.")
    assert "Mon 7 Dec\n10:00 · It was on hold until now: it goes on." in told.text
    assert "Bo took that back." in told.text


async def test_undo_of_a_hold_waits_for_the_partner_as_before(stage: Stage) -> None:
    await _jo_writes(stage)
    bo, lin = stage.manager("Bo"), stage.manager("Lin")
    await bo.types("/ticket T-1 wait")
    await bo.sees("T-1 waits for the partner.")
    await lin.types("/ticket T-1 搁置 到周一九点")
    held = await lin.sees("T-1 已搁置至", buttons=("撤回", "换时间"))
    await lin.presses("撤回", held)
    await lin.sees("已撤回：T-1 仍在等对方。")
    assert await _status(stage) == "waiting"
    await lin.types("/ticket T-1 搁置")
    await lin.sees("T-1 已搁置，您说继续时再恢复。", buttons=("撤回", "到什么时候？", "继续"))
    await lin.types("/ticket T-1 resolve new link sent")
    await stage.settle()
    await lin.presses("撤回")
    await lin.sees("这件事已经处理过了。")
    assert await _status(stage) == "resolved"


def _reminders(person: TelegramPerson) -> list[str]:
    return [entry.text for entry in person.screen() if "your answer" in entry.text]


async def test_one_message_names_all_that_waits_and_an_answer_ends_it(stage: Stage) -> None:
    jo, bo = await _jo_writes(stage), stage.manager("Bo")
    await bo.types("/ticket new Nordwind The order form is broken")
    await bo.types("/ticket T-1 reply Which browser is it?")
    await stage.later(seconds=11)
    await bo.types("/ticket T-1 wait")
    await bo.sees("When they write, it is open again. If they do not, they are reminded Mon 09:1")
    await stage.later(hours=1)
    await bo.types("/ticket T-2 wait")
    await bo.sees("T-2 waits for the partner.")
    await stage.until("2026-12-07T09:11:00+01:00")
    await jo.sees_nothing("your answer")
    await stage.until("2026-12-07T12:00:00+01:00")
    await jo.sees(
        "Bo (Hengda): Hello Jo, a short reminder: we need your answer to go on with these:",
        "T-1 “The price list will not open”", "T-2 “The order form is broken”", "Just write here.",
    )  # fmt: skip
    assert len(_reminders(jo)) == 1
    await bo.sees("Jo was reminded that we wait for their answer (reminder 1, in one message "
                  "with T-2).", room="C0TRIAGE")  # fmt: skip
    await bo.sees("(reminder 1, in one message with T-1).", room="C0TRIAGE")

    await jo.writes("It is broken in all of them")
    which = await jo.sees("Which one is this about?")
    await jo.presses("T-2 The order form is broken", which)
    await stage.settle()
    await stage.until("2026-12-10T12:00:00+01:00")
    await jo.sees("we still need your answer to go on with “The price list will not open” (T-1).",
                  "If it is settled, just say so.")  # fmt: skip
    assert len(_reminders(jo)) == 2
    await bo.sees("Jo was reminded that we wait for their answer (reminder 2).", room="C0TRIAGE")
    await bo.sees_nothing("How does it go on?")

    await stage.until("2026-12-11T12:00:00+01:00")
    told = await bo.sees("T-1, Nordwind GmbH “The price list will not open”: no answer from Jo",
                         "How does it go on?", buttons=("Solved", "Wait on", "Reply"))  # fmt: skip
    await bo.presses("Wait on", told)
    await bo.sees("T-1 waits for the partner.", "they are reminded Tue 12:0")
    await stage.until("2026-12-15T13:00:00+01:00")
    await jo.sees("a short reminder: we need your answer to go on with “The price list")
    await bo.types("/ticket T-1 hold until 4 January 10:00")
    await stage.until("2026-12-22T13:00:00+01:00")
    await jo.sees_nothing("your answer")
    await bo.types("/ticket T-1 story")
    await bo.sees(
        "The partner is reminded that we wait for their answer.",
        "They have not answered the reminders: whoever looks after it was told.",
    )


async def test_an_answer_to_the_reminder_is_about_that_ticket(stage: Stage) -> None:
    """Far away: reminded by day there, and Lin is told on a working day of hers."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, zone="America/New_York", language="zh")
        await a_contact(turn.session, partner, turn.now, telegram=JO, called="王总",
                        quiet_from="20:00", quiet_to="10:30")  # fmt: skip
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await lin.types("/ticket new Nordwind 价格表打不开")
    await lin.types("/ticket T-1 等对方")
    await lin.sees("如未回复，周一 23:30 自动提醒对方。")
    await stage.until("2026-12-07T10:29:00-05:00")
    await jo.sees_nothing("您回复")
    await stage.until("2026-12-07T10:31:00-05:00")
    said = await jo.sees("林经理（恒达）：王总您好，温馨提醒：“价格表打不开”（T-1）还在等您回复")
    await lin.sees("was reminded that we wait for their answer (reminder 1).", room="C0TRIAGE")
    await jo.writes("现在可以了吗？", reply_to=int(said.message))
    await stage.settle()
    assert await _status(stage) == "open"

    await lin.types("/ticket T-1 等对方")
    await stage.until("2026-12-15T23:00:00+08:00")
    await lin.sees_nothing("接下来怎么处理？")
    # reminded on Wednesday 9 and Monday 14 in New York; a day later it is night in Shenzhen
    await stage.until("2026-12-16T08:59:00+08:00")
    await lin.sees_nothing("接下来怎么处理？")
    await stage.until("2026-12-16T09:01:00+08:00")
    told = await lin.sees("王总还没有回复，上次提醒是")
    assert told.buttons == ("已解决", "继续等", "回复")
    await lin.presses("已解决", told)
    await lin.sees(kind="modal")
    await lin.fills(text="")
    await stage.settle()
    assert await _status(stage) == "resolved"


async def test_in_a_channel_one_thread_and_without_any_chat_our_manager(stage: Stage) -> None:
    async with stage.turn() as turn:
        pine = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo",
                               zone="America/New_York")  # fmt: skip
        await a_room(turn.session, pine, turn.now, "slack", ROOM)
        await a_partner(turn.session, turn.now, "Nowhere Ltd", owner="Bo")
    priya, bo = stage.slack_person("U1BLUEPI1"), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    first = await priya.sees("(T-1)", room=ROOM)
    await stage.later(minutes=30)
    await priya.types("@Liaison where are the invoices?", room=ROOM)
    await priya.sees("(T-2)", room=ROOM)
    await bo.types("/ticket new Nowhere Who pays the freight?")
    await stage.settle()
    for number in (1, 2, 3):
        await bo.types(f"/ticket T-{number} wait")
        await bo.sees(f"T-{number} waits for the partner.")
    await stage.until("2026-12-07T12:00:00-05:00")
    said = await priya.sees("we need your answer to go on with these:", "T-1 “", "T-2 “",
                            "Just write in the thread of each.", room=ROOM)  # fmt: skip
    assert said.thread == first.thread
    lonely = await bo.sees("T-3, Nowhere Ltd “Who pays the freight?”: we wait for Nowhere Ltd, "
                           "who cannot be reminded in any chat.")  # fmt: skip
    assert lonely.buttons == ("Solved", "Wait on", "T-3")
    await priya.types("it is up again", room=ROOM, thread=first.thread)
    await stage.settle()
    assert [await _status(stage, number) for number in (1, 2, 3)] == ["open", "waiting", "waiting"]

    await stage.later(hours=1)
    await priya.types("and the invoices came by mail", room=ROOM)  # perhaps the answer
    await stage.until("2026-12-10T14:00:00-05:00")
    await priya.sees_nothing("your answer")
    await bo.types("/liaison mine")
    mine = await bo.sees("and the invoices came by mail")
    await bo.presses("Nothing to do", mine)
    await stage.until("2026-12-11T14:00:00-05:00")
    await priya.sees("we still need your answer", "(T-2)", room=ROOM)


async def test_after_an_outage_a_group_reads_one_reminder_and_answers_it(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, owner="Bo")
        await a_room(turn.session, partner, turn.now, "telegram", str(GROUP))
    await stage.telegram.add_bot(700000001, GROUP)
    await stage.telegram.promote(700000001, GROUP)
    jo, bo = stage.telegram_person("Jo Weber"), stage.manager("Bo")
    await jo.writes("@LiaisonDemoBot the printer is broken", chat=GROUP)
    await jo.sees("(T-1)")
    await bo.types("/ticket T-1 wait")
    await bo.sees("T-1 waits for the partner.")
    await stage.settle()
    await stage.outage(hours=20 * 24)  # both moments have passed
    await stage.later(days=1)
    said = await jo.sees("Bo (Hengda): Hello Jo", "Just answer this message.")
    assert len(_reminders(jo)) == 1
    await jo.writes("It is the new one", chat=GROUP, reply_to=int(said.message))
    await stage.settle()
    assert await _status(stage) == "open"


async def test_a_reminder_that_does_not_arrive_is_told_below_the_card(stage: Stage) -> None:
    await _jo_writes(stage)
    bo, lost = stage.manager("Bo"), "chase:1:7"
    async with stage.turn() as turn:
        ticket = await tickets.get(turn.session, 1)
        assert ticket is not None
        await tickets.log(turn.session, ticket, "chased", at=turn.now, by="bot", key=lost,
                          numbers={"1": 1})  # fmt: skip
        work = DueWork(payload={"key": lost, "state": "dead", "reason": "rejected"})
        await chasing.ended(turn, [work])
    await bo.sees("The reminder to Jo that we wait for their answer did not arrive.",
                  room="C0TRIAGE")  # fmt: skip
    await bo.types("/ticket T-1 story")
    await bo.sees("The reminder did not arrive.")
