"""What one person says within minutes belongs together; one press splits or joins, and undoes."""

from sqlalchemy import select

from storage import messages, tickets
from storage.models_work import Ticket
from tests.conversations.partner_rooms import bluepine
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner

JO = "700000011"
ROOM = "C1BLUEPINE"


async def _jo(stage: Stage) -> tuple[TelegramPerson, SlackPerson]:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo = stage.telegram_person("Jo Weber")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)", buttons=("Urgent", "Only a remark"))
    return jo, stage.manager("Lin")


async def _words(stage: Stage) -> dict[int, list[str]]:
    """What was said to each ticket."""
    await stage.settle()
    async with stage.turn() as turn:
        ids = list(await turn.session.scalars(select(Ticket.id).order_by(Ticket.id)))
        return {number: [said.html for said in await messages.theirs(turn.session, number)]
                for number in ids}  # fmt: skip


async def test_a_new_problem_is_split_off_and_joined_again_by_one_press(stage: Stage) -> None:
    jo, lin = await _jo(stage)
    await stage.later(minutes=20)
    await jo.writes("The portal is down")
    await jo.sees("Your 2 messages are with them.", kind="edit",
                  buttons=("Urgent", "Only a remark", "New problem"))  # fmt: skip
    await jo.writes("On every page")
    await jo.sees("Your 3 messages are with them.", kind="edit")
    await stage.settle()

    await jo.presses("New problem")
    new = await jo.sees("Got it, Jo. Lin's team has it (T-2). Answer by 10:32 your time.",
                        "Your 2 messages are with them.")  # fmt: skip
    assert new.buttons == ("Urgent", "Only a remark", "New problem", "Belongs to T-1")
    await lin.sees("T-2 · Nordwind GmbH, gold · Jo Weber", "“The portal is down”", room="C0TRIAGE")
    await lin.sees("“On every page” is T-2 now.", room="C0TRIAGE")
    assert await _words(stage) == {
        1: ["The price list will not open"], 2: ["The portal is down", "On every page"],
    }  # fmt: skip
    first = next(one for one in jo.screen() if "(T-1)" in one.text)
    assert first.buttons == ("Urgent", "Only a remark")
    assert "messages" not in first.text

    await jo.presses("Belongs to T-1", new)
    gone = await jo.sees("This is with T-1 now.", kind="edit", buttons=("New problem",))
    assert gone.message == new.message
    await lin.sees("belongs to T-1", room="C0TRIAGE", kind="edit", buttons=("T-1",))
    await lin.sees("This belongs to T-1: it goes on there.", room="C0TRIAGE")
    await stage.settle()
    assert (await _words(stage))[2] == []
    await jo.writes("Hello?", reply_to=int(new.message))
    assert [len(said) for said in (await _words(stage)).values()] == [4, 0]

    await jo.presses("New problem", gone)
    await jo.sees("Lin's team has it (T-2). Answer by 10:32 your time.", kind="edit")
    assert await _words(stage) == {
        1: ["The price list will not open", "Hello?"], 2: ["The portal is down", "On every page"],
    }  # fmt: skip
    await lin.types("/ticket T-2 story")
    await lin.sees("Jo Weber：属于 T-1。", "Jo Weber：还是单独的工单。")


async def test_clocks_stay_true_when_words_move(stage: Stage) -> None:
    """T-1 was answered; what joined it later and was split off again makes nobody wait in T-1."""
    jo, lin = await _jo(stage)
    await lin.types("/ticket T-1 reply New link")
    await stage.later(seconds=11)
    await jo.sees("New link")
    await lin.types("/ticket T-1 wait")
    await lin.sees("T-1")
    await stage.later(minutes=30)
    await jo.writes("The portal is down")
    await jo.sees("Answer by 10:42 your time.", buttons=("Urgent", "Only a remark", "New problem"))
    await stage.later(minutes=10)
    await jo.presses("New problem")
    await jo.sees("(T-2). Answer by 10:42 your time.", "Lin")
    await stage.settle()
    async with stage.turn() as turn:
        one, two = [await tickets.get(turn.session, number) for number in (1, 2)]
        assert one is not None
        assert two is not None
        assert (one.status, one.due_at) == ("waiting", None)
        assert two.opened_at < turn.now
        log = (await tickets.logs(turn.session, [1]))[1]
        assert [row.kind for row in log].count("heard") == 1  # nothing is taken out of a log
    await stage.later(hours=1)
    await lin.sees("T-2")
    await lin.sees_nothing("T-1：")


