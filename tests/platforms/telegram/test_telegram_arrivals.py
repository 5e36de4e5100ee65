"""What people do in Telegram arrives as events, through a real poll of the real library."""

import asyncio

from telegram_rig import PNG, RecordingDoor, a_parcel

from bot.chat import Address, Button, Direct, Message, Part, Person
from bot.platforms.telegram.app import TelegramPlatform
from sandbox.telegram import Person as Someone
from sandbox.telegram import TelegramEmulator

CHOICE = Message((Part("Better?", (Button("Yes", "survey.answer", "812:2:9"),)),))


async def test_who_we_are(platform: TelegramPlatform) -> None:
    me = platform.me
    assert (me.id, me.username, me.can_read_groups) == ("7000000001", "LiaisonDemoBot", False)


async def test_a_written_message(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Someone
) -> None:
    sent = await emulator.write(jo, jo, "The price list will not open 😀 <b>")
    [event] = await door.until(1)
    assert (event.kind, event.text) == ("message", "The price list will not open 😀 <b>")
    assert event.html == "The price list will not open 😀 &lt;b&gt;"
    assert event.who == Person("telegram", str(jo.id), "Jo Weber", language="de")
    assert event.where == Address("telegram", str(jo.id))
    assert (event.message_id, event.private, event.shared) == (str(sent.id), True, False)
    assert not event.direct
    assert int(event.at.timestamp()) == sent.body["date"]
    assert '"The price list will not open' in door.raws[0]


async def test_an_edit_a_reply_a_reaction_and_a_command(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Someone
) -> None:
    room = emulator.add_group("Nordwind", [jo], bot_admin=True)
    posted = await platform.sender.post(a_parcel(room.id, "Hello"))
    written = await emulator.write(jo, room, "noon?", reply_to=int(posted.message_id))
    await emulator.edit(jo, room, written.id, "one o'clock?")
    await emulator.react(jo, room, int(posted.message_id), "👍")
    await emulator.react(jo, room, int(posted.message_id), None)
    await emulator.write(jo, room, "/partner@LiaisonDemoBot invite X")
    answered, edited, liked, unliked, command = await door.until(5)
    assert (answered.reply_to, answered.reply_to_bot) == (posted.message_id, True)
    assert (answered.mentions_bot, answered.shared, answered.private) == (False, True, False)
    assert answered.room_title == "Nordwind"
    assert (edited.kind, edited.text, edited.message_id) == (
        "edited", "one o'clock?", str(written.id),
    )  # fmt: skip
    assert (liked.kind, liked.value, liked.text) == ("reaction", "👍", "added")
    assert liked.message_id == posted.message_id
    assert (unliked.value, unliked.text) == ("👍", "removed")
    assert (command.kind, command.route, command.text) == ("command", "partner", "invite X")


async def test_a_deep_link(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor
) -> None:
    kai = emulator.add_person("Kai")
    room = emulator.add_group("Nordwind", [kai], bot=False)
    await emulator.open_link(kai, "https://t.me/LiaisonDemoBot?start=invite_7")
    await emulator.open_link(kai, "https://t.me/LiaisonDemoBot?startgroup=link_9", room)
    events = await door.until(3)
    starts = [(e.route, e.text, e.private) for e in events if e.kind == "command"]
    assert starts == [("start", "invite_7", True), ("start", "link_9", False)]
    joined = [(e.value, e.values["bot"], e.where.chat) for e in events if e.kind == "member"]
    assert ("joined", True, str(room.id)) in joined


async def test_a_press_is_answered_with_the_words(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Someone
) -> None:
    door.reply = lambda _: Direct(Message((Part("<b>Noted</b> &amp; done"),)))
    posted = await platform.sender.post(a_parcel(jo.id, CHOICE))
    toast = await emulator.press(jo, jo, int(posted.message_id), "Yes")
    [event] = door.events
    assert toast == "Noted & done"
    assert (event.kind, event.route, event.value) == ("press", "survey.answer", "812:2:9")
    assert (event.message_id, event.direct) == (posted.message_id, True)


async def test_a_longer_answer_is_shown_as_a_box(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Someone
) -> None:
    posted = await platform.sender.post(a_parcel(jo.id, CHOICE))
    for words in ("x" * 60, "x" * 61):
        door.reply = lambda _, words=words: Direct(Message((Part(words),)))
        assert await emulator.press(jo, jo, int(posted.message_id), "Yes") == words
    answers = [row.args for row in emulator.record if row.method == "answerCallbackQuery"]
    assert [bool(args.get("show_alert")) for args in answers] == [False, True]


