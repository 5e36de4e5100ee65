"""Events and interaction payloads have Slack's own shape."""

import asyncio
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from slack_bolt.app.async_app import AsyncApp

from sandbox.slack import PlayRefused, Upload
from tests.sandbox.slack.slack_place import Connect, Place

DATA = Path(__file__).parent / "data"
DEFINITIONS = {
    "message": "AllMessageEvents",
    "reaction_added": "ReactionAddedEvent",
    "reaction_removed": "ReactionRemovedEvent",
    "app_home_opened": "AppHomeOpenedEvent",
    "app_mention": "AppMentionEvent",
    "member_joined_channel": "MemberJoinedChannelEvent",
    "member_left_channel": "MemberLeftChannelEvent",
    "channel_left": "ChannelLeftEvent",
    "channel_rename": "ChannelRenameEvent",
    "user_change": "UserChangeEvent",
    "file_shared": "FileSharedEvent",
}
ENVELOPE = [
    "token",
    "team_id",
    "api_app_id",
    "event",
    "type",
    "event_id",
    "event_time",
    "authorizations",
    "event_context",
]


@cache
def samples() -> dict[str, Any]:
    return json.loads((DATA / "samples.json").read_text("utf-8"))


def check_shape(event: dict[str, Any]) -> None:
    """Slack's types ask for a little more than Slack sends: see its own samples.

    Messages inside an event carry no channel, files in an event no list of channels.
    """
    event = {**event}
    if "files" in event:
        event["files"] = [{"channels": [], "groups": [], **file} for file in event["files"]]
    for inner in ("message", "previous_message", "root"):
        if inner in event:
            outer = {key: event[key] for key in ("channel", "channel_type", "event_ts")}
            event[inner] = {**outer, **event[inner]}
            if event[inner].get("subtype") == "tombstone":
                del event[inner]["subtype"]  # not among the types
    schema = json.loads((DATA / "events.schema.json").read_text("utf-8"))
    schema["$ref"] = f"#/definitions/{DEFINITIONS[event['type']]}"
    jsonschema.Draft7Validator(schema).validate(event)


@pytest.fixture
def sent(place: Place, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """All event payloads on their way to the app."""
    payloads: list[dict[str, Any]] = []
    monkeypatch.setattr(place.slack.delivery, "event", payloads.append)
    return payloads


async def test_every_event_fits_slacks_schema(place: Place, sent: list[dict[str, Any]]) -> None:
    slack, jo, lin, room = place.slack, place.jo, place.lin, place.shared
    slack.app.events |= {"app_mention", "file_shared"}
    root = await slack.post(jo, room, "hello @Liaison :eyes: https://example.com #general @here")
    reply = await slack.post(lin, room, "in thread", thread_ts=root)
    await slack.post(lin, room, "for all", thread_ts=root, broadcast=True)
    await slack.post(lin, room, "photo", files=[Upload("a.png", b"png")])
    await slack.edit(lin, room, reply, "better")
    await slack.react(jo, room, root, "eyes")
    await slack.unreact(jo, room, root, "eyes")
    await slack.delete(lin, room, reply)
    await slack.delete(jo, room, root)
    await place.client.chat_postMessage(channel=room.id, text="plain")
    await place.client.chat_postMessage(channel=room.id, text="named", username="Lin (Hengda)")
    await slack.join(place.bo, room, inviter=lin.id)
    await slack.leave(place.bo, room)
    await slack.home(lin)
    await slack.change_user(lin, status_text="away")
    await slack.rename(place.general, "everyone")
    await slack.leave(slack.bot, place.general, actor=lin.id)
    for payload in sent:
        check_shape(payload["event"])
    assert {payload["event"]["type"] for payload in sent} == set(DEFINITIONS)
    subtypes = {p["event"].get("subtype") for p in sent if p["event"]["type"] == "message"}
    assert subtypes == {
        None,
        "thread_broadcast",
        "file_share",
        "message_changed",
        "message_deleted",
        "bot_message",
        "channel_join",
        "channel_leave",
    }
    assert all(set(ENVELOPE) <= set(payload) for payload in sent)
    assert sent[0]["is_ext_shared_channel"] is True
    assert sent[0]["authorizations"][0]["team_id"] == slack.app.team


async def test_whose_company_is_told_and_where_not(
    place: Place, sent: list[dict[str, Any]]
) -> None:
    root = await place.slack.post(place.jo, place.shared, "x", files=[Upload("a.png", b"png")])
    await place.slack.react(place.jo, place.shared, root, "eyes")
    message, reaction = sent[0], sent[1]["event"]
    assert message["team_id"] == message["event"]["user_team"] == place.jo.team
    assert message["event"]["files"][0]["file_access"] == "check_file_info"
    assert not any("team" in key for key in reaction)


async def test_subscriptions_decide(place: Place, sent: list[dict[str, Any]]) -> None:
    away = place.slack.add_channel("away", members=[place.lin], with_bot=False)
    await place.slack.post(place.lin, away, "@Liaison are you there")
    await place.slack.post(place.lin, place.general, "@Liaison hello")
    place.slack.app.events.discard("message.channels")
    await place.slack.post(place.lin, place.general, "unheard")
    await place.slack.post(place.lin, place.private, "heard")
    assert [(p["event"]["type"], p["event"]["channel_type"]) for p in sent] == [
        ("message", "channel"),
        ("message", "group"),
    ]


async def test_a_deleted_root_leaves_a_tombstone(place: Place, sent: list[dict[str, Any]]) -> None:
    root = await place.slack.post(place.lin, place.general, "root")
    await place.slack.post(place.bo, place.general, "reply", thread_ts=root)
    await place.slack.delete(place.lin, place.general, root)
    assert sent[-1]["event"]["message"]["subtype"] == "tombstone"
    replies = await place.client.conversations_replies(channel=place.general.id, ts=root)
    assert [m["text"] for m in replies["messages"]] == ["This message was deleted.", "reply"]


def test_wire_samples_are_there() -> None:
    assert {"block_actions", "view_submission", "slash_command"} <= set(samples())


def missing(kind: str, payload: dict[str, Any], known_absent: str = "") -> set[str]:
    """Keys of Slack's sample that ours lacks."""
    return set(samples()[kind]) - set(payload) - set(known_absent.split())


VIEW = {
    "type": "modal",
    "callback_id": "m",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "M"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "b",
            "label": {"type": "plain_text", "text": "Partner"},
            "element": {"type": "external_select", "action_id": "partner", "min_query_length": 1},
        }
    ],
}


