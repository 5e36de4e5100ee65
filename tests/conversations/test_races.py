"""What happens at the same moment: nothing is done twice, and nothing that was said is lost."""

import asyncio
from dataclasses import replace

from bot.chat import Address, Event, Person
from sandbox.faults import Fault
from storage import messages, tickets
from storage.models_delivery import Slot
from tests.conversations.partner_rooms import nordwind_group
from tests.conversations.stage import Stage
from tests.factories import a_partner, a_room

JO, GROUP = "700000011", -4000101
ROOM = "C1BLUEPINE"


async def test_an_answer_faster_than_the_receipt_joins_the_ticket(stage: Stage) -> None:
    await nordwind_group(stage, reads_all=True)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    stage.telegram.faults.add(Fault("slow_after", "sendMessage", seconds=2.0))
    await jo.writes(f"@{stage.telegram.bot.username} the samples are late", chat=GROUP)
    heard = await jo.sees("(T-1)")
    kai = stage.telegram_person("Kai Brandt")  # what Jo says next would join it anyway
    await kai.writes("Two weeks already", chat=GROUP, reply_to=int(heard.message))
    await lin.sees("Two weeks already", room="C0TRIAGE")
    await stage.settle()
    async with stage.turn() as turn:
        assert len(await messages.of_ticket(turn.session, 1)) == 2
        assert await tickets.get(turn.session, 2) is None


async def test_an_edit_and_its_message_at_once_are_one_message(stage: Stage) -> None:
    """In both orders, and truly at once: the ticket has the new words, the row both wordings."""
    await nordwind_group(stage, reads_all=True)
    where = Address("telegram", JO)
    for number in range(4):
        first = Event(
            f"telegram:msg:{number}", stage.app.clock.now(), "telegram", "message",
            Person("telegram", JO), where, text=f"The portl {number} is down",
            message_id=str(900 + number), private=True,
        )  # fmt: skip
        text = first.text.replace("portl", "portal")
        edited = replace(first, key=f"{first.key}:edit", kind="edited", text=text, html=text,
                         as_new=replace(first, text=text, html=text))  # fmt: skip
        both = (first, edited) if number % 2 else (edited, first)
        await asyncio.gather(*(stage.app.dispatch.handle(event) for event in both))
    await stage.settle()
    async with stage.turn() as turn:
        for number in range(4):
            said = await messages.find(turn.session, where, str(900 + number))
            assert said is not None
            assert said.html == f"The portal {number} is down"
            assert [one["html"] for one in said.versions] == [f"The portl {number} is down"]


async def test_an_edit_that_overtakes_its_message_on_telegram_loses_neither(stage: Stage) -> None:
    await nordwind_group(stage, reads_all=True)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await stage.settle()
    stage.telegram.faults.add(Fault("reorder", on="event"))
    first = await jo.writes("The portl is down")
    await stage.telegram.edit(jo.number, jo.number, first.id, "The portal is down")
    await lin.sees("T-1", "“The portal is down”", room="C0TRIAGE")
    await stage.settle()
    async with stage.turn() as turn:
        [said] = await messages.of_ticket(turn.session, 1)
        assert [one["html"] for one in said.versions] == ["The portl is down"]
        assert await tickets.get(turn.session, 2) is None


async def test_one_message_under_two_event_ids_is_one_ticket_and_one_answer(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, partner, turn.now, "slack", ROOM)
    priya, bo = stage.slack_person("U1BLUEPI1"), stage.manager("Bo")
    stage.slack.faults.add(Fault("new_event_id", on="event"))
    await priya.types("@Liaison the portal is down", room=ROOM)
    card = await bo.sees("T-1 · Bluepine Systems", room="C0TRIAGE")
    await bo.sees_nothing("T-2")
    stage.slack.faults.add(Fault("new_event_id", on="event"))
    await bo.types("@Liaison reply it is back", room="C0TRIAGE", thread=card.message)
    await stage.settle()
    await stage.later(seconds=11)
    await priya.sees("it is back", room=ROOM)
    await stage.settle()
    assert len([one for one in priya.screen(ROOM) if "it is back" in one.text]) == 1
    async with stage.turn() as turn:
        assert len(await messages.of_ticket(turn.session, 1)) == 2


