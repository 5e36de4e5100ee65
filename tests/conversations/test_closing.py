"""A solved ticket closes by itself; who comes back soon opens it again, later it is a new one."""

from datetime import timedelta

from bot.tickets import cards, solving
from storage import tickets
from tests.conversations.stage import Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room

JO = "700000011"
ROOM = "C1BLUEPINE"


async def _solved(stage: Stage) -> TelegramPerson:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)")
    await lin.types("/ticket T-1 resolve new link sent")
    await jo.sees("How was that?")
    await stage.settle()
    return jo


async def test_who_comes_back_soon_opens_the_same_ticket_again(stage: Stage) -> None:
    jo = await _solved(stage)
    lin = stage.manager("Lin")
    await stage.until("2026-12-08T09:00:00+01:00")
    await jo.writes("It fails again today")
    await jo.sees("Lin has it (T-1). Answer by 10:00 your time.")
    await lin.sees("Jo 又就已解决的 T-1 留言，已重新打开。请在 17:00 前答复。")
    await lin.sees("answer by 17:00 · Lin", room="C0TRIAGE")
    await stage.settle()
    await lin.types("/ticket T-1 story")
    told = await lin.sees("又留言，已重新打开。")
    assert "答复 2" in told.text.replace("第 2 次答复", "答复 2")
    await stage.later(days=10)
    async with stage.turn() as turn:
        ticket = await tickets.get(turn.session, 1)
        assert ticket is not None
        assert ticket.status == "open"  # what was armed when it was solved is withdrawn


async def test_something_new_is_split_off_and_the_old_one_stays_solved(stage: Stage) -> None:
    jo = await _solved(stage)
    lin = stage.manager("Lin")
    await stage.later(hours=2)
    await jo.writes("The order form is broken")
    await jo.sees("Lin has it (T-1).", buttons=("Urgent", "Only a remark", "New problem"))
    await stage.settle()
    await jo.presses("New problem")
    await jo.sees("(T-2)", kind="new")
    await lin.sees("T-1 · Nordwind GmbH, gold", "solved", room="C0TRIAGE", kind="edit")
    await stage.settle()
    await stage.later(days=9)
    async with stage.turn() as turn:
        old, new = await tickets.get(turn.session, 1), await tickets.get(turn.session, 2)
        assert old is not None
        assert new is not None
        assert (old.status, new.status) == ("closed", "open")


async def test_it_closes_by_itself_and_later_words_begin_a_new_one(stage: Stage) -> None:
    jo = await _solved(stage)
    lin = stage.manager("Lin")
    solved = await jo.sees("T-1 is solved.")
    await stage.until("2026-12-10T16:11:00+08:00")
    await lin.sees_nothing("solved and closed")
    await stage.until("2026-12-10T16:13:00+08:00")
    card = await lin.sees("solved and closed", room="C0TRIAGE", kind="edit")
    assert card.buttons == ("Reopen",)
    await stage.settle()

    await jo.writes("It fails again", reply_to=int(solved.message))
    await jo.sees("(T-2)")
    await lin.sees("T-2 · Nordwind GmbH, gold", "follow-up of T-1", room="C0TRIAGE")
    await lin.types("/ticket T-1 story")
    await lin.sees("之后没有人再提起，已关闭。")
    await lin.types("/ticket T-2 story")
    await lin.sees("是 T-1 的后续。")


async def test_who_comes_back_within_the_same_second_waits_too(stage: Stage) -> None:
    """Telegram's whole seconds say that Jo spoke before the solution, but it was after."""
    await _solved(stage)
    async with stage.turn() as turn:
        ticket = await tickets.get(turn.session, 1)
        assert ticket is not None
        assert ticket.resolved_at is not None
        at = ticket.resolved_at - timedelta(seconds=0.9)
        await solving.bring_back(turn, ticket, "not_solved", at=at, by="contact:1")
        story = (await cards.state_of(turn, ticket)).story
        assert (story.phase, story.waiting_since is not None) == ("open", True)


async def test_of_several_solved_ones_they_say_which(stage: Stage) -> None:
    jo = await _solved(stage)
    lin = stage.manager("Lin")
    await lin.types("/ticket new Nordwind The order form is broken")
    await lin.sees("T-2 · Nordwind GmbH")
    await lin.types("/ticket T-2 resolve mended")
    await jo.sees("T-2 is solved: mended. Not solved? Just write.")
    await jo.writes("Still nothing")
    which = await jo.sees("Which one is this about?")
    await jo.presses("T-1 The price list will not open", which)
    await lin.sees("Jo 又就已解决的 T-1 留言")


async def test_thanks_open_nothing_again(stage: Stage) -> None:
    jo = await _solved(stage)
    await jo.writes("Thank you!")
    await stage.settle()
    async with stage.turn() as turn:
        ticket = await tickets.get(turn.session, 1)
        assert ticket is not None
        assert ticket.status == "resolved"


async def test_in_a_shared_channel_the_thread_says_which_ticket(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Lin")
        await a_room(turn.session, partner, turn.now, "slack", ROOM)
    priya, lin = stage.slack_person("U1BLUEPI1"), stage.manager("Lin")
    await priya.types("@Liaison the portal is down", room=ROOM)
    heard = await priya.sees("(T-1)", room=ROOM)
    await lin.types("/ticket T-1 resolve restarted")
    await stage.settle()
    await stage.later(days=1)
    await priya.types("@Liaison it is down again", room=ROOM, thread=heard.thread)
    await lin.sees("T-1", "已重新打开")
    await lin.types("/ticket T-1 resolve another server")
    await stage.settle()
    await stage.later(days=20)
    await priya.types("@Liaison and once more", room=ROOM, thread=heard.thread)
    await lin.sees("T-2 · Bluepine", "follow-up of T-1", room="C0TRIAGE")
