"""Rooms of several people: whose thread or topic it is, what is deleted, what nobody else sees."""

from sandbox.faults import Fault
from storage import messages, people, tickets
from tests.conversations.partner_rooms import bluepine
from tests.conversations.stage import Stage
from tests.factories import a_contact, a_partner, a_room
from tests.sandbox.telegram.pictures import png

JO, KAI = "700000011", "700000012"
FORUM = -1002000000101
ROOM = "C1BLUEPINE"


async def _topic(stage: Stage) -> int:
    """Nordwind's forum with its topic Support linked; Jo is a contact."""
    group = stage.telegram.world.chats[FORUM]
    topic = next(number for number, one in group.topics.items() if one.name == "Support")
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
        await a_room(turn.session, partner, turn.now, "telegram", str(FORUM), str(topic))
    await stage.telegram.add_bot(700000001, FORUM)
    await stage.telegram.promote(700000001, FORUM)
    await stage.settle()
    return topic


async def test_in_a_forum_topic_everything_stays_in_the_topic(stage: Stage) -> None:
    topic = await _topic(stage)
    jo, kai, lin = (stage.telegram_person("Jo Weber"), stage.telegram_person("Kai Brandt"),
                    stage.manager("Lin"))  # fmt: skip
    await jo.writes("@LiaisonDemoBot when is the next release?", chat=FORUM, topic=topic)
    heard = await kai.sees("Got it, Jo. Lin's team has it (T-1).")
    assert (heard.thread, heard.buttons) == (str(topic), ())
    await jo.writes("It is for a fair", chat=FORUM, topic=topic, reply_to=int(heard.message))
    await lin.sees("It is for a fair", room="C0TRIAGE")
    await lin.types("/ticket T-1 reply On Monday")
    await stage.later(seconds=11)
    answer = await kai.sees("Lin (Hengda): On Monday")
    assert answer.thread == str(topic)

    await lin.types("/ticket T-1 resolve released")
    question = await kai.sees("Lin has solved T-1: released. How was that?")
    assert question.thread == str(topic)
    assert await kai.presses("1", question) == "This question is for Jo Weber."
    assert await jo.presses("2", question) == "2 of 5. Only Lin and the lead see this."
    done = await kai.sees("T-1: answered. Thank you.", kind="edit")
    assert done.buttons == ("Tell us more privately",)
    await lin.sees("Nordwind GmbH，T-1：2 分。")
    link = await stage.telegram.press(jo.number, FORUM, int(done.message), done.buttons[0])
    assert link == "https://t.me/LiaisonDemoBot"
    await jo.writes("No comment here", chat=FORUM, topic=topic)
    await kai.sees_nothing()
    assert not [one for one in stage.journal.entries
                if one.room == str(FORUM) and "of 5" in one.text and not one.private]  # fmt: skip


async def test_another_topic_is_another_room(stage: Stage) -> None:
    topic = await _topic(stage)
    orders = next(number for number, one in stage.telegram.world.chats[FORUM].topics.items()
                  if one.name == "Orders")  # fmt: skip
    async with stage.turn() as turn:
        acme = await a_partner(turn.session, turn.now, "Acme Industrial")
        await a_contact(turn.session, acme, turn.now, "Kai Brandt", called="Kai", telegram=KAI)
        await a_room(turn.session, acme, turn.now, "telegram", str(FORUM), str(orders))
    jo, kai, lin = (stage.telegram_person("Jo Weber"), stage.telegram_person("Kai Brandt"),
                    stage.manager("Lin"))  # fmt: skip
    await jo.writes("@LiaisonDemoBot the price list will not open", chat=FORUM, topic=topic)
    await kai.sees("(T-1)")
    await lin.sees("answer by 17:12", room="C0TRIAGE")
    await kai.writes("@LiaisonDemoBot where is my order?", chat=FORUM, topic=orders)
    await lin.sees("T-2 · Acme Industrial", room="C0TRIAGE")
    there = stage.telegram_person("Lin")
    async with stage.turn() as turn:
        known = await people.manager_named(turn.session, "Lin")
        assert known is not None
        await people.claim_identity(turn.session, "telegram", there.id, known.id, turn.now)
    await there.writes("It left on Tuesday.", chat=FORUM, topic=orders)
    await lin.sees("T-2 · Acme Industrial", "answered 16:12 · Lin", room="C0TRIAGE", kind="edit")
    await lin.sees_nothing("T-1")


async def test_an_edit_that_overtakes_its_message_is_heard_as_that_message(stage: Stage) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    stage.slack.faults.add(Fault("reorder", on="event"))
    first = await priya.types("@Liaison the portl is down", room=ROOM)
    await stage.slack.edit("U1BLUEPI1", ROOM, first, "@Liaison the portal is down")
    await bo.sees("T-1", "the portal is down", room="C0TRIAGE")
    await stage.settle()
    async with stage.turn() as turn:
        [said] = await messages.of_ticket(turn.session, 1)
        assert said.html == "the portal is down"
        assert await tickets.get(turn.session, 2) is None


