"""Everything that can come in, end to end over Socket Mode."""

from bot.chat import Address, Button, Choice, Direct, Field, Form, Message, Part
from sandbox.faults import Fault
from sandbox.slack.play_talk import Upload
from tests.platforms.slack.slack_world import PNG, World, until

TAKE = Button("Take", "ticket.take", "7")
NEW = Form(
    "ticket.create",
    "New ticket",
    (
        Field("partner", "partner", "Partner", required=True),
        Field("text", "long", "What is wrong?", required=True),
    ),
    value="7",
)


def said(html: str, *buttons: Button) -> Message:
    return Message((Part(html, buttons),))


async def test_a_message_comes_in_once_with_its_words(world: World) -> None:
    platform = await world.start()
    ts = await world.slack.post(world.lin, world.general, "a <b> & c")
    event = await world.door.next("message")
    assert event.key == f"slack:msg:{world.general.id}:{ts}"
    assert event.text == "a <b> & c"
    assert event.html == "a &lt;b&gt; &amp; c"
    assert event.who.id == world.lin.id
    assert event.who.team == platform.me.team
    assert event.where == Address("slack", world.general.id)
    assert not event.shared
    assert not event.mentions_bot


async def test_a_mention_is_taken_off_and_a_thread_is_told(world: World) -> None:
    await world.start()
    root = await world.slack.post(world.lin, world.general, "root")
    await world.slack.post(world.lin, world.general, "@Liaison reply New link", thread_ts=root)
    await until(lambda: len(world.door.events) == 2)
    event = world.door.events[-1]
    assert event.mentions_bot
    assert event.text == "reply New link"
    assert event.where == Address("slack", world.general.id, root)
    assert event.reply_to == root


async def test_a_partner_is_of_another_company(world: World) -> None:
    platform = await world.start()
    await world.slack.post(world.jo, world.shared, "The price list will not open")
    event = await world.door.next("message")
    assert event.shared
    assert event.who.team not in (None, platform.me.team)


async def test_a_command_answers_on_its_acknowledgement(world: World) -> None:
    world.door.answer = Direct(message=said("<b>Hello</b> *x*", TAKE))
    await world.start()
    outcome = await world.slack.command(world.lin, world.general, "/ticket", "take @Bo T-1")
    assert outcome.ok
    event = await world.door.next("command")
    assert (event.route, event.direct) == ("ticket", True)
    assert event.text.startswith("take @")
    assert world.bo.id in event.values["mentions"].values()
    answer = world.seen_by(world.lin)[-1]
    assert answer.private
    assert "Hello" in answer.text
    assert answer.buttons == ("Take",)


async def test_a_command_opens_a_modal_whose_answer_comes_back(world: World) -> None:
    world.door.answer = Direct(form=NEW)
    world.door.choices = [Choice("3", "Nordwind GmbH")]
    await world.start()
    await world.slack.command(world.lin, world.general, "/ticket", "new")
    await until(lambda: world.slack.current_modal(world.lin) is not None)
    world.door.answer = Direct(errors={"text": "A ticket needs a few words."})
    values = {"Partner": "Nordwind GmbH", "What is wrong?": "link"}
    outcome = await world.slack.submit_modal(world.lin, values)
    assert outcome.errors == {"text": "A ticket needs a few words."}
    world.door.answer = Direct()
    outcome = await world.slack.submit_modal(world.lin)
    assert outcome.ok
    event = await world.door.next("form")
    assert (event.route, event.value) == ("ticket.create", "7")
    assert event.values == {"partner": "3", "text": "link"}
    assert world.slack.current_modal(world.lin) is None


async def test_a_press_is_an_event_and_is_answered_to_the_presser_alone(world: World) -> None:
    platform = await world.start()
    world.door.answer = Direct(message=said("Taken by you"))
    message = said("T-41", TAKE)
    receipt = await platform.sender.post(world.parcel(world.general, message=message))
    outcome = await world.slack.press(world.lin, world.general, receipt.message_id, label="Take")
    assert outcome.ok
    event = await world.door.next("press")
    assert (event.route, event.value) == ("ticket.take", "7")
    assert event.message_id == receipt.message_id
    assert event.where == Address("slack", world.general.id)
    await until(lambda: "Taken by you" in world.seen_by(world.lin)[-1].text)
    assert world.seen_by(world.lin)[-1].private
    assert not any("Taken" in entry.text for entry in world.seen_by(world.bo))


async def test_a_partner_can_press_in_a_shared_channel(world: World) -> None:
    platform = await world.start()
    world.door.answer = Direct(message=said("Thanks"))
    receipt = await platform.sender.post(world.parcel(world.shared, message=said("Q", TAKE)))
    await world.slack.press(world.jo, world.shared, receipt.message_id, label="Take")
    event = await world.door.next("press")
    assert event.shared
    await until(lambda: "Thanks" in world.seen_by(world.jo)[-1].text)


