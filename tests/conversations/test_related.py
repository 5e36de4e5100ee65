"""Two tickets are linked: each leads to the other, for us alone, and nothing else changes."""

from typing import Any

from sqlalchemy import select

from bot.tickets import cards
from storage import tickets
from storage.models_delivery import Delivery, DueWork
from tests.conversations.desk import lin_at_desk
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson
from tests.factories import a_contact, a_partner, a_room

JO = "700000011"
ROOM, DESK = "C1BLUEPINE", -4000950


async def _of_two_partners(stage: Stage) -> tuple[TelegramPerson, SlackPerson, SlackPerson]:
    """T-1 of Jo (Nordwind, Telegram) and T-2 of Priya (Bluepine, a shared Slack channel)."""
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, nordwind, turn.now, telegram=JO)
        bluepine = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, bluepine, turn.now, "slack", ROOM)
    jo, priya = stage.telegram_person("Jo Weber"), stage.slack_person("U1BLUEPI1")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)")
    await priya.types("@Liaison the price list is empty", room=ROOM)
    await priya.sees("(T-2)", room=ROOM)
    await stage.settle()
    return jo, priya, stage.manager("Bo")


async def _three_of_jo(stage: Stage) -> tuple[TelegramPerson, SlackPerson]:
    """T-1, T-2 and T-3 of Nordwind, T-4 of Acme; ours opened the last three."""
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, nordwind, turn.now, telegram=JO)
        await a_partner(turn.session, turn.now, "Acme Industrial")
    jo, bo = stage.telegram_person("Jo Weber"), stage.manager("Bo")
    await jo.starts()
    await jo.writes("The price list will not open")
    await jo.sees("(T-1)")
    for number, words in ((2, "Nordwind Pumps"), (3, "Nordwind Valves"), (4, "Acme Where is it")):
        await bo.types(f"/ticket new {words}")
        await bo.sees(f"T-{number} ·")
        await stage.settle()
    return jo, bo


async def _kept(stage: Stage) -> list[Any]:
    """Clocks, what is due and what went out to partners: all that a link must not touch."""
    await stage.settle()
    async with stage.turn() as turn:
        found: list[Any] = []
        for ticket in (await tickets.many(turn.session, [1, 2])).values():
            state = await cards.state_of(turn, ticket)
            found.append((ticket.status, ticket.due_at, ticket.follow_up_at, state.story,
                          state.running, state.shown))  # fmt: skip
        due = select(DueWork.key, DueWork.due_at).where(DueWork.subject.startswith("ticket:"))
        found.append([tuple(row) for row in await turn.session.execute(due.order_by(DueWork.key))])
        owed = (
            select(Delivery.key).where(Delivery.key.startswith("ticket:")).order_by(Delivery.key)
        )
        return [*found, list(await turn.session.scalars(owed))]


async def test_each_leads_to_the_other_and_nothing_else_changes(stage: Stage) -> None:
    jo, priya, bo = await _of_two_partners(stage)
    before = await _kept(stage)
    await bo.types("/ticket link T-1 T-2")
    done = await bo.sees("T-1 is linked with T-2 “the price list is empty” (Bluepine",
                         "Only we know of it.", buttons=("T-2", "Undo"))  # fmt: skip
    assert await _kept(stage) == before
    await bo.types("/ticket T-2 link t1")
    await bo.sees("T-2 and T-1 are linked already.")
    await bo.types("/ticket T-1")
    one = await bo.sees("T-1 · Nordwind GmbH", "Related: T-2 (open, Bluepine Systems)")
    assert one.buttons == ("Take", "Reply", "More", "T-2")
    await bo.presses("T-2", one)
    await bo.sees("T-2 · Bluepine Systems", "Related: T-1 (open, Nordwind GmbH)")
    lin = stage.manager("Lin")
    await lin.types("/ticket T-2")
    await lin.sees("相关：T-1（未结，Nordwind GmbH）")
    for number, other in ((1, 2), (2, 1)):
        await bo.types(f"/ticket T-{number} story")
        await bo.sees(f"09:12 · Bo linked it with T-{other}.")

    await bo.presses("Undo", done)
    await bo.sees(
        "T-1 is not linked with T-2 “the price list is empty” (Bluepine Systems) any more."
    )
    await bo.presses("Undo")
    await bo.sees("T-1 is linked with T-2")
    await bo.types("/ticket 取消关联 T-2 T-1")
    await bo.sees("T-2 is not linked with T-1")
    await bo.types("/ticket T-1")
    assert "Related" not in (await bo.sees("T-1 · Nordwind GmbH")).text
    await bo.types("/ticket T-1 story")
    await bo.sees("Bo: it is not linked with T-2 any more.")
    assert await _kept(stage) == before
    for person in (jo, priya):
        shown = " ".join(entry.text for entry in person.screen())
        assert "linked" not in shown