async def test_what_a_partner_changes_or_deletes_on_slack_is_marked(stage: Stage) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    first = await priya.types("@Liaison the portl is down", room=ROOM)
    card = await bo.sees("the portl is down", room="C0TRIAGE")
    heard = await priya.sees("(T-1)", room=ROOM)
    more = await priya.types("password is hunter2", room=ROOM, thread=heard.thread)
    await bo.sees("password is hunter2", room="C0TRIAGE")
    stage.acted()
    await stage.slack.edit("U1BLUEPI1", ROOM, first, "@Liaison the portal is down")
    edited = await bo.sees("edited: ", "the portal is down", room="C0TRIAGE", kind="new")
    assert edited.thread == card.message
    await bo.sees("T-1", "the portal is down", room="C0TRIAGE", kind="edit")
    stage.acted()
    await stage.slack.delete("U1BLUEPI1", ROOM, more)
    deleted = await bo.sees("deleted by Priya: password is hunter2", room="C0TRIAGE")
    assert deleted.thread == card.message
    await stage.settle()
    async with stage.turn() as turn:
        said = await messages.of_ticket(turn.session, 1)
        assert [one.deleted_at is not None for one in said] == [False, True]
        assert len(said[0].versions) == 1


async def test_deleted_talk_leaves_the_owners_home(stage: Stage) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    await bo.opens_home()
    posted = await priya.types("The invoices look odd", room=ROOM)
    await bo.sees("The invoices look odd", kind="home")
    stage.acted()
    await stage.slack.edit("U1BLUEPI1", ROOM, posted, "The invoices of May look odd")
    await bo.sees("The invoices of May look odd", kind="home")
    stage.acted()
    await stage.slack.delete("U1BLUEPI1", ROOM, posted)
    await bo.sees("Nothing due. Nobody waits for you.", kind="home")


async def test_a_photo_in_the_partners_room_is_an_answer_with_its_file(stage: Stage) -> None:
    priya, bo = await bluepine(stage), stage.manager("Bo")
    await priya.types("@Liaison what does the new box look like?", room=ROOM)
    card = await bo.sees("nobody yet", room="C0TRIAGE")
    await bo.sends_photo(ROOM, "box.png", png())
    await bo.sees("answered 16:12 · Bo", room="C0TRIAGE", kind="edit")
    await stage.settle()
    (shown,) = [one for one in bo.screen("C0TRIAGE") if one.files]
    assert (shown.thread, shown.files) == (card.message, ("box.png",))
    async with stage.turn() as turn:
        said = await messages.of_ticket(turn.session, 1)
        assert [file["name"] for file in said[-1].files] == ["box.png"]


async def test_a_photo_below_the_card_goes_to_the_partner_when_told_to(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("What does the new box look like?")
    card = await lin.sees("nobody yet", room="C0TRIAGE")
    await stage.settle()
    await lin.sends_photo("C0TRIAGE", "box.png", png(), card.message, "@Liaison reply Like this")
    held = await lin.sees("10 秒后发给 Jo：“Like this 📎 box.png”")
    await lin.presses("撤回", held)
    await lin.sees("未发送。", kind="edit")
    await stage.later(seconds=30)
    await jo.sees_nothing("Like this")
    await lin.sends_photo("C0TRIAGE", "box.png", png(), card.message, "@Liaison reply")
    held = await lin.sees("10 秒后发给 Jo：“📎 box.png”")
    await lin.presses("立即发送", held)
    await lin.sees("已发给 Jo")
    await stage.settle()
    assert [one.files for one in jo.screen() if one.by_bot and one.files] == [("photo.jpg",)]


async def test_documents_and_contacts_of_a_partner_arrive_below_the_card(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    await jo.writes("Please see the order")
    card = await lin.sees("nobody yet", room="C0TRIAGE")
    stage.acted()
    await stage.telegram.document(jo.number, jo.number, b"%PDF-1.4", "order.pdf")
    stage.acted()
    await stage.telegram.contact(jo.number, jo.number, 700000012)
    shown = await lin.sees("👤 Kai Brandt", room="C0TRIAGE")
    assert shown.thread == card.message
    await stage.settle()
    files = [(one.files, one.thread) for one in lin.screen("C0TRIAGE") if one.files]
    assert files == [(("order.pdf",), card.message)]


async def test_cards_never_go_to_a_room_that_others_share(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
        for chat in ("C0TRIAGE", "C0TEAM"):
            shared = await a_room(turn.session, partner, turn.now, "slack", chat)
            shared.partner_id = None
    jo, lin, bo = stage.telegram_person("Jo Weber"), stage.manager("Lin"), stage.manager("Bo")
    await jo.starts()
    await jo.writes("The price list will not open")
    card = await lin.sees("T-1 · Nordwind GmbH")
    assert card.room.startswith("D")
    await jo.writes("On any computer")
    assert (await lin.sees("On any computer")).room.startswith("D")
    await stage.later(hours=2)
    await lin.sees("T-1：Jo 在等答复")
    await bo.sees_nothing()
    assert not [one for one in stage.journal.entries if one.room in ("C0TRIAGE", "C0TEAM")]


async def test_a_channel_that_becomes_shared_is_told_nothing_more(stage: Stage) -> None:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram=JO)
    jo, lin = stage.telegram_person("Jo Weber"), stage.manager("Lin")
    await jo.starts()
    stage.slack.app.events.add("channel_shared")
    stage.slack.talk.emit({"type": "channel_shared", "connected_team_id": "T0ACME",
                           "channel": "C0TRIAGE", "event_ts": stage.slack.stamp()}, None,
                          stage.slack.app.team)  # fmt: skip
    await stage.settle()
    await jo.writes("The price list will not open")
    card = await lin.sees("T-1 · Nordwind GmbH")
    assert card.room.startswith("D")