async def test_a_press_is_answered_emptily_when_the_words_do_not_fit(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Someone
) -> None:
    door.reply = lambda _: Direct(Message((Part("x" * 201),)))
    posted = await platform.sender.post(a_parcel(jo.id, CHOICE))
    assert await emulator.press(jo, jo, int(posted.message_id), "Yes") == ""


async def test_one_slow_answer_holds_up_nobody(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Someone
) -> None:
    posted = await platform.sender.post(a_parcel(jo.id, CHOICE))
    emulator.delay = 0.5
    press = asyncio.create_task(emulator.press(jo, jo, int(posted.message_id), "Yes"))
    await door.until(1)
    async with asyncio.timeout(0.4):
        await emulator.write(jo, jo, "and more")
        await door.until(2)
    assert await press == ""


async def test_a_press_in_a_topic(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Someone
) -> None:
    forum = emulator.add_group("Partners", [jo], forum=True, bot_admin=True)
    await emulator.write(jo, forum, "the first message of the forum")
    topic = await emulator.create_topic(jo, forum, "Nordwind")
    posted = await platform.sender.post(a_parcel(forum.id, CHOICE, thread=topic))
    assert emulator.messages(forum, topic)[-1].id == int(posted.message_id)
    await emulator.press(jo, forum, int(posted.message_id), "Yes")
    await emulator.write(jo, forum, "in the topic", topic=topic)
    await emulator.write(jo, forum, "in General")
    _, created, pressed, inside, general = await door.until(5)
    assert (created.kind, created.value, created.room_title) == ("member", "renamed", "Nordwind")
    assert created.where.thread == pressed.where.thread == inside.where.thread == str(topic)
    assert (inside.reply_to, general.where.thread) == ("", None)


async def test_files(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Someone
) -> None:
    await emulator.photo(jo, jo, PNG, "Look: /start is broken")
    await emulator.document(jo, jo, b"a;b", "prices.csv", mime="text/csv")
    await emulator.voice(jo, jo, b"OggS")
    await emulator.album(jo, jo, [PNG, PNG], "two")
    photo, document, voice, first, second = await door.until(5)
    assert [(f.name, f.mime, f.size) for f in photo.files] == [
        ("photo.jpg", "image/jpeg", len(PNG))
    ]
    assert photo.text == "Look: /start is broken"
    assert [(f.name, f.mime, f.size) for f in document.files] == [("prices.csv", "text/csv", 3)]
    assert voice.files[0].mime == "audio/ogg"
    assert first.values["album"] == second.values["album"] != ""
    assert (first.text, second.text) == ("two", "")
    assert await platform.fetch_file(document.files[0].source.removeprefix("telegram:")) == b"a;b"


async def test_what_is_neither_words_nor_files(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Someone
) -> None:
    await emulator.sticker(jo, jo, "👍")
    await emulator.location(jo, jo, 52.5, 13.4)
    await emulator.contact(jo, jo)
    sticker, place, contact = await door.until(3)
    assert (sticker.text, place.text) == ("👍", "📍 52.5,13.4")
    assert contact.values["contact"] == {
        "name": "Jo Weber", "phone": f"+49{jo.id}", "id": str(jo.id),
    }  # fmt: skip


async def test_coming_and_going(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Someone
) -> None:
    kai = emulator.add_person("Kai")
    room = emulator.add_group("Nordwind", [jo], bot_admin=True)
    await emulator.add_member(jo, room, kai)
    await emulator.leave(kai, room)
    await emulator.block(jo)
    await emulator.unblock(jo)
    await emulator.kick_bot(jo, room)
    events = await door.until(5)
    assert [(e.who.name, e.value, e.values["bot"]) for e in events] == [
        ("Kai", "joined", False),
        ("Kai", "left", False),
        ("Jo Weber", "blocked", True),
        ("Jo Weber", "unblocked", True),
        ("Jo Weber", "left", True),
    ]
    assert len(door.again) == 2  # an admin bot is told of a member twice, in two shapes


async def test_a_group_that_moves(
    emulator: TelegramEmulator, platform: TelegramPlatform, door: RecordingDoor, jo: Someone
) -> None:
    room = emulator.add_group("Nordwind", [jo], kind="group")
    new = await emulator.migrate(room)
    [event] = await door.until(1)
    assert (event.value, event.where.chat, event.values["to"]) == (
        "migrated", str(room.id), str(new.id),
    )  # fmt: skip