async def test_a_partner_never_learns_of_it(stage: Stage) -> None:
    jo, priya, bo = await _of_two_partners(stage)
    await bo.types("/ticket link T-1 T-2")
    await bo.sees("T-1 is linked with T-2")
    for line in ("/tickets", "/ticket T-1", "/ticket T-1 story", "/ticket link T-1 T-2",
                 "/ticket unlink T-1 T-2", "/ticket T-1 more"):  # fmt: skip
        await jo.writes(line)
        await jo.sees("")
        await jo.sees_nothing("T-2")
    for press in ("ticket.unrelate 1:2", "ticket.relate 1:3", "ticket.choose_link 1"):
        assert await jo.forges(press, jo.screen()[-1]) == "That is for managers only."
    await jo.writes("Still the same")
    await jo.sees("Your 2 messages", kind="edit")
    await bo.types("/ticket T-1 reply Here is the link")
    await stage.later(seconds=11)
    await jo.sees("Here is the link")
    await bo.types("/ticket T-1 resolve")
    await stage.settle()
    theirs = " ".join(entry.text for entry in jo.screen() if entry.by_bot)
    for foreign in ("T-2", "Bluepine", "Related", "linked"):
        assert foreign not in theirs
    assert "T-1" not in " ".join(entry.text for entry in priya.screen(ROOM))
    await bo.types("/ticket T-2")
    await bo.sees("Related: T-1 (solved, Nordwind GmbH)")


async def test_by_a_press_and_below_the_card(stage: Stage) -> None:
    _, bo = await _three_of_jo(stage)
    card = next(one for one in bo.screen("C0TRIAGE") if one.text.startswith("T-1 ·"))
    await bo.presses("More", card)
    await bo.presses("Link", await bo.sees("What else about T-1?"))
    await bo.sees("Which ticket?", "Or the number of another one", kind="modal")
    await bo.fills(number="T4 please")
    await bo.sees("Choose one, or write its number: T-20.")
    await bo.fills(number="T-9")
    await bo.sees("There is no ticket T-9.")
    await bo.fills(number="4")
    await bo.sees("T-1 is linked with T-4 “Where is it” (Acme Industrial) now.")
    await bo.presses("More", card)
    await bo.presses("Link", await bo.sees("Related: T-4 (open, Acme Industrial)"))
    await bo.sees(kind="modal")
    await bo.fills(other="3")
    await bo.sees("T-1 is linked with T-3")
    await bo.types("@Liaison link T-2", room="C0TRIAGE", thread=card.message)
    await bo.sees("T-2 is linked with T-1")
    await bo.presses("More", card)
    more = await bo.sees("Related: T-4 (open, Acme Industrial) · T-3 (open, Nordwind GmbH) · T-2")
    await bo.presses("Not T-3", more)
    await bo.sees("T-1 is not linked with T-3 “Valves” (Nordwind GmbH) any more.")
    await bo.types("@Liaison unlink T-2", room="C0TRIAGE", thread=card.message)
    await bo.sees("T-2 is not linked with T-1")
    await bo.types("@Liaison unlink", room="C0TRIAGE", thread=card.message)
    await bo.sees("T-1 belongs to no known issue. It is linked with T-4: /ticket unlink T-1 T-4")
    await bo.types("@Liaison link", room="C0TRIAGE", thread=card.message)
    await bo.sees("Two tickets are linked by /ticket link T-12 T-20")