async def test_a_press_opens_a_modal(world: World) -> None:
    platform = await world.start()
    world.door.answer = Direct(form=NEW)
    receipt = await platform.sender.post(world.parcel(world.general, message=said("Q", TAKE)))
    await world.slack.press(world.lin, world.general, receipt.message_id, label="Take")
    await until(lambda: world.slack.current_modal(world.lin) is not None)
    await world.slack.close_modal(world.lin)
    closed = await world.door.next("form_closed")
    assert (closed.route, closed.value) == ("ticket.create", "7")


async def test_home_is_opened_and_pressed(world: World) -> None:
    platform = await world.start()
    await world.slack.home(world.lin)
    event = await world.door.next("home")
    assert event.where.chat == f"home:{world.lin.id}"
    await platform.sender.post(world.parcel(event.where.chat, message=said("Today", TAKE)))
    world.door.answer = Direct(message=said("Done"))
    await world.slack.press_home(world.lin, label="Take")
    pressed = await world.door.next("press")
    assert pressed.where.chat == f"home:{world.lin.id}"
    await until(lambda: world.slack.current_modal(world.lin) is not None)
    assert "Done" in world.seen_by(world.lin)[-1].text


async def test_reactions_edits_and_deletions(world: World) -> None:
    await world.start()
    slack, room = world.slack, world.general
    ts = await slack.post(world.lin, room, "one")
    await slack.react(world.bo, room, ts, "white_check_mark")
    event = await world.door.next("reaction")
    assert (event.value, event.text, event.message_id) == ("white_check_mark", "added", ts)
    await slack.unreact(world.bo, room, ts, "white_check_mark")
    await until(lambda: world.door.events[-1].text == "removed")
    await slack.edit(world.lin, room, ts, "two")
    event = await world.door.next("edited")
    assert (event.text, event.message_id) == ("two", ts)
    await slack.delete(world.lin, room, ts)
    event = await world.door.next("deleted")
    assert event.message_id == ts


async def test_people_and_the_bot_join_and_leave(world: World) -> None:
    await world.start()
    await world.slack.join(world.bo, world.shared)
    event = await world.door.next("member")
    assert (event.value, event.who.id, event.where.chat) == (
        "joined", world.bo.id, world.shared.id,
    )  # fmt: skip
    other = world.slack.add_channel("acme", members=[world.lin], with_bot=False)
    await world.slack.invite_bot(other, by=world.lin)
    await until(lambda: world.door.events[-1].where.chat == other.id)
    assert world.door.events[-1].who.is_bot
    await world.slack.rename(world.general, "everybody")
    await until(lambda: world.door.events[-1].value == "renamed")
    assert world.door.events[-1].room_title == "everybody"


async def test_files_come_with_and_without_their_names(world: World) -> None:
    platform = await world.start()
    ours = await world.slack.post(world.lin, world.general, "", files=[Upload("a.png", PNG)])
    event = await world.door.next("message")
    assert (event.message_id, event.files[0].name, event.files[0].size) == (
        ours,
        "a.png",
        len(PNG),
    )
    await world.slack.post(world.jo, world.shared, "photo", files=[Upload("b.png", PNG)])
    await until(lambda: len(world.door.events) == 2)
    (file,) = world.door.events[-1].files
    assert (file.name, file.size) == ("", 0)
    question = {"what": "file", "file": file.source}
    told = await platform.sender.ask(world.parcel("", question=question))
    assert told == {"name": "b.png", "mime": "image/png", "size": len(PNG)}
    assert await platform.fetch_file(file.source.removeprefix("slack:")) == PNG


async def test_shortcuts_of_messages_and_of_the_workspace(world: World) -> None:
    await world.start()
    ts = await world.slack.post(world.bo, world.general, "please <answer>")
    world.door.answer = Direct(form=NEW)
    await world.slack.shortcut(world.lin, "reply", message=(world.general, ts))
    event = await world.door.next("shortcut")
    assert (event.route, event.message_id, event.text) == ("reply", ts, "please <answer>")
    assert (event.values["author"], event.values["by_bot"]) == (world.bo.id, False)
    await until(lambda: world.slack.current_modal(world.lin) is not None)
    world.door.answer = Direct(message=said("Nothing due"))
    await world.slack.shortcut(world.bo, "today")
    await until(lambda: "Nothing due" in world.seen_by(world.bo)[-1].text)


