"""Posting, editing, deleting and asking against the emulator; what each failure means."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from telegram_rig import PNG, RecordingDoor, a_parcel, settings_for

from bot.chat import Button, File, Message, Part
from bot.errors import TOPIC_GONE, DeliveryError, InDoubt, Rejected, TryLater, Unreachable
from bot.outbox import Receipt
from bot.platforms.telegram.app import TelegramPlatform
from bot.platforms.telegram.sender import TelegramSender
from bot.platforms.telegram.settings import TelegramSettings
from bot.platforms.telegram.topics import Awaited
from sandbox.faults import Fault
from sandbox.telegram import Person, TelegramEmulator

BLOBS = {"blob:1": PNG, "blob:2": b"a;b", "blob:3": b"x" * (50 * 1024 * 1024 + 1), "blob:4": b"",
         "blob:5": b"no picture"}  # fmt: skip


async def fetch(file: File) -> bytes:
    if file.source not in BLOBS:
        raise OSError("the other platform is away")
    return BLOBS[file.source]


@pytest.fixture
async def sender(emulator: TelegramEmulator, door: RecordingDoor) -> AsyncIterator[TelegramSender]:
    """Never started: nothing polls, so that all requests are the sender's."""
    async with unstarted(settings_for(emulator), door) as sender:
        yield sender


@asynccontextmanager
async def unstarted(
    settings: TelegramSettings, door: RecordingDoor
) -> AsyncIterator[TelegramSender]:
    platform = TelegramPlatform(settings, door, fetch=fetch)
    yield platform.sender
    await platform.stop()


def a_file(source: str, name: str = "prices.csv", mime: str = "text/csv") -> Message:
    return Message(files=(File(name, mime, 3, source),))


async def test_a_post(emulator: TelegramEmulator, sender: TelegramSender, jo: Person) -> None:
    buttons = (Button("Urgent", "ticket.urgent", "41"), Button("Only a remark", "ticket.remark"))
    link = "See <b>https://a.de</b> &amp; <i>wait</i>"
    message = Message((Part(link), Part("Answer by <b>10:12</b>", buttons)), speaker="Lin")
    receipt = await sender.post(a_parcel(jo.id, message))
    [shown] = emulator.messages(jo)
    assert receipt.message_id == str(shown.id)
    assert shown.text == "Lin: See https://a.de & wait\n\nAnswer by 10:12"
    assert shown.body["reply_markup"]["inline_keyboard"] == [
        [
            {"text": "Urgent", "callback_data": "ticket.urgent 41"},
            {"text": "Only a remark", "callback_data": "ticket.remark"},
        ]
    ]
    [row] = [row for row in emulator.record if row.method == "sendMessage"]
    assert row.args["link_preview_options"] == {"is_disabled": True}


async def test_an_edit_and_the_same_edit_again(
    emulator: TelegramEmulator, sender: TelegramSender, jo: Person
) -> None:
    posted = await sender.post(a_parcel(jo.id, Message((Part("1", (Button("x", "a"),)),))))
    for _ in range(2):
        edited = await sender.edit(a_parcel(jo.id, "2", message_id=posted.message_id))
        assert edited == posted
    [shown] = emulator.messages(jo)
    assert (shown.text, shown.body.get("reply_markup")) == ("2", None)


async def test_an_edit_of_what_is_gone(
    emulator: TelegramEmulator, sender: TelegramSender, jo: Person
) -> None:
    theirs = await emulator.write(jo, jo, "mine")
    for message_id in (999, theirs.id):
        with pytest.raises(Rejected) as caught:
            await sender.edit(a_parcel(jo.id, message_id=message_id))
        assert caught.value.gone


async def test_a_deletion_twice(
    emulator: TelegramEmulator, sender: TelegramSender, jo: Person
) -> None:
    posted = await sender.post(a_parcel(jo.id))
    for _ in range(2):
        await sender.delete(a_parcel(jo.id, None, message_id=posted.message_id))
    assert emulator.messages(jo) == []


async def test_every_send_carries_the_topic(
    emulator: TelegramEmulator, sender: TelegramSender, jo: Person
) -> None:
    forum = emulator.add_group("Partners", [jo], forum=True)
    await emulator.write(jo, forum, "the first message of the forum")
    topic = emulator.add_topic(forum, "Nordwind")
    before = len(emulator.messages(forum, topic.id))
    for message in ("text", a_file("blob:2"), a_file("blob:1", "a.png", "image/png")):
        await sender.post(a_parcel(forum.id, message, thread=topic.id))
    assert len(emulator.messages(forum, topic.id)) == before + 3
    with pytest.raises(Unreachable, match="thread not found"):
        await sender.post(a_parcel(forum.id, thread=77))