async def test_links_go_where_a_merged_ticket_goes_and_come_back(stage: Stage) -> None:
    _, bo = await _three_of_jo(stage)

    async def says(line: str, *words: str) -> None:
        await bo.types(line)
        await bo.sees(*words)

    async def merged(one: int, other: int) -> None:
        await bo.types(f"/ticket merge T-{one} T-{other}")
        await bo.presses("Merge", await bo.sees("goes into"))
        await bo.sees(f"T-{one} is part of T-{other} now.")
        await stage.settle()

    await says("/ticket link T-3 T-4", "T-3 is linked with T-4")
    await says("/ticket link T-3 T-2", "T-3 is linked with T-2")
    await merged(3, 2)  # what was linked is one now
    await merged(2, 1)  # a chain
    await says("/ticket T-4", "Related: T-1 (open, Nordwind GmbH)")
    await bo.types("/ticket T-1")
    shown = await bo.sees("Related: T-4 (open, Acme Industrial)")
    assert shown.text.count("(open") == 1
    await says("/ticket T-3", "merged into T-1", "Related: T-4")
    await says("/ticket link T-3 T-4", "T-1 and T-4 are linked already.")
    await says("/ticket link T-3 T-1",
               "T-3 is part of T-1 now. To take it out again: /ticket unmerge T-3")  # fmt: skip
    await says("/ticket link T-1 T-3", "T-3 is part of T-1 now.")
    await says("/ticket unmerge T-2", "T-2 is a ticket of its own again.")
    await says("/ticket T-4", "Related: T-2 (open, Nordwind GmbH)")
    await says("/ticket unlink T-4 T-2", "T-4 is not linked with T-2")
    await says("/ticket T-3 story", "Bo: it is not linked with T-4 any more.")
    await says("/ticket unmerge T-3", "T-3 is a ticket of its own again.")
    await says("/ticket T-3", "Related: T-2 (open, Nordwind GmbH)")

    await says("/ticket link T-1 T-1", "T-1 cannot be linked with itself. Example: /ticket link")
    await says("/ticket unlink T-1 T-4", "T-1 and T-4 are not linked.")
    await says("/ticket link T-1 T-99", "There is no ticket T-99.")
    await says("/ticket unlink T-1", "T-1 belongs to no known issue.")
    await says("/ticket known add Prices", "K-1 · Prices")
    await says("/ticket T-1 link K-1", "T-1 belongs to K-1 now")
    await says("/ticket unlink T-1 K-2", "There is no known issue K-2.")
    await says("/ticket unlink T-2 K-1", "T-2 does not belong to K-1.")
    await says("/ticket unlink T-1 K-1", "T-1 belongs to K-1 no more.")


async def test_a_team_on_telegram_is_asked_in_its_group(stage: Stage) -> None:
    lin = await lin_at_desk(stage, DESK)
    async with stage.turn() as turn:
        await a_partner(turn.session, turn.now, "Acme Industrial")
    for number, words in ((1, "Nordwind Pumps"), (2, "Acme Where is it")):
        await lin.writes(f"/ticket new {words}", chat=DESK)
        await lin.sees(f"T-{number} ·")
        await stage.settle()
    card = next(one for one in lin.screen(str(DESK)) if one.text.startswith("T-1 ·"))
    await lin.presses("More", card)
    await lin.presses("Link", await lin.sees("What else about T-1?"))
    question = await lin.sees("The number of the other one", room=str(DESK))
    await lin.writes("t-2", chat=DESK, reply_to=int(question.message))
    done = await lin.sees("T-1 is linked with T-2 “Where is it” (Acme Industrial) now.")
    await lin.presses("T-2", done)
    await lin.sees("T-2 · Acme Industrial", "Related: T-1 (open, Nordwind GmbH)")
    await lin.presses("Undo", done)
    await lin.sees("T-1 is not linked with T-2")
