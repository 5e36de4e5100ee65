"""Posts, edits, Homes, files, doubt and questions against the emulated Slack."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat import File, Message, Part
from bot.errors import InDoubt, Rejected, TryLater, Unreachable
from bot.platforms.slack.client import SlackClient, SlackSettings
from bot.platforms.slack.sender import SlackSender
from sandbox.faults import Fault
from tests.platforms.slack.slack_world import PNG, World

PHOTO = File("a.png", "image/png", len(PNG), "blob:7")


async def connected(world: World) -> SlackSender:
    return (await world.start()).sender


async def test_a_post_carries_its_delivery_id_and_nothing_else(world: World) -> None:
    sender = await connected(world)
    parcel = world.parcel(world.general, "<b>Hi</b> &lt;!channel&gt; @here *x*")
    receipt = await sender.post(parcel)
    raw = world.general.messages[receipt.message_id].raw
    assert raw["metadata"] == {"event_type": "liaison_delivery", "event_payload": {"id": "d-1"}}
    (entry,) = world.seen_by(world.bo)
    assert entry.text == "Hi <!channel> @here *x*"
    assert entry.author == "Liaison"


def test_the_sdk_does_not_write_out_each_request_for_nobody() -> None:
    sdk = SlackClient(SlackSettings("xoxb-1")).web.logger
    assert sdk.level > logging.DEBUG  # its own level: what it inherits the SDK does not ask


async def test_a_speaker_and_a_thread(world: World) -> None:
    sender = await connected(world)
    root = await sender.post(world.parcel(world.general, "root"))
    message = Message((Part("New link"),), speaker="Lin (Hengda)")
    parcel = world.parcel(world.general, message=message, thread=root.message_id)
    await sender.post(parcel)
    entry = world.seen_by(world.bo)[-1]
    assert (entry.author, entry.thread) == ("Lin (Hengda)", root.message_id)


async def test_a_person_is_written_to_in_their_own_conversation(world: World) -> None:
    sender = await connected(world)
    first = await sender.post(world.parcel(world.lin, "one"))
    await sender.post(world.parcel(world.lin, "two", delivery_id="d-2"))
    assert [entry.text for entry in world.seen_by(world.lin)] == ["one", "two"]
    assert world.seen_by(world.bo) == []
    assert sum(call.method == "conversations.open" for call in world.slack.record) == 1
    edited = world.parcel(world.lin, "uno", message_id=first.message_id)
    assert await sender.edit(edited) == first
    assert world.seen_by(world.lin)[-1].text == "uno"


async def test_what_is_in_doubt_together_opens_a_conversation_once(world: World) -> None:
    sender = await connected(world)
    old = world.clock.real() - timedelta(seconds=30)
    parcels = [world.parcel(world.lin, "Hi", delivery_id=f"d-{n}", started_at=old)
               for n in range(5)]  # fmt: skip
    assert await asyncio.gather(*map(sender.verify, parcels)) == [None] * 5
    assert sum(call.method == "conversations.open" for call in world.slack.record) == 1


async def test_an_edit_of_what_is_gone_is_told_so(world: World) -> None:
    sender = await connected(world)
    receipt = await sender.post(world.parcel(world.general, "one"))
    gone = world.parcel(world.general, message_id=receipt.message_id)
    await sender.delete(gone)
    await sender.delete(gone)
    with pytest.raises(Rejected) as caught:
        await sender.edit(world.parcel(world.general, "two", message_id=receipt.message_id))
    assert caught.value.gone


async def test_an_edit_of_somebody_elses_message_is_gone_too(world: World) -> None:
    sender = await connected(world)
    ts = await world.slack.post(world.lin, world.general, "mine")
    with pytest.raises(Rejected) as caught:
        await sender.edit(world.parcel(world.general, "yours", message_id=ts))
    assert caught.value.gone


async def test_home_is_published_again_and_again(world: World) -> None:
    sender = await connected(world)
    chat = f"home:{world.lin.id}"
    receipt = await sender.post(world.parcel(chat, "Today: nothing"))
    again = await sender.edit(world.parcel(chat, "Today: T-1", message_id=receipt.message_id))
    assert again.message_id
    assert await sender.verify(world.parcel(chat, "Today")) is None
    assert "T-1" in world.seen_by(world.lin)[-1].text


@pytest.mark.parametrize("thread", [False, True])
async def test_a_lost_answer_is_doubt_and_the_post_is_found(world: World, thread: bool) -> None:
    sender = await connected(world)
    root = await sender.post(world.parcel(world.general, "root", delivery_id="d-0"))
    world.slack.faults.add(Fault("drop_after", on="chat.postMessage"))
    parcel = world.parcel(world.general, "once", thread=root.message_id if thread else None)
    with pytest.raises(InDoubt):
        await sender.post(parcel)
    with pytest.raises(TryLater) as early:
        await sender.verify(parcel)
    assert early.value.after is not None
    assert timedelta(seconds=8) < early.value.after <= timedelta(seconds=10)
    world.clock.late = timedelta(seconds=11)
    found = await sender.verify(parcel)
    assert found is not None
    assert found.message_id in world.general.messages
    assert await sender.verify(replace(parcel, delivery_id="d-other")) is None


async def test_what_never_arrived_is_not_found(world: World) -> None:
    sender = await connected(world)
    world.slack.faults.add(Fault("drop_before", on="chat.postMessage"))
    parcel = world.parcel(world.general, "never")
    with pytest.raises(InDoubt):
        await sender.post(parcel)
    world.clock.late = timedelta(seconds=11)
    assert await sender.verify(parcel) is None


async def test_too_many_messages_to_look_through_stay_in_doubt(world: World) -> None:
    sender = await connected(world)
    parcel = world.parcel(world.general, "somewhere")
    for number in range(501):
        await world.slack.post(world.lin, world.general, f"noise {number}")
    world.clock.late = timedelta(seconds=11)
    with pytest.raises(InDoubt, match="500"):
        await sender.verify(parcel)


async def test_a_file_goes_out_and_its_id_is_kept_before_it_is_shared(world: World) -> None:
    sender = await connected(world)
    world.blobs["blob:7"] = PNG
    parcel = world.parcel(world.general, message=Message(files=(PHOTO,)))
    receipt = await sender.post(parcel)
    assert world.general.messages[receipt.message_id].raw["files"][0]["name"] == "a.png"
    methods = [call.method for call in world.slack.record if call.method.startswith("files.")]
    assert methods[:3] == ["files.getUploadURLExternal", "files.upload",
                           "files.completeUploadExternal"]  # fmt: skip
    assert world.progress[1].startswith("F")


async def test_a_file_in_doubt_is_found_by_where_it_was_shared(world: World) -> None:
    sender = await connected(world)
    world.blobs["blob:7"] = PNG
    parcel = world.parcel(world.general, message=Message(files=(PHOTO,)))
    world.slack.faults.add(Fault("drop_after", on="files.completeUploadExternal"))
    with pytest.raises(InDoubt):
        await sender.post(parcel)
    world.clock.late = timedelta(seconds=11)
    parcel = replace(parcel, progress=world.progress[1])
    found = await sender.verify(parcel)
    assert found is not None
    assert "files" in world.general.messages[found.message_id].raw
    assert await sender.verify(replace(parcel, progress="")) is None


async def test_a_file_that_was_not_shared_is_shared_by_the_id_that_was_kept(world: World) -> None:
    sender = await connected(world)
    world.blobs["blob:7"] = PNG
    root = await sender.post(world.parcel(world.general, "root"))
    message = Message(files=(PHOTO,))
    parcel = world.parcel(world.general, message=message, thread=root.message_id)
    world.slack.faults.add(Fault("drop_before", on="files.completeUploadExternal"))
    with pytest.raises(InDoubt):
        await sender.post(parcel)
    receipt = await sender.post(replace(parcel, progress=world.progress[1]))
    assert world.general.messages[receipt.message_id].raw["thread_ts"] == root.message_id
    assert sum(call.method == "files.upload" for call in world.slack.record) == 1


async def test_an_upload_that_slack_forgot_is_made_again(world: World) -> None:
    sender = await connected(world)
    world.blobs["blob:7"] = PNG
    parcel = world.parcel(world.general, message=Message(files=(PHOTO,)), progress="F0GONE")
    receipt = await sender.post(parcel)
    assert receipt.message_id in world.general.messages


async def test_a_file_that_slack_shares_late_has_a_receipt_of_its_own(world: World) -> None:
    sender = await connected(world)
    world.blobs["blob:7"] = PNG
    world.slack.timing.share = 30
    receipt = await sender.post(world.parcel(world.general, message=Message(files=(PHOTO,))))
    assert receipt.message_id == "file:" + world.progress[1]


async def test_a_file_from_slack_is_sent_on(world: World) -> None:
    sender = await connected(world)
    world.blobs["blob:7"] = PNG
    await sender.post(world.parcel(world.general, message=Message(files=(PHOTO,))))
    on = Message(files=(replace(PHOTO, source="slack:" + world.progress[1]),))
    receipt = await sender.post(world.parcel(world.shared, message=on))
    assert receipt.message_id in world.shared.messages


async def test_a_file_that_may_not_be_read_is_not_taken_for_one(world: World) -> None:
    sender = await connected(world)
    world.blobs["blob:7"] = PNG
    await sender.post(world.parcel(world.general, message=Message(files=(PHOTO,))))
    world.slack.world.files[world.progress[1]].size += 1
    with pytest.raises(Rejected, match="is files:read granted"):
        await sender.fetch_file(world.progress[1])
    world.slack.app.scopes.discard("files:read")
    with pytest.raises(TryLater, match="needs files:read"):
        await sender.fetch_file(world.progress[1])


@pytest.mark.parametrize("files", [(PHOTO, PHOTO), (replace(PHOTO, source="blob:empty"),)])
async def test_files_that_cannot_be_sent_are_refused(
    world: World, files: tuple[File, ...]
) -> None:
    sender = await connected(world)
    world.blobs.update({"blob:7": PNG, "blob:empty": b""})
    with pytest.raises(Rejected):
        await sender.post(world.parcel(world.general, message=Message(files=files)))
    assert world.general.messages == {}


async def test_what_does_not_fit_is_rejected_before_it_is_sent(world: World) -> None:
    sender = await connected(world)
    message = Message(tuple(Part(f"line {n}") for n in range(51)))
    with pytest.raises(Rejected, match="51 blocks"):
        await sender.post(world.parcel(world.general, message=message))
    with pytest.raises(Rejected, match="nothing"):
        await sender.post(world.parcel(world.general))


async def test_rooms_that_are_gone_are_unreachable(world: World) -> None:
    sender = await connected(world)
    with pytest.raises(Unreachable, match="channel_not_found"):
        await sender.post(world.parcel("C0NOWHERE", "x"))
    out = world.slack.add_channel("out", members=[world.lin], with_bot=False)
    with pytest.raises(Unreachable, match="not_in_channel"):
        await sender.post(world.parcel(out, "x"))
    world.general.archived = True
    with pytest.raises(Unreachable, match="is_archived"):
        await sender.post(world.parcel(world.general, "x"))
    with pytest.raises(Unreachable):
        await sender.post(world.parcel("U0NOBODY", "x"))


async def test_a_flood_waits_as_long_as_slack_asks(world: World) -> None:
    sender = await connected(world)
    world.slack.faults.add(Fault("flood", on="chat.postMessage", seconds=7))
    with pytest.raises(TryLater) as caught:
        await sender.post(world.parcel(world.general, "x"))
    assert caught.value.after == timedelta(seconds=7)
    assert not caught.value.wide


async def test_a_server_error_after_sending_is_doubt_but_a_read_just_waits(world: World) -> None:
    sender = await connected(world)
    world.slack.faults.add(Fault("error_500", on="chat.postMessage"))
    with pytest.raises(InDoubt):
        await sender.post(world.parcel(world.general, "x"))
    world.slack.faults.add(Fault("error_500", on="users.info"))
    with pytest.raises(TryLater):
        await sender.ask(world.parcel("", question={"what": "who", "person": world.lin.id}))


async def test_a_missing_right_is_for_the_operator(world: World) -> None:
    sender = await connected(world)
    world.slack.app.scopes.discard("chat:write")
    with pytest.raises(TryLater, match="needs chat:write") as caught:
        await sender.post(world.parcel(world.general, "x"))
    assert caught.value.after == timedelta(minutes=5)


async def test_who_somebody_is(world: World) -> None:
    sender = await connected(world)
    world.lin.status_emoji, world.lin.status_text = ":palm_tree:", "Vacationing"
    world.lin.status_expiration = 1796374800
    told = await sender.ask(world.parcel("", question={"what": "who", "person": world.lin.id}))
    assert told == {
        "name": "Lin Wei", "team": world.slack.app.team, "language": "zh-CN",
        "zone": "Asia/Shanghai", "is_bot": False,
        "status": {"emoji": ":palm_tree:", "text": "Vacationing",
                   "until": "2026-12-04T09:00:00+00:00"},
    }  # fmt: skip
    with pytest.raises(Unreachable):
        await sender.ask(world.parcel("", question={"what": "who", "person": "U0NOBODY"}))
    with pytest.raises(Rejected):
        await sender.ask(world.parcel("", question={"what": "weather"}))


async def test_who_is_in_a_room(world: World) -> None:
    sender = await connected(world)
    told = await sender.ask(world.parcel("", question={"what": "room", "chat": world.shared.id}))
    assert (told["title"], told["shared"], told["private"]) == ("nordwind", True, False)
    assert told["member_count"] == 3
    assert {world.slack.app.team, world.jo.team} <= set(told["teams"])
    names = {team: world.slack.world.teams[team].name for team in told["teams"]}
    assert told["companies"] == names
    people = {member["id"]: member["team"] for member in told["members"]}
    assert people[world.jo.id] == world.jo.team
    told = await sender.ask(world.parcel("", question={"what": "room", "chat": world.general.id}))
    assert told["shared"] is False


async def test_what_we_may_do(world: World) -> None:
    sender = await connected(world)
    question = {"what": "rights", "chat": world.general.id}
    told = await sender.ask(world.parcel("", question=question))
    assert told == {"missing": [], "member": True}
    world.slack.app.scopes -= {"files:write", "team:read"}
    out = world.slack.add_channel("out", members=[world.lin], with_bot=False)
    told = await sender.ask(world.parcel("", question={"what": "rights", "chat": out.id}))
    assert told == {"missing": ["files:write", "team:read"], "member": False}