async def test_a_topic_is_opened_renamed_and_closed(
    emulator: TelegramEmulator, sender: TelegramSender, jo: Person
) -> None:
    forum = emulator.add_group("Desk", [jo], forum=True, bot_admin=True)
    opened = await sender.topic(a_parcel(forum.id, None, question={"title": "T-1"}))
    [topic] = forum.topics.values()
    assert (opened.message_id, topic.name) == (str(topic.id), "T-1")
    renamed = a_parcel(forum.id, None, message_id=topic.id, question={"title": "T-1 again"})
    closed = a_parcel(forum.id, None, thread=topic.id, question={"closed": True})
    for parcel in (renamed, renamed, closed, closed):  # in doubt it is simply repeated
        assert await sender.topic(parcel) == opened
    assert (topic.name, topic.closed) == ("T-1 again", True)
    await sender.topic(replace(closed, question={"closed": False}))
    assert not topic.closed
    await emulator.delete_topic(jo, forum, topic.id)
    for parcel in (renamed, closed):
        with pytest.raises(Rejected, match=TOPIC_GONE):
            await sender.topic(parcel)


async def test_an_opening_in_doubt_waits_for_telegrams_word(
    emulator: TelegramEmulator, sender: TelegramSender, jo: Person
) -> None:
    forum = emulator.add_group("Desk", [jo], forum=True, bot_admin=True)
    parcel = a_parcel(forum.id, None, question={"title": "T-1"})
    with pytest.raises(TryLater):
        await sender.verify(parcel)
    heard = replace(parcel, progress="2")
    assert await sender.verify(heard) == await sender.topic(heard) == Receipt("2")
    assert not forum.topics
    sender._awaited = Awaited(0.0)
    with pytest.raises(InDoubt):
        await sender.verify(parcel)


async def test_files_by_their_bytes(
    emulator: TelegramEmulator, sender: TelegramSender, jo: Person
) -> None:
    await sender.post(a_parcel(jo.id, a_file("blob:1", "chart.png", "image/png")))
    await sender.post(a_parcel(jo.id, a_file("blob:5", "broken.png", "image/png")))
    document = Message((Part("<b>Prices</b>"),), a_file("blob:2").files, "Lin")
    await sender.post(a_parcel(jo.id, document))
    photo, broken, prices = emulator.messages(jo)
    assert "photo" in photo.body
    assert broken.body["document"]["file_name"] == "broken.png"
    assert prices.body["document"]["file_name"] == "prices.csv"
    assert prices.body["caption"] == "Lin: Prices"


async def test_files_by_their_id(
    emulator: TelegramEmulator, sender: TelegramSender, jo: Person
) -> None:
    lin = emulator.add_person("Lin")
    emulator.set_started(lin)
    await emulator.photo(jo, jo, PNG)
    await emulator.document(jo, jo, b"a;b", "prices.csv", mime="text/csv")
    await emulator.document(jo, jo, PNG, "photo.jpg", mime="image/jpeg")
    await emulator.voice(jo, jo, b"OggS")
    photo, document, picture, voice = (m.body for m in emulator.messages(jo))
    for name, mime, file_id in (
        ("photo.jpg", "image/jpeg", photo["photo"][-1]["file_id"]),
        ("prices.csv", "text/csv", document["document"]["file_id"]),
        ("photo.jpg", "image/jpeg", picture["document"]["file_id"]),  # looks like a photo, is none
        ("voice.ogg", "audio/ogg", voice["voice"]["file_id"]),
    ):
        await sender.post(a_parcel(lin.id, a_file(f"telegram:{file_id}", name, mime)))
    kinds = ("photo", "document", "voice")
    found = [[kind for kind in kinds if kind in m.body] for m in emulator.messages(lin)]
    assert [kinds_ for kinds_ in found if kinds_] == found
    assert (found[0], found[1], found[3]) == (["photo"], ["document"], ["voice"])


async def test_files_that_cannot_go(
    emulator: TelegramEmulator, sender: TelegramSender, jo: Person
) -> None:
    with pytest.raises(Rejected, match="too big"):
        await sender.post(a_parcel(jo.id, a_file("blob:3")))
    with pytest.raises(Rejected, match="empty"):
        await sender.post(a_parcel(jo.id, a_file("blob:4")))
    with pytest.raises(TryLater, match="OSError"):
        await sender.post(a_parcel(jo.id, a_file("slack:F1")))
    await emulator.document(jo, jo, b"x", "big.zip", size=21 * 1024 * 1024)
    big = emulator.messages(jo)[-1].body["document"]["file_id"]
    with pytest.raises(Rejected, match="too big"):
        await sender.fetch_file(f"telegram:{big}")


@pytest.mark.parametrize(
    ("kind", "meant", "arrived"),
    [
        ("drop_before", InDoubt, 0),
        ("drop_after", InDoubt, 1),
        ("error_500", InDoubt, 0),
        ("flood", TryLater, 0),
    ],
)
async def test_bad_days(
    emulator: TelegramEmulator,
    sender: TelegramSender,
    jo: Person,
    kind: str,
    meant: type[DeliveryError],
    arrived: int,
) -> None:
    emulator.faults.add(Fault(kind, "sendMessage", seconds=7))  # type: ignore[arg-type]
    with pytest.raises(meant) as caught:
        await sender.post(a_parcel(jo.id))
    if isinstance(caught.value, TryLater):
        assert caught.value.after == timedelta(seconds=7)
        assert not caught.value.wide
    assert len(emulator.messages(jo)) == arrived
    with pytest.raises(InDoubt):
        await sender.verify(a_parcel(jo.id))
    await sender.post(a_parcel(jo.id))


