"""No partner reads or touches another one's tickets: guests, and chats that change hands."""

from sandbox.slack.play_talk import Upload
from storage import messages, partners, people, tickets
from storage.models_work import Ticket
from tests.conversations.stage import SlackPerson, Stage, TelegramPerson, link_in
from tests.factories import a_contact, a_partner, a_room
from tests.sandbox.telegram.pictures import png

JO, KAI = "700000011", "700000012"
GROUP, BOT = -4000101, "@LiaisonDemoBot"
ROOM = "C1BLUEPINE"
NOT_YOURS = "That is for people of Nordwind GmbH."


async def _two_in_a_group(stage: Stage) -> tuple[TelegramPerson, TelegramPerson]:
    """The group is Nordwind's. Jo is of Nordwind and has T-1 in private; Kai is Acme's, T-2."""
    async with stage.turn() as turn:
        nordwind = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, nordwind, turn.now, telegram=JO)
        acme = await a_partner(turn.session, turn.now, "Acme Industrial")
        await a_contact(turn.session, acme, turn.now, "Kai Brandt", called="Kai", telegram=KAI)
        await a_room(turn.session, nordwind, turn.now, "telegram", str(GROUP))
    await stage.telegram.add_bot(700000001, GROUP)
    await stage.telegram.promote(700000001, GROUP)
    jo, kai = stage.telegram_person("Jo Weber"), stage.telegram_person("Kai Brandt")
    for person, words in ((jo, "The price list will not open"), (kai, "Where is my order?")):
        await person.starts()
        await person.writes(words)
        await person.sees("Got it")
        await stage.settle()
    return jo, kai


async def _ticket(stage: Stage, number: int) -> Ticket:
    async with stage.turn() as turn:
        found = await tickets.get(turn.session, number)
        assert found is not None
        return found


async def test_a_guest_is_heard_in_a_room_and_learns_nothing_of_it(stage: Stage) -> None:
    """Kai of Acme in Nordwind's group: what he says there is Nordwind's, and Acme's stays away."""
    jo, kai = await _two_in_a_group(stage)
    lin = stage.manager("Lin")
    for command in ("/tickets", "/meetings"):
        await kai.writes(command, chat=GROUP)
        await jo.sees(NOT_YOURS)
        await jo.sees_nothing("order")
    asked = await kai.writes(f"{BOT} when does it start?", chat=GROUP)
    heard = await jo.sees("Got it, Kai Brandt.", "(T-3)")
    assert heard.room == str(GROUP)
    await lin.sees("T-3 · Nordwind GmbH", "Kai Brandt", room="C0TRIAGE")
    third = await _ticket(stage, 3)
    assert (third.partner.name, third.contact_id) == ("Nordwind GmbH", None)
    for data in ("ticket.urgent 1", "ticket.remark 1", "ticket.urgent 2", "known.yes 1:1",
                 "survey.score 1:1", "meeting.yes 1:1", "ticket.join 1:2"):  # fmt: skip
        assert await kai.forges(data, heard) == NOT_YOURS
    for data in ("ticket.take 1", "ticket.show 1"):
        assert "only" in await kai.forges(data, heard)
    stage.acted()
    await stage.telegram.react(kai.number, GROUP, asked.id, "✍")
    await lin.sees_nothing("T-4")
    await kai.writes("For a fair", chat=GROUP, reply_to=int(heard.message))
    await lin.sees("For a fair", room="C0TRIAGE")
    async with stage.turn() as turn:
        assert len(await messages.of_ticket(turn.session, 3)) == 2
        assert len(await messages.of_ticket(turn.session, 2)) == 1


async def test_whom_we_do_not_know_reaches_in_a_room_what_stands_there(stage: Stage) -> None:
    jo, kai = await _two_in_a_group(stage)
    async with stage.turn() as turn:  # Kai is nobody's contact now
        identity = await people.find_identity(turn.session, "telegram", KAI)
        assert identity is not None
        identity.contact_id = None
    await jo.writes(f"{BOT} when does it start?", chat=GROUP)
    heard = await jo.sees("(T-3)")
    for data in ("ticket.remark 1", "ticket.urgent 1", "ticket.problem 1"):
        assert await kai.forges(data, heard) == "There is no ticket T-1."
    assert await kai.forges("ticket.urgent 3", heard) == ""
    await stage.manager("Lin").sees("T-3", room="C0TRIAGE", kind="edit")


