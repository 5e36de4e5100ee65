"""What partners type instead of pressing: points, "no, not yet", "it is solved"; and Undo."""

import pytest

from storage import tickets
from storage.models_work import Ticket
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room

JO = "700000011"
LIN = 700000001
GROUP, BOT = -1002000000101, "@LiaisonDemoBot"
ROOM = "C1BLUEPINE"


async def _ticket(stage: Stage) -> Ticket:
    await stage.settle()
    async with stage.turn() as turn:
        found = await tickets.get(turn.session, 1)
        assert found is not None
        return found


async def _solved(stage: Stage, language: str = "en") -> TelegramPerson:
    """T-1 of Jo, in private."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO, language=language)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("(T-1" if language == "en" else "（T-1")
    await lin.types("/ticket T-1 resolve new link sent")
    await jo.sees("How was that?" if language == "en" else "您还满意吗？")
    await stage.settle()
    return jo


async def test_points_are_the_score_and_open_nothing_again(stage: Stage) -> None:
    jo = await _solved(stage)
    await jo.writes("2")
    await jo.sees("2 of 5. What went wrong? Just write.", kind="edit", buttons=("Skip", "Change"))
    await stage.manager("Lin").sees("Nordwind GmbH，T-1：2 分。")
    await jo.writes("Third time this month")
    await jo.sees("2 of 5: “Third time this month” Thank you.", kind="edit")
    assert (await _ticket(stage)).status == "resolved"


async def test_not_yet_is_the_press_and_can_be_undone(stage: Stage) -> None:
    jo, lin = await _solved(stage), stage.manager("Lin")
    await jo.writes("No, not yet")
    await jo.sees("Thank you for telling us. T-1 is open again.", kind="edit")
    heard = await jo.sees("Lin has it (T-1). Answer by 10:12", kind="new",
                          buttons=("Urgent", "Only a remark", "Undo"))  # fmt: skip
    await lin.sees("Jo 说 T-1 还没解决，已重新打开。")
    assert (await _ticket(stage)).status == "open"
    await jo.presses("Undo", heard)
    await jo.sees("T-1 is solved.", kind="edit")
    question = await jo.sees("How was that?", kind="edit")
    await lin.sees("Jo 撤回了刚才的反馈：T-1 已解决。", buttons=("T-1",))
    assert (await _ticket(stage)).status == "resolved"
    assert await jo.forges("ticket.after_all 1", heard) != ""
    # the same again, now by the button; one of ours is faster than the second thought
    await jo.presses("Not solved", question)
    again = await jo.sees("Lin has it (T-1).", kind="new")
    await lin.types("/ticket T-1 reply Try the new link")
    await stage.later(seconds=11)
    assert (await jo.forges("ticket.after_all 1", again)).startswith("T-1 is being looked after")
    await lin.types("/ticket T-1 story")
    await lin.sees("Jo Weber：其实已经解决了。")
    await lin.types("/ticket T-1 resolve")
    await stage.later(days=8)
    assert (await _ticket(stage)).status == "closed"


async def test_it_is_taken_back_and_closes_in_a_week_all_the_same(stage: Stage) -> None:
    jo = await _solved(stage, "zh")
    await jo.writes("还没有")
    heard = await jo.sees("T-1", kind="new", buttons=("很急", "只是说一声", "撤回"))
    await jo.presses("撤回", heard)
    await jo.sees("T-1 已处理", kind="edit")
    await stage.later(days=8)
    assert (await _ticket(stage)).status == "closed"


async def test_what_answers_one_of_ours_is_no_score(stage: Stage) -> None:
    jo, lin = await _solved(stage), stage.manager("Lin")
    await stage.later(minutes=1)
    await lin.types("/partner tell Nordwind How many boxes do you need?")
    await lin.sees("How many boxes", buttons=("发送", "取消"))
    await lin.presses("发送")
    await stage.later(minutes=2)
    await jo.sees("How many boxes")
    await jo.writes("5")
    await jo.sees_nothing("5 of 5")


async def test_who_says_that_it_works_opens_nothing_again(stage: Stage) -> None:
    jo, lin = await _solved(stage), stage.manager("Lin")
    await jo.writes("It works now")
    await lin.sees("It works now", room="C0TRIAGE")
    await jo.writes("解决了")
    await lin.sees("解决了", room="C0TRIAGE")
    assert (await _ticket(stage)).status == "resolved"


@pytest.fixture
async def forum(stage: Stage) -> TelegramPerson:
    """Jo in Nordwind's group, where each ticket has a topic."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Nordwind GmbH", owner="Lin")
        await a_contact(turn.session, partner, turn.now, telegram=JO)
        await a_room(turn.session, partner, turn.now, "telegram", str(GROUP))
    await stage.telegram.add_bot(LIN, GROUP)
    await stage.telegram.promote(LIN, GROUP)
    await stage.manager("Lin").types("/partner topics nordwind on")
    return stage.telegram_person("Jo Weber")


