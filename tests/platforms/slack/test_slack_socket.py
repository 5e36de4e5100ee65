"""Everything that can come in, end to end over Socket Mode."""

from bot.chat import Address, Button, Choice, Direct, Field, Form, Message, Part
from tests.platforms.slack.slack_world import World, until

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