def take_everything(bolt: AsyncApp) -> dict[str, dict[str, Any]]:
    """Ack all of it; returns what came, the last of each kind."""
    got: dict[str, dict[str, Any]] = {}

    @bolt.middleware
    async def keep(body: dict[str, Any], context: Any, next: Any) -> None:
        got[body.get("type", "slash_command")] = body
        await next()

    async def take(ack: Any) -> None:
        await ack()

    async def offer(ack: Any) -> None:
        await ack(options=[{"text": {"type": "plain_text", "text": "Nordwind"}, "value": "7"}])

    for kind in (bolt.action("take"), bolt.command("/x"), bolt.shortcut("s"), bolt.view("m")):
        kind(take)
    bolt.view_closed("m")(take)
    bolt.options("partner")(offer)
    return got


async def test_interactions_have_the_keys_of_slacks_samples(
    place: Place, bolt: AsyncApp, connect: Connect
) -> None:
    got = take_everything(bolt)
    await connect()
    slack, lin = place.slack, place.lin
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Take"},
        "action_id": "take",
    }
    sent = await place.client.chat_postMessage(
        channel=place.shared.id, text="x", blocks=[{"type": "actions", "elements": [button]}]
    )
    await slack.press(place.jo, place.shared, sent["ts"], label="Take")
    await slack.command(lin, place.general, "/x", "y")
    await slack.shortcut(lin, "s")
    await slack.shortcut(lin, "s", message=(place.shared, sent["ts"]))
    for _ in range(2):
        await place.client.views_open(trigger_id=slack.triggers.issue(lin.id), view=VIEW)
        if "view_submission" in got:
            await slack.close_modal(lin)
        else:
            assert (await slack.submit_modal(lin, {"Partner": "Nord"})).ok
    for kind in samples():
        if kind not in ("hello", "events_api", "file_share", "views"):
            assert not missing(kind, got[kind]), kind
    assert not set(samples()["view_submission"]["view"]) - set(got["view_submission"]["view"])
    chosen = got["view_submission"]["view"]["state"]["values"]["b"]["partner"]["selected_option"]
    assert chosen["value"] == "7"
    assert got["block_suggestion"]["value"] == "Nord"
    assert got["block_actions"]["user"]["team_id"] == place.jo.team
    assert got["block_actions"]["team"]["id"] == slack.app.team


async def test_what_people_of_other_companies_cannot_do(place: Place) -> None:
    slack = place.slack
    assert (
        await slack.command(place.jo, place.shared, "/x")
    ).shown == "/x is not a valid command."
    for refused in (slack.shortcut(place.jo, "s"), slack.home(place.jo)):
        with pytest.raises(PlayRefused, match="belong to the workspace"):
            await refused
    with pytest.raises(PlayRefused, match="is not in #general"):
        await slack.post(place.jo, place.general, "let me in")
    threaded = await slack.command(place.lin, place.shared, "/x", thread_ts="1.1")
    assert threaded.shown == "/x is not supported in threads. Sorry!"


async def test_the_journal_wakes_who_waits(place: Place) -> None:
    waiting = asyncio.create_task(
        place.journal.wait_for(lambda entry: entry.text == "hello @Lin Wei")
    )
    await place.slack.post(place.jo, place.shared, "hello @Lin")
    assert (await waiting).author == "Jo Weber"
