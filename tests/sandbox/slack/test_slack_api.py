"""The Web API through the SDK's own client: what it does and how it refuses."""

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sandbox.slack import PlayRefused, Upload
from tests.sandbox.slack.slack_place import Place, pause

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "M"}, "blocks": [SECTION]}
RECEIPT = {"event_type": "delivery", "event_payload": {"id": "abc"}}


async def refusal(call: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"], caught.value.response.data


async def test_tokens(place: Place) -> None:
    def with_token(token: str | None) -> AsyncWebClient:
        return AsyncWebClient(token=token, base_url=f"{place.url}/slack/api/")

    assert (await refusal(with_token(None).auth_test()))[0] == "not_authed"
    assert (await refusal(with_token("xoxb-other").auth_test()))[0] == "invalid_auth"
    app = place.slack.app
    assert (await refusal(with_token(app.app_token).auth_test()))[0] == "not_allowed_token_type"
    open_socket = place.client.apps_connections_open(app_token=app.bot_token)
    assert (await refusal(open_socket))[0] == "not_allowed_token_type"
    who = await place.client.auth_test()
    assert (who["user_id"], who["team_id"], who["bot_id"]) == (app.bot_user, app.team, app.bot_id)


async def test_unknown_method_and_missing_scope(place: Place) -> None:
    assert (await refusal(place.client.api_call("chat.shout")))[0] == "unknown_method"
    place.slack.app.scopes.discard("reactions:write")
    add = place.client.reactions_add(channel=place.general.id, timestamp="1.0", name="eyes")
    error, body = await refusal(add)
    assert (error, body["needed"]) == ("missing_scope", "reactions:write")
    assert "chat:write" in body["provided"].split(",")


async def post_fails(place: Place, **args: Any) -> str:
    error, _ = await refusal(
        place.client.chat_postMessage(**{"channel": place.general.id, **args})
    )
    return error


async def test_how_posting_is_refused(place: Place) -> None:
    hidden = place.slack.add_channel("hidden", private=True, with_bot=False)
    away = place.slack.add_channel("away", with_bot=False)
    old = place.slack.add_channel("old")
    old.archived = True
    assert await post_fails(place, channel="C404", text="x") == "channel_not_found"
    assert await post_fails(place, channel=hidden.id, text="x") == "channel_not_found"
    assert await post_fails(place, channel=place.jo.id, text="x") == "channel_not_found"
    assert await post_fails(place, channel=away.id, text="x") == "not_in_channel"
    assert await post_fails(place, channel=old.id, text="x") == "is_archived"
    empty = place.client.api_call("chat.postMessage", json={"channel": place.general.id})
    assert (await refusal(empty))[0] == "no_text"
    assert await post_fails(place, text="x" * 40_001) == "msg_too_long"
    assert await post_fails(place, text="x", blocks="{") == "invalid_blocks_format"
    assert await post_fails(place, text="x", blocks=[{"type": "nope"}]) == "invalid_blocks"
    many = [{"text": "a"}] * 101
    assert await post_fails(place, text="x", attachments=many) == "too_many_attachments"
    assert await post_fails(place, text="x", thread_ts="1.000001") == "thread_not_found"
    place.slack.app.scopes.discard("chat:write.customize")
    assert await post_fails(place, text="x", username="Lin (Hengda)") == "missing_scope"
    assert place.slack.journal.entries == []


async def test_metadata_is_the_receipt(place: Place) -> None:
    sent = await place.client.chat_postMessage(
        channel=place.general.id, text="hello", metadata=RECEIPT, username="Lin (Hengda)"
    )
    reply = await place.client.chat_postMessage(
        channel=place.general.id, text="more", thread_ts=sent["ts"], metadata=RECEIPT
    )
    read = place.client.conversations_history
    with_it = await read(
        channel=place.general.id, include_all_metadata=True, oldest=sent["ts"], inclusive=True
    )
    assert [m["metadata"] for m in with_it["messages"]] == [RECEIPT]
    without = await read(channel=place.general.id)
    assert "metadata" not in without["messages"][0]
    thread = await place.client.conversations_replies(
        channel=place.general.id, ts=sent["ts"], include_all_metadata=True
    )
    assert [m["ts"] for m in thread["messages"]] == [sent["ts"], reply["ts"]]
    assert thread["messages"][0]["reply_count"] == 1
    assert thread["messages"][1]["metadata"] == RECEIPT
    assert place.journal.entries[0].author == "Lin (Hengda)"
    assert [c.metadata for c in place.slack.record if c.method == "chat.postMessage"] == [
        RECEIPT
    ] * 2


async def test_history_comes_in_pages(place: Place) -> None:
    sent = [
        (await place.client.chat_postMessage(channel=place.general.id, text=str(n)))["ts"]
        for n in range(5)
    ]
    seen: list[str] = []
    cursor = ""
    while True:
        page = await place.client.conversations_history(
            channel=place.general.id, limit=2, cursor=cursor
        )
        seen += [message["ts"] for message in page["messages"]]
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]
    assert seen == sent[::-1]
    bad = place.client.conversations_history(channel=place.general.id, cursor="%%%")
    assert (await refusal(bad))[0] == "invalid_cursor"