async def test_whom_we_cannot_reach(
    emulator: TelegramEmulator, sender: TelegramSender, jo: Person
) -> None:
    stranger = emulator.add_person("Kai")
    room = emulator.add_group("Nordwind", [jo])
    await emulator.kick_bot(jo, room)
    await emulator.block(jo)
    for chat in (jo.id, stranger.id, room.id, 424242):
        with pytest.raises(Unreachable):
            await sender.post(a_parcel(chat))


async def test_what_telegram_would_refuse(sender: TelegramSender, jo: Person) -> None:
    for message in ("x" * 4097, "", None, "<marquee>x</marquee>"):
        with pytest.raises(Rejected) as caught:
            await sender.post(a_parcel(jo.id, message))
        assert not caught.value.gone


async def test_a_group_that_moved(
    emulator: TelegramEmulator, sender: TelegramSender, door: RecordingDoor, jo: Person
) -> None:
    room = emulator.add_group("Nordwind", [jo], kind="group")
    new = await emulator.migrate(room)
    with pytest.raises(TryLater, match=str(new.id)):
        await sender.post(a_parcel(room.id))
    [event] = door.events
    assert (event.value, event.where.chat, event.values["to"]) == (
        "migrated", str(room.id), str(new.id),
    )  # fmt: skip
    await sender.post(a_parcel(new.id))


async def test_a_refused_token(emulator: TelegramEmulator, door: RecordingDoor) -> None:
    wrong = TelegramSettings("7000000001:WRONG", api_url=emulator.api_url)
    async with unstarted(wrong, door) as sender:
        with pytest.raises(TryLater) as caught:
            await sender.post(a_parcel(1))
    assert caught.value.wide
    assert "WRONG" not in str(caught.value)


async def test_nobody_listens_there(door: RecordingDoor) -> None:
    nowhere = TelegramSettings("7000000001:X", api_url="http://127.0.0.1:9")
    async with unstarted(nowhere, door) as sender:
        with pytest.raises(TryLater, match="ConnectError"):
            await sender.post(a_parcel(1))


async def test_a_proxy_that_is_away(emulator: TelegramEmulator, door: RecordingDoor) -> None:
    for proxy in ("http://127.0.0.1:9", "socks5://127.0.0.1:9"):
        async with unstarted(settings_for(emulator, proxy=proxy), door) as sender:
            with pytest.raises(TryLater):
                await sender.post(a_parcel(1))


async def test_who(emulator: TelegramEmulator, sender: TelegramSender, jo: Person) -> None:
    answer = await sender.ask(a_parcel("", None, question={"what": "who", "person": str(jo.id)}))
    assert (answer["name"], answer["is_bot"]) == ("Jo Weber", False)


async def test_room(emulator: TelegramEmulator, sender: TelegramSender, jo: Person) -> None:
    kai = emulator.add_person("Kai")
    room = emulator.add_group("Nordwind", [jo, kai], forum=True, bot_admin=True)
    question = {"what": "room", "id": str(room.id)}
    answer = await sender.ask(a_parcel("", None, question=question))
    assert (answer["title"], answer["private"], answer["shared"]) == ("Nordwind", False, True)
    assert answer["forum"]
    assert answer["member_count"] == 3
    assert answer["admins"] == [{"id": str(jo.id), "name": "Jo Weber"}]
    assert answer["rights"]["admin"]
    assert answer["rights"]["can_delete_messages"]
    with pytest.raises(Unreachable):
        await sender.ask(a_parcel("", None, question={"what": "room", "id": "-1"}))


async def test_file(emulator: TelegramEmulator, sender: TelegramSender, jo: Person) -> None:
    await emulator.document(jo, jo, b"a;b", "prices.csv")
    file_id = emulator.messages(jo)[-1].body["document"]["file_id"]
    question = {"what": "file", "id": f"telegram:{file_id}"}
    answer = await sender.ask(a_parcel("", None, question=question))
    assert answer["size"] == 3
    assert answer["path"]
    assert emulator.bot.token not in str(answer)


async def test_an_unknown_question(sender: TelegramSender) -> None:
    with pytest.raises(Rejected, match="weather"):
        await sender.ask(a_parcel("", None, question={"what": "weather", "id": "1"}))
    with pytest.raises(Rejected, match="needs 'chat'"):
        await sender.ask(a_parcel("", None, question={"what": "room"}))


async def test_many_at_once_never_wait_for_the_pool(
    emulator: TelegramEmulator, sender: TelegramSender, jo: Person
) -> None:
    emulator.delay = 0.05
    await asyncio.gather(*(sender.post(a_parcel(jo.id, str(n))) for n in range(200)))
    assert len(emulator.messages(jo)) == 200
