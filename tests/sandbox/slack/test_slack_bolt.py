"""A real Bolt app in Socket Mode against the emulator: the everyday journeys."""

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from tests.sandbox.slack.slack_place import Connect, Place, pause

BUTTONS = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Nordwind* asks &amp; waits"}},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "take",
                "text": {"type": "plain_text", "text": "Take"},
                "value": "41",
            }
        ],
    },
]
MODAL = {
    "type": "modal",
    "callback_id": "ticket",
    "title": {"type": "plain_text", "text": "New ticket"},
    "submit": {"type": "plain_text", "text": "Create"},
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "What is wrong?"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


async def test_a_message_reaches_the_app_and_its_answer_the_room(
    place: Place, bolt: AsyncApp, connect: Connect
) -> None:
    heard: list[dict[str, Any]] = []

    @bolt.event("message")
    async def on_message(event: dict[str, Any], say: Any) -> None:
        heard.append(event)
        await say(text="Got it", thread_ts=event["ts"])

    await connect()
    ts = await place.slack.post(place.jo, place.shared, "Hello @Lin & <b>")
    answer = await place.journal.wait_for(lambda entry: entry.text == "Got it")
    assert heard[0]["text"] == f"Hello <@{place.lin.id}> &amp; &lt;b&gt;"
    assert heard[0]["user_team"] == heard[0]["source_team"] == heard[0]["team"] == place.jo.team
    assert answer.thread == ts
    assert answer.readers == {place.lin.id, place.jo.id}


async def test_command_modal_and_press(place: Place, bolt: AsyncApp, connect: Connect) -> None:
    sent: list[dict[str, Any]] = []

    @bolt.command("/ticket")
    async def on_command(ack: Any, body: dict[str, Any], client: Any) -> None:
        sent.append(body)
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @bolt.view("ticket")
    async def on_view(ack: Any, view: dict[str, Any], body: dict[str, Any], client: Any) -> None:
        words = view["state"]["values"]["words"]["text"]["value"]
        if words == "no":
            await ack(response_action="errors", errors={"words": "Say more."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=words, blocks=BUTTONS)

    @bolt.action("take")
    async def on_take(ack: Any, body: dict[str, Any], respond: Any) -> None:
        sent.append(body)
        await ack()
        await respond(text="Taken", replace_original=True)

    await connect()
    outcome = await place.slack.command(place.lin, place.general, "/ticket", "new @Bo in #general")
    assert outcome.ok
    assert sent[0]["text"] == f"new <@{place.bo.id}|bo> in <#{place.general.id}|general>"
    await place.journal.wait_for(lambda entry: entry.kind == "modal")
    assert (
        await place.slack.submit_modal(place.lin)
    ).shown == "Please complete this required field."
    refused = await place.slack.submit_modal(place.lin, {"What is wrong?": "no"})
    assert refused.errors == {"words": "Say more."}
    assert (await place.slack.submit_modal(place.lin, {"words": "price list"})).ok
    card = await place.journal.wait_for(lambda entry: "Nordwind" in entry.text)
    assert card.text == "Nordwind asks & waits"
    assert card.buttons == ("Take",)
    assert place.slack.current_modal(place.lin) is None
    assert (await place.slack.press(place.lin, card.room, card.message, label="Take")).ok
    edited = await place.journal.wait_for(lambda entry: entry.kind == "edit")
    assert (edited.text, edited.message, edited.buttons) == ("Taken", card.message, ())
    assert sent[1]["actions"][0]["value"] == "41"


async def test_home_is_opened_and_published(
    place: Place, bolt: AsyncApp, connect: Connect
) -> None:
    @bolt.event("app_home_opened")
    async def on_home(event: dict[str, Any], client: Any) -> None:
        blocks = [{"type": "header", "text": {"type": "plain_text", "text": "Today"}}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    await connect()
    assert await place.slack.home(place.lin) is None
    entry = await place.journal.wait_for(lambda entry: entry.kind == "home")
    assert (entry.text, entry.readers) == ("Today", {place.lin.id})
    shown = await place.slack.home(place.lin)
    assert shown is not None
    assert shown.raw["blocks"][0]["text"]["text"] == "Today"


async def test_events_wait_for_the_app(place: Place, bolt: AsyncApp, connect: Connect) -> None:
    heard: list[str] = []

    @bolt.event("message")
    async def on_message(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    for number in range(3):
        await place.slack.post(place.lin, place.general, f"word {number}")
    await pause(0.05)
    await connect()
    await place.slack.delivery.idle()
    assert heard == ["word 0", "word 1", "word 2"]