async def test_one_of_ours_splits_and_joins_from_the_card(stage: Stage) -> None:
    jo, lin = await _jo(stage)
    await stage.later(minutes=20)
    await jo.writes("The portal is down")
    await jo.sees("Your 2 messages are with them.", kind="edit")
    await stage.settle()
    first = jo.showing("New problem")
    await lin.presses("More")
    more = await lin.sees("T-1")
    await lin.presses("拆出“The portal is down”", more)
    told = await lin.sees("已单独成为 T-2，并已告知伙伴。", buttons=("T-2", "属于 T-1"))
    await jo.sees("(T-2). Answer by 10:32 your time.")
    await lin.presses("属于 T-1", told)
    joined = await lin.sees("T-2 已并入 T-1，并已告知伙伴。", buttons=("T-1", "撤回"))
    await jo.sees("This is with T-1 now.", kind="edit")
    await lin.types("/ticket T-2 reopen")
    await lin.sees("T-2 已并入 T-1。")
    await lin.presses("撤回", joined)
    await lin.sees("T-2 又是单独的工单了。", buttons=("T-2", "T-1"))
    await jo.sees("(T-2). Answer by 10:32 your time.", kind="edit")
    await lin.types("/ticket T-1 拆分")
    await lin.sees("T-1 立案或答复后没有新并入的消息。")
    await jo.writes("And the order form too", reply_to=int(first.message))
    await jo.sees("Your 2 messages are with them.", kind="edit")
    await lin.types("/ticket T-1 split")
    await lin.sees("已单独成为 T-3")
    await jo.sees("(T-3)", kind="new")
    assert await _words(stage) == {
        1: ["The price list will not open"], 2: ["The portal is down"],
        3: ["And the order form too"],
    }  # fmt: skip


async def test_which_one_is_asked_once_for_what_belongs_together(stage: Stage) -> None:
    jo, lin = await _jo(stage)
    await lin.types("/ticket new Nordwind The order form is broken")
    await lin.sees("T-2")
    await stage.later(minutes=20)
    await jo.writes("Still nothing")
    which = await jo.sees("Which one is this about?")
    await jo.writes("Since Monday")
    await jo.sees_nothing("Which one")
    await jo.presses("T-1 The price list will not open", which)
    await jo.sees("Thank you: it is with T-1.", kind="edit")
    await stage.settle()
    await jo.writes("And Kai has it too")
    await jo.sees_nothing("Which one")
    assert (await _words(stage))[1][1:] == ["Still nothing", "Since Monday", "And Kai has it too"]


async def test_what_is_answered_or_not_theirs_does_not_move(stage: Stage) -> None:
    jo, lin = await _jo(stage)
    async with stage.turn() as turn:
        acme = await a_partner(turn.session, turn.now, "Acme Industrial")
        await a_contact(turn.session, acme, turn.now, "Kai Brandt", called="Kai",
                        telegram="700000012")  # fmt: skip
    kai = stage.telegram_person("Kai Brandt")
    await kai.starts()
    await kai.writes("Where is my order?")
    theirs = await kai.sees("(T-2)")
    for data in ("ticket.new_problem 1:1", "ticket.belongs 1:2", "ticket.belongs 2:1"):
        assert await kai.forges(data, theirs) == "There is no ticket T-1."
    assert "only" in await kai.forges("ticket.split 1:1", theirs)
    assert "only" in await kai.forges("ticket.join_to 2:1", theirs)

    await stage.later(minutes=20)
    await jo.writes("The portal is down")
    old = await jo.sees("Your 2 messages are with them.", kind="edit")
    await jo.presses("New problem", old)
    new = await jo.sees("(T-3)", buttons=("Urgent", "Only a remark", "Belongs to T-1"))
    assert await jo.forges("ticket.new_problem 1:3", old) == "That is decided already."
    await lin.types("/ticket T-3 reply We restart it")
    await stage.later(seconds=11)
    await jo.sees("We restart it")
    assert await jo.forges("ticket.belongs 3:1", new) == (
        "T-3 has been answered: it stays a ticket of its own."
    )
    assert await kai.forges("ticket.belongs 2:3", theirs) == "There is no ticket T-3."


async def test_in_a_room_one_persons_words_are_one_ticket(stage: Stage) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    await priya.types("The portal is down", room=ROOM)
    await priya.sees_nothing()
    await priya.types("@Liaison", room=ROOM)
    await priya.sees("(T-1)", room=ROOM)
    await bo.sees("“The portal is down”", room="C0TRIAGE")
    await stage.settle()
    await priya.types("since this morning", room=ROOM)
    await priya.sees("Your 2 messages are with them.", room=ROOM, kind="edit")
    await bo.sees("since this morning", room="C0TRIAGE")
    await priya.types("@Liaison any news", room=ROOM)
    await priya.sees("Your 3 messages are with them.", room=ROOM, kind="edit")
    await stage.later(minutes=6)
    await priya.types("@Liaison the invoices are wrong", room=ROOM)
    await priya.sees("(T-2)", room=ROOM)
    assert [len(said) for said in (await _words(stage)).values()] == [3, 1]


async def test_what_is_split_off_in_a_channel_goes_on_in_its_own_thread(stage: Stage) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    await priya.sees("(T-1)", room=ROOM)
    posted = await priya.types("@Liaison the invoices are wrong", room=ROOM)
    await priya.sees("Your 2 messages are with them.", room=ROOM, kind="edit")
    await stage.settle()
    await bo.presses("More")
    more = await bo.sees("What else about T-1?")
    await bo.presses("Split off “the invoices are wrong”", more)
    await bo.sees("It is a ticket of its own now: T-2. The partner has been told.")
    heard = await priya.sees("(T-2)", room=ROOM, kind="new")
    assert (heard.thread, heard.buttons) == (posted, ())
    await stage.settle()
    await priya.types("since Monday", room=ROOM, thread=posted)
    await priya.sees("Your 2 messages are with them.", room=ROOM, kind="edit")
    assert await _words(stage) == {
        1: ["the portal is down"], 2: ["the invoices are wrong", "since Monday"],
    }  # fmt: skip