async def test_update_and_delete_own_messages_only(place: Place) -> None:
    theirs = await place.slack.post(place.lin, place.general, "mine")
    mine = await place.client.chat_postMessage(
        channel=place.general.id, text="a", blocks=[SECTION]
    )
    update, delete = place.client.chat_update, place.client.chat_delete
    room = place.general.id
    assert (await refusal(update(channel=room, ts=theirs, text="b")))[0] == "cant_update_message"
    assert (await refusal(update(channel=room, ts="1.0", text="b")))[0] == "message_not_found"
    assert (await refusal(delete(channel=room, ts=theirs)))[0] == "cant_delete_message"
    changed = await update(channel=room, ts=mine["ts"], text="b")
    assert "blocks" not in changed["message"]
    await delete(channel=room, ts=mine["ts"])
    assert (await refusal(delete(channel=room, ts=mine["ts"])))[0] == "message_not_found"
    assert [entry.kind for entry in place.journal.entries] == ["new", "new", "edit", "delete"]


async def test_ephemeral_is_seen_by_one(place: Place) -> None:
    send = place.client.chat_postEphemeral
    sent = await send(channel=place.shared.id, user=place.jo.id, text="psst")
    entry = place.journal.entries[-1]
    assert (entry.private, entry.readers, entry.message) == (
        True,
        {place.jo.id},
        sent["message_ts"],
    )
    history = await place.client.conversations_history(channel=place.shared.id)
    assert history["messages"] == []
    outside = send(channel=place.shared.id, user=place.bo.id, text="psst")
    assert (await refusal(outside))[0] == "user_not_in_channel"


async def test_direct_messages_are_for_our_own_people(place: Place) -> None:
    opened = await place.client.conversations_open(users=place.lin.id)
    sent = await place.client.chat_postMessage(channel=place.lin.id, text="hi")
    assert sent["channel"] == opened["channel"]["id"]
    assert place.journal.entries[-1].readers == {place.lin.id}
    assert (await refusal(place.client.conversations_open(users=place.jo.id)))[
        0
    ] == "user_not_visible"
    with pytest.raises(PlayRefused):
        place.slack.dm(place.jo)


async def test_people_and_rooms(place: Place) -> None:
    jo = (await place.client.users_info(user=place.jo.id, include_locale=True))["user"]
    assert (jo["team_id"], jo["is_stranger"], jo["tz"]) == (place.jo.team, True, "Europe/Berlin")
    assert "email" not in jo["profile"]
    stranger = place.slack.add_user("kai", team=place.slack.add_team("Far"))
    assert (await refusal(place.client.users_info(user=stranger.id)))[0] == "user_not_visible"
    members = (await place.client.users_list())["members"]
    assert {m["name"] for m in members} == {"lin", "bo", "liaison"}
    found = await place.client.users_lookupByEmail(email=place.lin.email.upper())
    assert found["user"]["id"] == place.lin.id
    shared = (await place.client.conversations_info(channel=place.shared.id))["channel"]
    assert shared["is_ext_shared"] is True
    assert shared["connected_team_ids"] == [place.jo.team]
    inside = await place.client.conversations_members(channel=place.shared.id)
    assert inside["members"] == [place.lin.id, place.jo.id, place.slack.app.bot_user]
    rooms = await place.client.users_conversations(types="public_channel,private_channel")
    assert [room["name"] for room in rooms["channels"]] == ["general", "leads", "nordwind"]


async def test_reactions_pins_permalinks(place: Place) -> None:
    ts = await place.slack.post(place.lin, place.general, "look")
    args = {"channel": place.general.id, "timestamp": ts}
    await place.client.reactions_add(name="eyes", **args)
    assert (await refusal(place.client.reactions_add(name="eyes", **args)))[0] == "already_reacted"
    got = await place.client.reactions_get(**args)
    bot = place.slack.app.bot_user
    assert got["message"]["reactions"] == [{"name": "eyes", "users": [bot], "count": 1}]
    await place.client.reactions_remove(name="eyes", **args)
    assert (await refusal(place.client.reactions_remove(name="eyes", **args)))[0] == "no_reaction"
    await place.client.pins_add(**args)
    assert (await refusal(place.client.pins_add(**args)))[0] == "already_pinned"
    link = await place.client.chat_getPermalink(channel=place.general.id, message_ts=ts)
    assert link["permalink"].endswith(f"/archives/{place.general.id}/p{ts.replace('.', '')}")