async def test_a_refused_form_without_a_field_is_shown_at_the_first(world: World) -> None:
    world.door.answer = Direct(form=NEW)
    world.door.choices = [Choice("3", "Nordwind")]
    await world.start()
    await world.slack.command(world.lin, world.general, "/ticket", "new")
    await until(lambda: world.slack.current_modal(world.lin) is not None)
    world.door.answer = Direct(errors={"": "Not now.", "text": "Too short."})
    values = {"Partner": "Nordwind", "What is wrong?": "x"}
    outcome = await world.slack.submit_modal(world.lin, values)
    assert outcome.errors == {"partner": "Not now.", "text": "Too short."}
    await until(lambda: world.door.events[-1].kind == "form")
    kinds = [event.kind for event in world.door.events]
    assert kinds == ["command", "options", "form"]


async def test_a_modal_that_came_too_late_is_said(world: World) -> None:
    await world.start()
    world.door.answer = Direct(form=NEW)
    world.slack.faults.add(Fault("flood", on="views.open"))
    await world.slack.command(world.lin, world.general, "/ticket", "new")
    await until(lambda: bool(world.seen_by(world.lin)))
    assert "took too long" in world.seen_by(world.lin)[-1].text


async def test_a_redelivered_event_keeps_its_key(world: World) -> None:
    await world.start()
    world.slack.faults.add(Fault("redeliver", on="event"))
    world.slack.faults.add(Fault("new_event_id", on="event"))
    await world.slack.post(world.lin, world.general, "once")
    await until(lambda: len(world.door.events) == 3)
    assert len({event.key for event in world.door.events}) == 1


async def test_without_a_database_nothing_is_acknowledged(world: World) -> None:
    await world.start()
    world.door.broken = ConnectionError("database is gone")
    await world.slack.post(world.lin, world.general, "hello?")
    outcome = await world.slack.command(world.lin, world.general, "/ticket", "list")
    assert not outcome.ok
    assert world.slack.delivery.undelivered == 1
    world.door.broken = None
    event = await world.door.next("message")
    assert event.text == "hello?"
    await world.slack.delivery.idle()
    assert world.slack.delivery.given_up == []
    assert world.door.aside == []


async def test_an_answer_to_a_press_in_a_thread_stays_there(world: World) -> None:
    platform = await world.start()
    world.door.answer = Direct(message=said("Only you see this"))
    root = await platform.sender.post(world.parcel(world.general, "root"))
    parcel = world.parcel(world.general, message=said("Q", TAKE), thread=root.message_id)
    receipt = await platform.sender.post(parcel)
    await world.slack.press(world.lin, world.general, receipt.message_id, label="Take")
    await until(lambda: "Only you" in world.seen_by(world.lin)[-1].text)
    assert world.seen_by(world.lin)[-1].thread == root.message_id
    assert (await world.door.next("press")).where.thread == root.message_id


async def test_a_pressed_answer_is_replaced_by_what_came_of_it(world: World) -> None:
    await world.start()
    world.door.answer = Direct(message=said("Send to 12 partners?", TAKE))
    await world.slack.command(world.lin, world.general, "/news", "send")
    asked = world.seen_by(world.lin)[-1]
    world.door.answer = Direct(message=said("Sent"))
    await world.slack.press(world.lin, world.general, asked.message, label="Take")
    await until(lambda: world.seen_by(world.lin)[-1].text == "Sent")
    last = world.seen_by(world.lin)[-1]
    assert (last.kind, last.message) == ("edit", asked.message)


async def test_a_form_pressed_in_a_modal_stands_on_top_of_it(world: World) -> None:
    platform = await world.start()
    chat = f"home:{world.lin.id}"
    await platform.sender.post(world.parcel(chat, message=said("Today", TAKE)))
    world.door.answer = Direct(message=said("Really?", TAKE))
    await world.slack.press_home(world.lin, label="Take")
    await until(lambda: world.slack.current_modal(world.lin) is not None)
    world.door.answer = Direct(form=NEW)
    await world.slack.press_modal(world.lin, label="Take")
    await until(lambda: len(world.slack.views.stack(world.lin.id)) == 2)
    top = world.slack.current_modal(world.lin)
    assert top is not None
    assert top.raw["callback_id"] == "ticket.create"


async def test_a_direct_conversation_goes_there_and_back(world: World) -> None:
    platform = await world.start()
    receipt = await platform.sender.post(world.parcel(world.lin, message=said("T-1", TAKE)))
    room = world.slack.dm(world.lin)
    await world.slack.press(world.lin, room, receipt.message_id, label="Take")
    pressed = await world.door.next("press")
    await world.slack.post(world.lin, room, "hello")
    written = await world.door.next("message")
    assert pressed.where == written.where == Address("slack", world.lin.id)
    assert (pressed.private, written.private) == (True, True)
    edited = world.parcel(world.lin, "T-1 taken", message_id=pressed.message_id)
    assert await platform.sender.edit(edited) == receipt