async def test_what_is_asked_in_a_room_of_nobody_is_answered_in_private(stage: Stage) -> None:
    jo, _ = await _two_in_a_group(stage)
    lin = stage.manager("Lin")
    async with stage.turn() as turn:
        [room] = await partners.rooms_in_chat(turn.session, "telegram", str(GROUP))
        room.partner_id = None
    await jo.writes(f"{BOT} /tickets", chat=GROUP)
    await jo.writes("/tickets", chat=GROUP)
    await jo.sees("Please write that to me in our private chat.")
    await jo.writes(f"{BOT} when does it start?", chat=GROUP)
    heard = await jo.sees("Got it, Jo.", "(T-3)")
    assert heard.room == JO
    await lin.types("/ticket T-3 reply On Monday")
    await stage.later(seconds=11)
    assert (await jo.sees("Lin (Hengda): On Monday")).room == JO


async def test_a_room_that_changed_hands_hears_nothing_of_before(stage: Stage) -> None:
    """A ticket asked in Nordwind's group; the group is Acme's when it is answered and solved."""
    jo, kai = await _two_in_a_group(stage)
    lin = stage.manager("Lin")
    await jo.writes(f"{BOT} may we have 40 % off?", chat=GROUP)
    heard = await jo.sees("(T-3)")
    await stage.settle()
    async with stage.turn() as turn:
        [room] = await partners.rooms_in_chat(turn.session, "telegram", str(GROUP))
        room.partner_id = 2
    await lin.types("/ticket T-3 reply You may")
    await lin.sees("10 秒后发给 Jo")
    await stage.later(seconds=11)
    assert (await jo.sees("Lin (Hengda): You may")).room == JO
    await lin.types("/ticket T-3 resolve 40 percent off")
    await stage.later(minutes=20)
    assert (await jo.sees("How was that?")).room == JO
    await kai.sees_nothing("40")
    await kai.writes("And for us?", chat=GROUP, reply_to=int(heard.message))
    await lin.sees("T-4 · Acme Industrial", room="C0TRIAGE")
    async with stage.turn() as turn:
        asked = [said.html for said in await messages.of_ticket(turn.session, 3)]
    assert asked == ["may we have 40 % off?", "You may"]


async def test_in_slack_a_thread_that_changed_hands_is_not_joined(stage: Stage) -> None:
    """Priya is Acme's contact, and writes in Bluepine's channel; then the channel is Acme's."""
    async with stage.turn() as turn:
        bluepine = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        acme = await a_partner(turn.session, turn.now, "Acme Industrial", owner="Bo")
        await a_contact(turn.session, acme, turn.now, "Priya Shah", slack="U1BLUEPI1")
        room = await a_room(turn.session, bluepine, turn.now, "slack", ROOM)
    priya, bo = SlackPerson(stage, "U1BLUEPI1"), stage.manager("Bo")
    await priya.types("@Liaison the portal is down", room=ROOM)
    await bo.sees("T-1 · Bluepine Systems", room="C0TRIAGE")
    heard = await priya.sees("(T-1)", room=ROOM)
    await stage.later(minutes=10)
    ordinary = await priya.types("The invoices are odd", room=ROOM)
    await bo.uses("ticket.of_message", ROOM, ordinary)  # perhaps before we hear the message
    await bo.sees("T-2 · Bluepine Systems", room="C0TRIAGE")
    await stage.settle()
    async with stage.turn() as turn:
        found = await tickets.many(turn.session, [1, 2])
        assert {(one.partner_id, one.contact_id) for one in found.values()} == {(1, None)}
        moved = await partners.room_by_id(turn.session, room.id)
        assert moved is not None
        moved.partner_id = acme.id
    await priya.types("@Liaison and our invoice?", room=ROOM, thread=heard.thread)
    await bo.sees("T-3 · Acme Industrial", room="C0TRIAGE")
    await priya.types("It is of May", room=ROOM, thread=heard.thread)
    await bo.sees("It is of May", room="C0TRIAGE")
    await bo.types("We look", room=ROOM, thread=heard.thread)
    await bo.sees("T-3", "answered 16:22 · Bo", room="C0TRIAGE", kind="edit")
    async with stage.turn() as turn:
        assert len(await messages.of_ticket(turn.session, 1)) == 1
        assert [said.partner_id for said in await messages.of_ticket(turn.session, 3)] == [2] * 3