async def test_files_go_up_and_come_down(place: Place) -> None:
    root = await place.slack.post(place.lin, place.general, "please send it")
    await place.client.files_upload_v2(
        filename="list.csv", content="a;b", title="List", channel=place.general.id, thread_ts=root
    )
    entry = place.journal.entries[-1]
    assert (entry.files, entry.thread) == (("list.csv",), root)
    file_id = str(entry.raw["files"][0]["id"])  # type: ignore[index]
    info = (await place.client.files_info(file=file_id))["file"]
    assert info["shares"]["public"][place.general.id][0]["ts"] == entry.message
    headers = {"Authorization": f"Bearer {place.slack.app.bot_token}"}
    async with aiohttp.ClientSession() as session:
        async with session.get(info["url_private"], headers=headers) as answer:
            assert await answer.read() == b"a;b"
        async with session.get(info["url_private"]) as answer:
            assert "Sign in" in await answer.text()
    again = place.client.files_completeUploadExternal(files=[{"id": file_id}])
    assert (await refusal(again))[0] == "file_update_failed"
    as_json = place.client.api_call(
        "files.getUploadURLExternal", json={"filename": "x", "length": 1}
    )
    assert (await refusal(as_json))[0] == "invalid_arguments"


async def test_files_of_other_companies_need_files_info(place: Place) -> None:
    await place.slack.post(place.jo, place.shared, "photo", files=[Upload("a.png", b"png")])
    shown = place.journal.entries[-1].raw["files"][0]  # type: ignore[index]
    assert shown["file_access"] == "check_file_info"
    assert "url_private" not in shown
    info = (await place.client.files_info(file=shown["id"]))["file"]
    assert (info["name"], info["mimetype"], info["user_team"]) == (
        "a.png",
        "image/png",
        place.jo.team,
    )


async def test_a_trigger_opens_one_view_and_not_for_long(place: Place) -> None:
    lin = place.lin.id
    open_view = place.client.views_open
    assert (await refusal(open_view(trigger_id="1.2.x", view=MODAL)))[0] == "invalid_trigger_id"
    trigger = place.slack.triggers.issue(lin)
    await open_view(trigger_id=trigger, view=MODAL)
    assert (await refusal(open_view(trigger_id=trigger, view=MODAL)))[0] == "exchanged_trigger_id"
    late = place.slack.triggers.issue(lin)
    await pause(0.35)
    assert (await refusal(open_view(trigger_id=late, view=MODAL)))[0] == "expired_trigger_id"
    theirs = place.slack.triggers.issue(place.jo.id)
    assert (await refusal(open_view(trigger_id=theirs, view=MODAL)))[
        0
    ] == "team_access_not_granted"


async def test_views_stack_and_change(place: Place) -> None:
    lin = place.lin.id
    opened = await place.client.views_open(trigger_id=place.slack.triggers.issue(lin), view=MODAL)
    for _ in range(2):
        await place.client.views_push(trigger_id=place.slack.triggers.issue(lin), view=MODAL)
    fourth = place.client.views_push(trigger_id=place.slack.triggers.issue(lin), view=MODAL)
    assert (await refusal(fourth))[0] == "push_limit_reached"
    view_id = opened["view"]["id"]
    stale = place.client.views_update(view_id=view_id, view=MODAL, hash="0.other")
    assert (await refusal(stale))[0] == "hash_conflict"
    await place.client.views_update(view_id=view_id, view=MODAL, hash=opened["view"]["hash"])
    gone = place.client.views_update(view_id="V404", view=MODAL)
    assert (await refusal(gone))[0] == "not_found"
    external = place.client.views_publish(user_id=place.jo.id, view={"type": "home", "blocks": []})
    assert (await refusal(external))[0] == "user_not_found"


async def test_response_url_has_five_uses(place: Place) -> None:
    url = place.slack.response_urls.issue(place.general.id, place.lin.id)
    hook = AsyncWebhookClient(url)
    for _ in range(5):
        assert (await hook.send(text="only you")).status_code == 200
    assert place.journal.entries[-1].readers == {place.lin.id}
    used = await hook.send(text="more")
    assert (used.status_code, "used_url" in used.body) == (404, True)
    place.slack.response_urls._seconds = -1
    expired = await AsyncWebhookClient(place.slack.response_urls.issue("C", "U")).send(text="x")
    assert (expired.status_code, "expired_url" in expired.body) == (404, True)


async def test_state_survives_a_restart(place: Place) -> None:
    ts = await place.slack.post(
        place.lin, place.general, "remember", files=[Upload("a.txt", b"x")]
    )
    state = json.loads(json.dumps(place.slack.dump()))
    await place.slack.post(place.lin, place.general, "forget")
    place.slack.load(state)
    history = await place.client.conversations_history(channel=place.general.id)
    assert [message["ts"] for message in history["messages"]] == [ts]
    assert place.slack.user("bo").id == place.bo.id
