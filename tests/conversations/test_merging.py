"""Two tickets about one thing become one: nothing is lost, and all can be undone."""

import asyncio
from zoneinfo import ZoneInfo

from storage import messages, promises, tickets
from storage.models_work import Ticket
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room

JO, KAI = "700000011", "700000012"
ROOM = "C1BLUEPINE"


async def _two_of_jo(stage: Stage) -> tuple[TelegramPerson, SlackPerson]:
    """T-1 of 09:12 and T-2 of 09:32, both Jo's, who looks at one chat."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, bo = stage.telegram_person("Jo Weber"), stage.manager("Bo")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)")
    await stage.later(minutes=20)
    await jo.writes("The portal is down")
    await jo.sees("Your 2 messages", kind="edit")
    await stage.settle()
    await jo.presses("New problem")
    await jo.sees("(T-2)")
    await stage.settle()
    return jo, bo


async def _jo_and_kai(stage: Stage) -> tuple[TelegramPerson, TelegramPerson, SlackPerson]:
    """Two people of one company, each in a chat of their own: T-1 is Jo's, T-2 is Kai's."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
        await a_contact(turn.session, partner, turn.now, "Kai Brandt", called="Kai",
                        telegram=KAI)  # fmt: skip
    jo, kai = stage.telegram_person("Jo Weber"), stage.telegram_person("Kai Brandt")
    await jo.starts()
    await kai.starts()
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)")
    await kai.writes("Cannot see any prices")
    await kai.sees("(T-2)")
    await stage.settle()
    return jo, kai, stage.manager("Bo")