async def test_who_lost_the_account_reads_nothing_more(stage: Stage) -> None:
    """Sam becomes Jo's account while an answer is held: the old one is told nothing any more."""
    jo, _ = await _two_in_a_group(stage)
    lin, bo, sam = stage.manager("Lin"), stage.manager("Bo"), stage.telegram_person("Sam Stranger")
    old = jo.showing("Urgent")
    await bo.types("/partner invite Nordwind Jo Weber")
    link = link_in((await bo.sees("Link for Jo Weber")).text)
    await lin.types("/ticket T-1 reply The new one is here")
    await lin.sees("10 秒后发给 Jo")
    await sam.opens(link)
    await sam.sees("Welcome, Jo!")
    await stage.later(seconds=11)
    await sam.sees("Lin (Hengda): The new one is here")
    await lin.sees("已发给 Jo")
    assert await jo.forges("ticket.urgent 1", old) == "That is for partners only."
    await lin.types("/ticket T-1 resolve new link sent")
    await sam.sees("How was that?")
    await sam.presses("5")
    await sam.sees("5 of 5", kind="edit")
    await jo.sees_nothing("new")
    await jo.writes("Hello?")
    await lin.sees("Jo Weber", "Hello?")


async def test_what_is_passed_on_or_quoted_brings_no_ticket_along(stage: Stage) -> None:
    """An answer to Jo wanders into Kai's chat: Kai's words go to Acme's ticket, and say whose."""
    jo, kai = await _two_in_a_group(stage)
    lin = stage.manager("Lin")
    play = stage.telegram
    confirmation = int(jo.showing("Urgent").message)
    confirmed = await play.forward(jo.number, jo.number, confirmation, GROUP)
    assert "reply_markup" not in confirmed.body
    await lin.types("/ticket T-1 reply For you alone: 40 % off")
    await stage.later(seconds=11)
    answer = await jo.sees("Lin (Hengda): For you alone")
    shared = await play.forward(jo.number, jo.number, int(answer.message), GROUP)
    await stage.settle()
    stage.acted()
    mine = await play.forward(kai.number, GROUP, shared.id, kai.number)
    below = await lin.sees("↪ Liaison", "For you alone: 40 % off", room="C0TRIAGE")
    assert below.author == "Kai Brandt (Acme Industrial)"
    card = next(one for one in lin.screen("C0TRIAGE") if "T-2 · Acme" in one.text)
    assert below.thread == card.message
    await kai.writes("We want that too", reply_to=mine.id)
    assert (await lin.sees("We want that too", room="C0TRIAGE")).thread == card.message
    stage.acted()
    await play.answer_elsewhere(kai.number, GROUP, shared.id, kai.number, "And this?",
                                quote="40 % off")  # fmt: skip
    said = await lin.sees("↩ Jo Weber: “40 % off”", "And this?", room="C0TRIAGE")
    assert said.thread == card.message
    copied = await play.forward(kai.number, GROUP, confirmed.id, kai.number)
    for data in ("ticket.urgent 1", "ticket.remark 1", "survey.score 1:5"):
        query = play.core.open_query(kai.number, copied, data)
        assert (await query.answer).startswith(("There is no ticket T-1.", "This question is"))
    stop = await kai.writes("stop", chat=GROUP)
    await play.forward(kai.number, GROUP, stop.id, kai.number)
    await lin.sees("↪ Kai Brandt", "stop", room="C0TRIAGE")
    await kai.sees_nothing("Stop")
    async with stage.turn() as turn:
        assert len(await messages.of_ticket(turn.session, 1)) == 2
        assert len(await messages.of_ticket(turn.session, 2)) == 6


async def test_what_is_shared_in_slack_is_heard_and_calls_nobody(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now, "Bluepine Systems", owner="Bo")
        await a_room(turn.session, partner, turn.now, "slack", ROOM)
    bo = stage.manager("Bo")
    picture = Upload("box.png", png(), "image/png")
    first = await stage.slack.post("U1BLUEPI1", ROOM, "@Liaison the portal is down",
                                   files=[picture])  # fmt: skip
    await bo.sees("T-1", room="C0TRIAGE")
    await stage.settle()
    await stage.later(hours=1)
    await stage.slack.share("U1BLUEPI1", ROOM, first, ROOM)
    await bo.sees_nothing("T-2")
    await stage.later(hours=1)
    await stage.slack.share("U1BLUEPI1", ROOM, first, ROOM, "@Liaison again, see")
    card = await bo.sees("T-2", "again, see ↪ Priya", "the portal is down", room="C0TRIAGE")
    await stage.settle()
    shown = [one for one in bo.screen("C0TRIAGE") if one.thread == card.message and one.files]
    assert [one.files for one in shown] == [("box.png",)]