async def test_in_a_tickets_topic(stage: Stage, forum: TelegramPerson) -> None:
    jo, lin = forum, stage.manager("Lin")
    await jo.writes(f"{BOT} the price list will not open", chat=GROUP)
    topic = (await jo.sees("Got it, Jo.", room=str(GROUP))).thread
    assert topic is not None
    await lin.types("/ticket T-1 resolve new link sent")
    await jo.sees("How was that?", room=str(GROUP))
    await stage.settle()
    await jo.writes("还没有", chat=GROUP, topic=int(topic))
    await jo.sees("T-1 is open again.", kind="edit")
    heard = await jo.sees("Lin has it (T-1).", kind="new", buttons=("Undo",))
    assert heard.thread == topic
    await jo.presses("Undo", heard)
    await jo.sees("How was that?", kind="edit")
    await jo.writes("4", chat=GROUP, topic=int(topic))
    await jo.sees("T-1: answered. Thank you.", kind="edit")
    await jo.sees_nothing("4 of 5")
    assert (await _ticket(stage)).status == "resolved"


async def test_in_a_thread_of_a_shared_channel(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_contact(turn.session, partner, turn.now, "Priya Shah", slack="U1BLUEPI1")
        await a_room(turn.session, partner, turn.now, "slack", ROOM)
    priya, bo = SlackPerson(stage, "U1BLUEPI1"), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    thread = (await priya.sees("(T-1)", room=ROOM)).thread
    await bo.types("/ticket T-1 resolve restarted")
    await priya.sees("How was that?", room=ROOM)
    await stage.settle()
    await priya.types("still not working", room=ROOM, thread=thread)
    await priya.sees("T-1 is open again.", kind="edit", room=ROOM)
    heard = await priya.sees("Bo has it (T-1).", room=ROOM, kind="new", buttons=("Undo",))
    await priya.presses("Undo", heard)
    await priya.sees("How was that?", kind="edit", room=ROOM)
    await stage.settle()
    # not in the thread it is talk among themselves
    await priya.types("no", room=ROOM)
    await priya.sees_nothing()
    assert (await _ticket(stage)).status == "resolved"


async def test_a_plain_no_to_a_fix_is_the_press(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("(T-1")
    await lin.types("/ticket known add Price list is broken")
    await lin.sees("K-1")
    await lin.types("/ticket T-1 link K-1")
    await lin.types('/ticket known fixed K-1 en="It opens again"')
    await lin.sees("It opens again")
    await lin.presses("发送")
    await stage.later(seconds=61)
    asked = await jo.sees("Is it solved for you?")
    await stage.settle()
    await jo.writes("No, not yet")
    await jo.sees("You said it is not solved yet", kind="edit")
    heard = await jo.sees("Lin's team has it (T-1).", kind="new")
    assert "2 messages" not in heard.text
    await jo.presses("Undo", heard)
    back = await jo.sees("Is it solved for you?", kind="edit")
    assert (back.message, back.buttons) == (asked.message, ("Yes, solved", "No, not yet"))
    await jo.presses("Yes, solved", back)
    await jo.sees("You said it is solved. Thank you.", kind="edit")
    assert (await _ticket(stage)).status == "resolved"
