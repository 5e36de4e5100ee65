"""What people do with buttons, selects, menus, dialogs and windows, against a real Bolt app."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from sandbox.slack import PlayRefused
from tests.sandbox.slack.slack_place import Connect, Place

Body = dict[str, Any]


def words(text: str) -> Body:
    return {"type": "plain_text", "text": text}


def option(text: str, value: str) -> Body:
    return {"text": words(text), "value": value}


ASK = {
    "title": words("Sure?"),
    "text": words("It goes out."),
    "confirm": words("Yes"),
    "deny": words("No"),
}
CARD = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {
                "type": "button",
                "action_id": "send",
                "text": words("Send"),
                "confirm": ASK,
                "style": "danger",
            },
            {
                "type": "overflow",
                "action_id": "more",
                "options": [option("Merge", "m"), option("Split", "s")],
            },
            {
                "type": "static_select",
                "action_id": "tier",
                "placeholder": words("Tier"),
                "options": [option("Gold", "g"), option("Silver", "s")],
            },
            {"type": "users_select", "action_id": "owner", "placeholder": words("Owner")},
        ],
    }
]


def modal(title: str, **more: Any) -> Body:
    field = {
        "type": "input",
        "block_id": "note",
        "label": words("Note"),
        "optional": True,
        "element": {
            "type": "plain_text_input",
            "action_id": "t",
            "max_length": 10,
            "initial_value": "old",
        },
    }
    base: Body = {
        "type": "modal",
        "callback_id": "m",
        "title": words(title),
        "submit": words("Go"),
    }
    return {**base, "notify_on_close": True, "blocks": [field], **more}


@pytest.fixture
async def acts(bolt: AsyncApp, connect: Connect) -> list[Body]:
    got: list[Body] = []

    @bolt.action({"block_id": "row"})
    async def acted(ack: Any, body: Body) -> None:
        got.append(body)
        await ack()

    @bolt.view_closed("m")
    async def closed(ack: Any, body: Body) -> None:
        got.append(body)
        await ack()

    await connect()
    return got


async def test_everything_on_a_card_can_be_used(place: Place, acts: list[Body]) -> None:
    sent = await place.client.chat_postMessage(channel=place.general.id, text="card", blocks=CARD)
    assert place.journal.entries[-1].buttons == ("Send", "Merge", "Split", "Tier", "Owner")

    async def press(label: str, value: Any = None, **more: Any) -> Body:
        await place.slack.press(
            place.lin, place.general, sent["ts"], label=label, value=value, **more
        )
        return dict(acts[-1]["actions"][0]) if acts else {}

    assert await press("Send", confirm=False) == {}
    assert (await press("Send"))["action_id"] == "send"
    assert (await press("Split"))["selected_option"]["value"] == "s"
    assert (await press("Tier", "Gold"))["selected_option"]["value"] == "g"
    assert (await press("Owner", "bo"))["selected_user"] == place.bo.id
    assert acts[-1]["state"]["values"]["row"]["tier"]["selected_option"]["value"] == "g"
    with pytest.raises(PlayRefused, match="Merge"):
        await press("Burn")
    with pytest.raises(PlayRefused, match="no choice"):
        await press("Tier", "Bronze")


async def test_a_private_answer_can_be_pressed_by_its_reader_only(
    place: Place, acts: list[Body]
) -> None:
    sent = await place.client.chat_postEphemeral(
        channel=place.general.id, user=place.lin.id, text="you", blocks=CARD
    )
    ts = sent["message_ts"]
    with pytest.raises(PlayRefused, match="sees no such message"):
        await place.slack.press(place.bo, place.general, ts, label="Merge")
    await place.slack.press(place.lin, place.general, ts, label="Merge")
    assert acts[0]["container"]["is_ephemeral"] is True
    assert "message" not in acts[0]


async def test_modals_update_push_clear_and_tell_of_closing(
    place: Place, bolt: AsyncApp, acts: list[Body]
) -> None:
    answers: list[Body] = [
        {"response_action": "update", "view": modal("Second")},
        {"response_action": "push", "view": modal("Third")},
        {"response_action": "errors", "errors": {"nowhere": "?"}},
        {"response_action": "push", "view": modal("x" * 25)},
        {"response_action": "clear"},
    ]
    seen: list[Any] = []

    @bolt.view("m")
    async def submitted(ack: Any, view: Body) -> None:
        seen.append(view["state"]["values"]["note"]["t"]["value"])
        await ack(**answers.pop(0))

    slack, lin = place.slack, place.lin
    await place.client.views_open(trigger_id=slack.triggers.issue(lin.id), view=modal("First"))

    def title() -> str:
        view = slack.current_modal(lin)
        return view.raw["title"]["text"] if view else ""

    long = await slack.submit_modal(lin, {"Note": "x" * 11})
    assert "at most 10" in long.shown
    assert (await slack.submit_modal(lin, {"Note": "mine"})).ok
    assert title() == "Second"
    assert (await slack.submit_modal(lin)).ok
    assert title() == "Third"
    for _ in range(2):
        trouble = await slack.submit_modal(lin)
        assert trouble.shown == "We had some trouble connecting. Try again?"
        assert title() == "Third"
    await slack.close_modal(lin)
    assert (title(), acts[-1]["type"], acts[-1]["is_cleared"]) == ("Second", "view_closed", False)
    assert (await slack.submit_modal(lin)).ok
    assert title() == ""
    assert seen == ["mine", "mine", "old", "old", "mine"]
    with pytest.raises(PlayRefused, match="no modal open"):
        await slack.submit_modal(lin)


async def test_home_and_modal_presses_carry_their_view(place: Place, acts: list[Body]) -> None:
    slack, lin = place.slack, place.lin
    await place.client.views_publish(user_id=lin.id, view={"type": "home", "blocks": CARD})
    await slack.press_home(lin, label="Merge")
    assert acts[-1]["view"]["type"] == "home"
    window = modal("M", blocks=CARD, submit=words("Go"))
    await place.client.views_open(trigger_id=slack.triggers.issue(lin.id), view=window)
    await slack.press_modal(lin, label="Tier", value="g")
    assert acts[-1]["container"]["type"] == "view"
    assert acts[-1]["view"]["state"]["values"]["row"]["tier"]["selected_option"]["value"] == "g"
    await place.client.views_push(trigger_id=acts[-1]["trigger_id"], view=modal("On top"))
    assert len(slack.views.stack(lin.id)) == 2


async def test_people_change_only_what_is_theirs(place: Place) -> None:
    ts = await place.slack.post(place.lin, place.general, "mine")
    for act in (
        place.slack.edit(place.bo, place.general, ts, "yours"),
        place.slack.delete(place.bo, place.general, ts),
    ):
        with pytest.raises(PlayRefused, match="not written by Bo Chen"):
            await act
    await place.slack.react(place.bo, place.general, ts, ":eyes:")
    with pytest.raises(PlayRefused, match="already_reacted"):
        await place.slack.react(place.bo, place.general, ts, "eyes")
    assert place.journal.entries[-1].text == ":eyes:"