async def _two_in_a_channel(stage: Stage) -> tuple[SlackPerson, SlackPerson]:
    """T-1 and T-2, each with a thread of its own in a shared Slack channel."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, partner, turn.now, "slack", ROOM)
    priya, bo = stage.slack_person("U1BLUEPI1"), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    await priya.sees("(T-1)", room=ROOM)
    await stage.later(minutes=10)
    await priya.types("@Liaison I cannot log in", room=ROOM)
    await priya.sees("(T-2)", room=ROOM)
    await stage.settle()
    return priya, bo


async def _merged(stage: Stage, bo: SlackPerson, one: int, other: int) -> None:
    await bo.types(f"/ticket merge T-{one} T-{other}")
    preview = await bo.sees(f"T-{one} “", f"goes into T-{other}")
    await bo.presses("Merge", preview)
    await bo.sees(f"T-{one} is part of T-{other} now.", buttons=(f"T-{other}", "Undo"))
    await stage.settle()


async def _ticket(stage: Stage, number: int) -> Ticket:
    await stage.settle()
    async with stage.turn() as turn:
        found = await tickets.get(turn.session, number)
        assert found is not None
        return found


async def _due(stage: Stage, number: int) -> str:
    """Until when an answer is promised, in Berlin."""
    due = (await _ticket(stage, number)).due_at
    return f"{due.astimezone(ZoneInfo('Europe/Berlin')):%H:%M}" if due else ""


async def _said(stage: Stage, number: int) -> list[str]:
    await stage.settle()
    async with stage.turn() as turn:
        return [said.html for said in await messages.theirs(turn.session, number)]


async def test_two_of_one_person_become_one_number_without_a_new_message(stage: Stage) -> None:
    jo, bo = await _two_of_jo(stage)
    theirs = jo.showing("Belongs to T-1")
    await bo.presses("More")
    more = await bo.sees("What else about T-2?")
    await bo.presses("Merge", more)
    await bo.sees(kind="modal")
    await bo.fills(other="1")
    preview = await bo.sees(
        "T-2 “The portal is down” goes into T-1 “The price list will not open” (Nordwind GmbH).",
        "The message about T-2 that Jo Weber has will say “This is with T-1 now.”",
        "Undo at any time: /ticket unmerge T-2",
    )
    assert preview.buttons == ("Merge", "Read T-2", "T-1")
    assert "waited" not in preview.text  # T-1 waits longer
    await jo.sees_nothing()
    await bo.presses("Merge", preview)
    done = await bo.sees("T-2 is part of T-1 now.")
    gone = await jo.sees("This is with T-1 now.", kind="edit", buttons=())
    assert gone.message == theirs.message
    card = await bo.sees("merged into T-1", room="C0TRIAGE", kind="edit")
    assert card.buttons == ("T-1", "Read T-2")
    await bo.sees("Bo merged this into T-1: it goes on there.", room="C0TRIAGE")
    there = await bo.sees("Bo merged T-2 “The portal is down” into T-1", room="C0TRIAGE")
    await bo.presses("Read T-2", there)
    await bo.sees("T-2 · Nordwind GmbH · “The portal is down”", "Bo merged it into T-1.")
    await jo.sees_nothing()

    await jo.writes("On every page", reply_to=int(gone.message))
    await bo.sees("On every page", room="C0TRIAGE")
    assert await _said(stage, 1) == ["The price list will not open", "On every page"]
    first = (await _said_ids(stage, 2))[0]
    await stage.telegram.edit(jo.number, jo.number, first, "The whole portal is down")
    edited = await bo.sees("The whole portal is down", room="C0TRIAGE")
    assert edited.thread == there.thread
    await bo.types("we restart it", room="C0TRIAGE", thread=card.message)
    await stage.settle()
    shown = [one for one in bo.screen("C0TRIAGE") if one.text == "we restart it"]
    assert [one.thread for one in shown] == [card.message, there.thread]
    await bo.presses("Undo", done)
    await bo.sees("T-2 is a ticket of its own again. What was said meanwhile stays with T-1.")
    await jo.sees("(T-2). Answer by 10:32 your time.", kind="edit")
    assert (await _ticket(stage, 2)).status == "open"


async def test_commands_about_the_merged_one_are_about_the_other(stage: Stage) -> None:
    jo, bo = await _two_of_jo(stage)
    await _merged(stage, bo, 2, 1)
    card = next(one for one in bo.screen("C0TRIAGE") if "merged into T-1" in one.text)
    await bo.types("/ticket T-2 note only us")
    await bo.sees("T-1")
    await bo.types("@Liaison reply It is up again", room="C0TRIAGE", thread=card.message)
    await stage.later(seconds=11)
    await jo.sees("It is up again")
    assert (await _ticket(stage, 1)).answered_at is not None
    await bo.types("/ticket T-1 story")
    told = await bo.sees("Bo merged T-2 into it.")
    assert "Read T-2" in told.buttons
    await bo.types("/ticket T-2")
    await bo.sees("merged into T-1", buttons=("T-1", "Read T-2"))
    await bo.types("/ticket T-2 reopen")
    await bo.sees("T-2 is part of T-1 now. To take it out again: /ticket unmerge T-2")

    await bo.types("/ticket unmerge T-2")
    await bo.sees("T-2 is a ticket of its own again.")
    await bo.types("/ticket T-2 story")
    await bo.sees("Bo merged it into T-1.", "Bo took it out of T-1 again.")
    await bo.types("/ticket unmerge T-2")
    await bo.sees("T-2 is a ticket of its own.")


async def _said_ids(stage: Stage, number: int) -> list[int]:
    async with stage.turn() as turn:
        return [int(one.platform_id or 0) for one in await messages.theirs(turn.session, number)]


async def test_two_people_of_one_partner_each_know_where_they_are(stage: Stage) -> None:
    jo, kai, bo = await _jo_and_kai(stage)
    lin = stage.manager("Lin")
    await lin.types("/ticket T-2 take")
    await lin.types("/ticket T-1 reply We look into it")
    await stage.later(seconds=11)
    await bo.types("/ticket merge T-2 T-1")
    preview = await bo.sees(
        "The partner has waited since 09:12: that counts.",
        "Kai Brandt is told once that it is with T-1 now, and that we answer Jo Weber.",
    )  # fmt: skip
    await bo.presses("Merge", preview)
    told = await kai.sees("This is with T-1 now, and we answer Jo Weber. More to say? Just write.",
                          kind="new")  # fmt: skip
    await jo.sees("Got it, Jo. Lin has it (T-1). Answer by 10:12 your time.", kind="edit")
    await lin.sees("Bo 已将 T-2“Cannot see any prices”并入 T-1", "伙伴从 16:12 起等待答复。")
    await stage.settle()
    await kai.writes("Only the prices of pumps")
    await kai.sees("Your 2 messages are with them.", kind="edit")
    await bo.sees("Only the prices of pumps", room="C0TRIAGE")
    await jo.sees_nothing()
    await kai.writes("And valves", reply_to=int(told.message))
    await kai.sees("Your 3 messages are with them.", kind="edit")
    assert await _said(stage, 1) == [
        "The price list will not open", "Only the prices of pumps", "And valves",
    ]  # fmt: skip
    await lin.types("/ticket T-1 resolve new link sent")
    await jo.sees("How was that?")
    await kai.sees("T-1 is solved.", kind="edit")
    await kai.sees_nothing("How was that?")
    await stage.later(hours=2)
    await kai.writes("Still none")
    await kai.sees("This is with T-1 now, and we answer Jo Weber.")
    await lin.sees("T-1", "已重新打开")
    assert (await _ticket(stage, 1)).status == "open"


async def test_in_a_channel_its_old_thread_leads_to_the_other_one(stage: Stage) -> None:
    priya, bo = await _two_in_a_channel(stage)
    old = (await priya.sees("(T-2)", room=ROOM)).thread
    await _merged(stage, bo, 2, 1)
    told = await priya.sees("This is with T-1 now and goes on there.", room=ROOM, kind="new")
    assert told.thread == old
    await priya.types("any news?", room=ROOM, thread=old)
    await bo.sees("any news?", room="C0TRIAGE")
    assert await _said(stage, 1) == ["the portal is down", "any news?"]
    assert (await _ticket(stage, 1)).answered_at is None
    await bo.types("It is up again", room=ROOM, thread=old)
    assert (await _ticket(stage, 1)).answered_at is not None


async def test_what_is_taken_back_or_pressed_late_counts_for_the_other(stage: Stage) -> None:
    jo, bo = await _two_of_jo(stage)
    theirs = jo.showing("Belongs to T-1")
    await bo.types("/ticket T-1 reply Wait a moment")
    held = await bo.sees("Wait a moment", buttons=("Undo", "Send now"))
    await _merged(stage, bo, 2, 1)
    assert await _due(stage, 1) == "10:32"  # an hour for T-2, which waits since 09:32
    await bo.presses("Undo", held)
    await bo.sees("Not sent.", kind="edit")
    assert await _due(stage, 1) == "10:12"
    assert (await _ticket(stage, 1)).answered_at is None
    # their message had these buttons when they pressed
    await jo.forges("ticket.urgent 2", theirs)
    assert (await _ticket(stage, 1)).priority == "urgent"
    assert "T-2 is closed" in await jo.forges("ticket.remark 2", theirs)
    assert [(await _ticket(stage, number)).status for number in (1, 2)] == ["open", "closed"]
    await bo.types("/ticket unmerge T-2")
    await bo.sees("T-2 is a ticket of its own again.")
    assert await _due(stage, 2) == "10:32"


async def test_words_of_ours_about_one_that_was_merged_meanwhile_answer_the_other(
    stage: Stage,
) -> None:
    priya, bo = await _two_in_a_channel(stage)
    await bo.types("That is fixed now.", room=ROOM)
    which = await bo.sees("Which ticket did you answer with “That is fixed now.”?")
    await _merged(stage, bo, 2, 1)
    await stage.later(minutes=2)
    await bo.presses("T-2 I cannot log in", which)
    await bo.sees("Counted as the answer to T-1.", kind="edit")
    one, two = await _ticket(stage, 1), await _ticket(stage, 2)
    assert (one.due_at, two.answered_at) == (None, None)
    assert one.answered_at is not None
    await priya.sees("Bo has answered (T-1).", room=ROOM, kind="edit")


async def test_each_rule_says_what_to_do_instead(stage: Stage) -> None:
    _, _, bo = await _jo_and_kai(stage)
    async with stage.turn() as turn:
        await a_partner(turn.session, turn.now, "Acme Industrial")
    for number, words in ((3, "Acme Where is it"), (4, "Nordwind An old one")):
        await bo.types(f"/ticket new {words}")
        await bo.sees(f"T-{number} ·")
        await stage.settle()
    await bo.types("/ticket merge T-3 T-1")
    await bo.sees("T-3 and T-1 are of two partners, so they stay two. Link them: /ticket link T-3 "
                  "T-1. One cause of both is a known issue: /ticket T-3 link K-4")  # fmt: skip
    await bo.types("/ticket 合并 T-1 T-1")
    await bo.sees("T-1 cannot be merged with itself. Example: /ticket merge T-14 T-12")
    await bo.types("/ticket T-2 reply Wait a moment")
    await bo.types("/ticket merge T-2 T-1")
    await bo.sees("An answer to T-2 is on its way. Merge it once that has arrived.")
    await stage.later(seconds=11)
    await bo.types("/ticket T-4 resolve done")
    await bo.sees("T-4")
    await stage.settle()
    await bo.types("/ticket merge T-1 T-4")
    await bo.sees("T-4 is closed. The other way round it works: /ticket merge T-4 T-1")
    await _merged(stage, bo, 4, 1)
    await bo.types("/ticket unmerge T-4")
    await bo.sees("T-4 is a ticket of its own again.")
    assert (await _ticket(stage, 4)).status == "resolved"
    await _merged(stage, bo, 4, 2)
    await bo.types("/ticket merge T-4 T-1")
    await bo.sees("T-4 is part of T-2 already.")
    await bo.types("/ticket merge T-2 T-4")
    await bo.sees("T-4 is part of T-2 already.")
    await _merged(stage, bo, 2, 1)  # a chain: both are T-1 now
    assert [(await _ticket(stage, number)).merged_into for number in (1, 2, 4)] == [None, 1, 1]
    await bo.types("/ticket T-4")
    await bo.sees("merged into T-1")
    await bo.types("/ticket unmerge T-4")
    await bo.sees("T-4 came into T-1 with T-2. Take that one out first: /ticket unmerge T-2")
    await bo.types("/ticket unmerge T-2")
    await bo.sees("T-2 is a ticket of its own again.")
    assert [(await _ticket(stage, number)).merged_into for number in (1, 2, 4)] == [None, None, 2]


async def test_what_hangs_on_a_ticket_goes_along_and_comes_back(stage: Stage) -> None:
    """Its known issue, what was promised in words, how urgent it is, and whose it is."""
    jo, bo = await _two_of_jo(stage)
    await bo.types("/ticket known add Prices")
    await bo.sees("K-1 · Prices")
    await bo.types("/ticket T-2 link K-1")
    await bo.sees("T-2 belongs to K-1 now")
    await bo.types("/ticket T-2 promise tomorrow 15:00")
    await bo.sees("T-2")
    await bo.types("/ticket T-2 take")
    await bo.types("/ticket T-2 priority urgent")
    await stage.settle()
    await bo.types("/ticket merge T-2 T-1")
    await bo.presses("Merge", await bo.sees("K-1 goes along."))
    card = await bo.sees("“The price list will not open”", "Bo", "urgent", "promised for",
                         "K-1", room="C0TRIAGE", kind="edit")  # fmt: skip
    assert "Reply" in card.buttons
    await bo.types("/ticket K-1")
    await bo.sees("1 ticket (1 not solved)")
    await stage.settle()
    await bo.types("/ticket unmerge T-2")
    await bo.sees("T-2 is a ticket of its own again.")
    one, two = await _ticket(stage, 1), await _ticket(stage, 2)
    assert (one.owner_id, one.priority, two.priority) == (None, "normal", "urgent")
    async with stage.turn() as turn:
        assert [row.id for row in await promises.open_of_ticket(turn.session, 2)] == [1]
    await bo.types("/ticket T-1")
    again = await bo.sees("T-1 ·", "nobody yet")
    assert "K-1" not in again.text
    assert "promised" not in again.text
    await jo.sees_nothing("K-1")


async def test_what_happens_at_the_same_moment_is_not_lost(stage: Stage) -> None:
    jo, kai, bo = await _jo_and_kai(stage)
    lin = stage.manager("Lin")
    await bo.types("/ticket merge T-2 T-1")
    one = await bo.sees("T-2 “", "goes into T-1")
    await lin.types("/ticket merge T-1 T-2")
    other = await lin.sees("T-1“", "将并入 T-2")
    stage.acted()
    theirs = kai.screen()[-1]
    await asyncio.gather(
        stage.slack.press(bo.id, one.room, one.message, label="Merge"),
        stage.slack.press(lin.id, other.room, other.message, label="合并"),
        stage.telegram.write(kai.number, kai.number, "Hello?", reply_to=int(theirs.message)),
        stage.telegram.write(jo.number, jo.number, "Anybody?"),
    )
    await stage.settle()
    merged = [(await _ticket(stage, number)).merged_into for number in (1, 2)]
    assert sorted(merged, key=str) in ([1, None], [2, None])
    assert sorted([*await _said(stage, 1), *await _said(stage, 2)]) == [
        "Anybody?", "Cannot see any prices", "Hello?", "The price list will not open",
    ]  # fmt: skip
    async with stage.turn() as turn:
        assert await tickets.get(turn.session, 3) is None
    whole = await _ticket(stage, 1 if merged[0] is None else 2)
    assert whole.due_at is not None