async def test_two_who_take_at_once_are_one_owner_and_one_who_hears_it(stage: Stage) -> None:
    """In both orders, and truly at once: the ticket changes hands only by somebody's own wish."""
    lin, bo = stage.manager("Lin"), stage.manager("Bo")
    async with stage.turn() as turn:
        await a_partner(turn.session, turn.now)
    for number in range(1, 5):
        await bo.types(f"/ticket new Nordwind Order {number} is late")
        card = await lin.sees(f"T-{number} ·", "nobody yet", room="C0TRIAGE")
        await stage.settle()
        pressed = [lin.presses("Take", card), bo.presses("Take", card)]
        await asyncio.gather(*(pressed if number % 2 else reversed(pressed)))
        await stage.settle()
        async with stage.turn() as turn:
            ticket = await tickets.get(turn.session, number)
            assert ticket is not None
            assert ticket.owner is not None
            log = (await tickets.logs(turn.session, [number]))[number]
        assert [row.kind for row in log].count("taken") == 1
        refused = {"Lin": (bo, f"Lin has T-{number} already."),
                   "Bo": (lin, f"T-{number} 已由 Bo 负责。")}  # fmt: skip
        who, words = refused[ticket.owner.name]
        assert (await who.sees(words)).private


async def test_who_writes_while_it_is_solved_is_heard(stage: Stage) -> None:
    """Whoever solved it hears of the words, before the solution or after it, in both orders."""
    await nordwind_group(stage, reads_all=True)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    where, solver = Address("telegram", JO), Person("slack", "U0LIN")
    for number in range(1, 5):
        await jo.writes(f"Order {number} is late")
        await jo.sees(f"(T-{number})")
        await stage.settle()
        now = stage.app.clock.now()
        wrote = Event(f"telegram:msg:again{number}", now, "telegram", "message",
                      Person("telegram", JO), where, text="Still nothing", html="Still nothing",
                      message_id=f"90{number}", private=True)  # fmt: skip
        solved = Event(f"slack:cmd:{number}", now, "slack", "command", solver,
                       Address("slack", "C0TEAM"), text=f"T-{number} resolve sent",
                       html=f"T-{number} resolve sent", route="ticket", direct=True)  # fmt: skip
        both = (wrote, solved) if number % 2 else (solved, wrote)
        stage.acted()
        answers = await asyncio.gather(*(stage.app.dispatch.handle(one) for one in both))
        told = [direct.message for direct in answers]
        await stage.settle()
        async with stage.turn() as turn:
            ticket = await tickets.get(turn.session, number)
            assert ticket is not None
            joined = [said.html for said in await messages.of_ticket(turn.session, number)]
        assert joined == [f"Order {number} is late", "Still nothing"]
        if ticket.status == "resolved":
            assert any("Jo 刚刚又写了" in one.html for one in told if one is not None)
        else:
            await lin.sees(f"Jo 又就已解决的 T-{number} 留言，已重新打开。")
        await lin.types(f"/ticket T-{number} resolve sent")
        await stage.later(days=15)


async def test_who_solves_a_ticket_hears_what_was_said_a_moment_before(stage: Stage) -> None:
    await nordwind_group(stage, reads_all=True)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)")
    await jo.writes("It fails again")
    await lin.sees("It fails again", room="C0TRIAGE")
    await lin.types("/ticket T-1 resolve sent")
    told = await lin.sees("Jo 刚刚又写了：“It fails again”", buttons=("重新打开",))
    await lin.presses("重新打开", told)
    await jo.sees("Lin has it (T-1).")


async def test_what_is_said_in_a_room_is_not_below_a_card_that_is_being_posted(
    stage: Stage,
) -> None:
    """A card on its way has no place yet: words outside of threads must not be taken for its."""
    async with stage.turn() as turn:
        turn.session.add(Slot(name="ticket:7:card", address="slack:C0TRIAGE:", message_id=""))
    bo = stage.manager("Bo")
    await bo.types("@Liaison reply It works again", room="C0TRIAGE")
    await bo.sees("“reply” is not known here", room="C0TRIAGE")


async def test_a_shortcut_faster_than_its_message_is_one_ticket(stage: Stage) -> None:
    """Bo makes a ticket of it before we hear it: it stays there, and joins none beside it."""
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, partner, turn.now, "slack", ROOM)
    priya, bo = stage.slack_person("U1BLUEPI1"), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    await bo.sees("T-1", room="C0TRIAGE")
    await stage.settle()
    now, where = stage.app.clock.now(), Address("slack", ROOM)
    said = Event("slack:msg:later", now, "slack", "message", Person("slack", "U1BLUEPI1"), where,
                 text="The invoices are odd", message_id="1796285999.000100",
                 shared=True)  # fmt: skip
    pointed = replace(said, key="slack:cut:1", kind="shortcut", who=Person("slack", "U0BO"),
                      route="ticket.of_message", direct=True,
                      values={"author": "U1BLUEPI1", "at": now.isoformat()})  # fmt: skip
    for event in (pointed, said, replace(said, key="slack:msg:again", mentions_bot=True)):
        await stage.app.dispatch.handle(event)
    await stage.settle()
    async with stage.turn() as turn:
        heard = [len(await messages.of_ticket(turn.session, number)) for number in (1, 2)]
    assert heard == [1, 1]
