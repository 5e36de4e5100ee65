"""Every emulated method through python-telegram-bot, and what it refuses."""

import io
from datetime import timedelta

import aiohttp
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    ChatMemberAdministrator,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden, TelegramError

from sandbox.telegram import Chat, Person, TelegramEmulator
from tests.sandbox.telegram.pictures import png

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def keyboard(*buttons: InlineKeyboardButton) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[b] for b in buttons])


@pytest.fixture
def jo(emulator: TelegramEmulator) -> Person:
    jo = emulator.add_person("Jo", "Weber", username="jo_weber", language_code="de")
    emulator.set_started(jo)
    return jo


@pytest.fixture
def group(emulator: TelegramEmulator, jo: Person) -> Chat:
    return emulator.add_group("Nordwind", [jo], bot_admin=True)


async def test_send_message_with_everything(
    bot: Bot, jo: Person, emulator: TelegramEmulator
) -> None:
    first = await bot.send_message(
        jo.id, "https://a.de", link_preview_options=LinkPreviewOptions(True)
    )
    assert [e.type for e in first.entities] == ["url"]
    second = await bot.send_message(
        jo.id,
        f"<a href='tg://user?id={jo.id}'>you</a>",
        parse_mode="HTML",
        reply_parameters=ReplyParameters(first.message_id),
        reply_markup=ForceReply(selective=True),
        disable_notification=True,
        protect_content=True,
    )
    assert second.reply_to_message is not None
    assert second.reply_to_message.message_id == first.message_id
    assert second.entities[0].user is not None
    assert second.entities[0].user.id == jo.id
    assert second.has_protected_content
    shown = emulator.shown(emulator.messages(jo)[-1])
    assert shown["reply_markup"] == {"force_reply": True, "selective": True}
    assert shown["reply_to_message"]["text"] == "https://a.de"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Message text is empty"),
        ("   ", "Text must be non-empty"),
        ("<b></b>", "Text must be non-empty"),
        ("\u200b\u2060", "Text must be non-empty"),
        ("x" * 4097, "Message is too long"),
        ("😀" * 2049, "Message is too long"),
        ("<b>x", "Can't parse entities: can't find end tag"),
    ],
)
async def test_texts_refused(bot: Bot, jo: Person, text: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        await bot.send_message(jo.id, text, parse_mode="HTML")


async def test_the_limit_counts_after_parsing(bot: Bot, jo: Person) -> None:
    sent = await bot.send_message(jo.id, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    assert sent.text is not None
    assert len(sent.text) == 4096


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (keyboard(InlineKeyboardButton("x", callback_data="é" * 33)), "Button_data_invalid"),
        (keyboard(InlineKeyboardButton("x")), "Text buttons are unallowed"),
        (keyboard(InlineKeyboardButton("x", url="ftp://a")), "Unsupported url protocol"),
        (keyboard(InlineKeyboardButton("x", url="https://nohost")), "Wrong http url"),
        (keyboard(*[InlineKeyboardButton("x", callback_data="y")] * 101), "too long"),
        (keyboard(InlineKeyboardButton(" ", callback_data="y")), "must be non-empty"),
    ],
)
async def test_keyboards_refused(
    bot: Bot, jo: Person, markup: InlineKeyboardMarkup, words: str
) -> None:
    with pytest.raises(BadRequest, match=f"(?i){words}"):
        await bot.send_message(jo.id, "x", reply_markup=markup)


async def test_who_cannot_be_reached(
    emulator: TelegramEmulator, bot: Bot, jo: Person, group: Chat
) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(12345, "x")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message("@nobody", "x")
    await emulator.block(jo)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(jo.id, "x")
    await emulator.unblock(jo)
    jo.deactivated = True
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(jo.id, "x")
    jo.deactivated = False
    await emulator.kick_bot(jo, group)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(group.id, "x")
    basic = emulator.add_group("Small", [jo], kind="group")
    await emulator.kick_bot(jo, basic)
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(basic.id, "x")
    stranger = emulator.add_group("Strange", [jo], bot=False)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.get_chat(stranger.id)


async def test_replies_to_nothing(bot: Bot, jo: Person) -> None:
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(jo.id, "x", reply_parameters=ReplyParameters(99))
    lenient = ReplyParameters(99, allow_sending_without_reply=True)
    assert (await bot.send_message(jo.id, "x", reply_parameters=lenient)).reply_to_message is None


async def test_edits(emulator: TelegramEmulator, bot: Bot, jo: Person) -> None:
    yes = keyboard(InlineKeyboardButton("Yes", callback_data="y"))
    sent = await bot.send_message(jo.id, "one", reply_markup=yes)
    await bot.edit_message_text("two", jo.id, sent.message_id, reply_markup=yes)
    await bot.edit_message_reply_markup(jo.id, sent.message_id)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(jo.id, sent.message_id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", jo.id, 99)
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.edit_message_text("x" * 4097, jo.id, sent.message_id)
    theirs = await emulator.write(jo, jo, "mine")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", jo.id, theirs.id)
    photo = await bot.send_photo(jo.id, png(), caption="old")
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", jo.id, photo.message_id)
    changed = await bot.edit_message_caption(
        jo.id, photo.message_id, caption="<i>new</i>", parse_mode="HTML"
    )
    assert not isinstance(changed, bool)
    assert (changed.caption, changed.caption_entities[0].type) == ("new", "italic")
    with pytest.raises(BadRequest, match="no caption"):
        await bot.edit_message_caption(jo.id, sent.message_id, caption="x")


async def test_deletion(emulator: TelegramEmulator, bot: Bot, jo: Person, group: Chat) -> None:
    old = await bot.send_message(jo.id, "old")
    emulator.core.clock.shift_to(timedelta(hours=49))
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(jo.id, old.message_id)
    new = await bot.send_message(jo.id, "new")
    assert await bot.delete_message(jo.id, new.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(jo.id, new.message_id)
    theirs = await emulator.write(jo, group, "theirs")
    await emulator.promote(jo, group, admin=False)
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(group.id, theirs.id)
    await emulator.promote(jo, group)
    assert await bot.delete_messages(group.id, [theirs.id, 999])
    assert [e.kind for e in emulator.core.journal.entries].count("delete") == 2


async def test_files_go_and_come_back(emulator: TelegramEmulator, bot: Bot, jo: Person) -> None:
    picture = png()
    photo = await bot.send_photo(jo.id, picture, caption="look")
    assert [(p.width, p.height) for p in photo.photo] == [(320, 240), (640, 480)]
    again = await bot.send_photo(jo.id, photo.photo[-1].file_id)
    assert [p.file_id for p in again.photo] == [p.file_id for p in photo.photo]
    stored = await bot.get_file(photo.photo[-1].file_id)
    assert bytes(await stored.download_as_bytearray()) == picture
    document = await bot.send_document(jo.id, b"a,b\n", filename="list.csv")
    assert document.document is not None
    assert (document.document.file_name, document.document.mime_type) == ("list.csv", "text/csv")
    voice = await bot.send_voice(jo.id, io.BytesIO(b"OggS" * 100))
    assert voice.voice is not None
    with pytest.raises(BadRequest, match="Can't use file of type document as photo"):
        await bot.send_photo(jo.id, document.document.file_id)
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_document(jo.id, "AAnonsense")
    with pytest.raises(BadRequest, match="Failed to get http url content"):
        await bot.send_document(jo.id, "https://example.org/x.pdf")
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(jo.id, b"no picture")
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_photo(jo.id, picture, caption="x" * 1025)
    assert emulator.core.journal.entries[2].files == ("list.csv",)


async def test_big_files_cannot_be_fetched(
    emulator: TelegramEmulator, bot: Bot, jo: Person
) -> None:
    await emulator.document(jo, jo, b"zip", "big.zip", size=21 * 1024 * 1024)
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.document is not None
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file(update.message.document.file_id)
    with pytest.raises(BadRequest, match="Wrong file_id"):
        await bot.get_file("nonsense")


async def test_albums(emulator: TelegramEmulator, bot: Bot, jo: Person) -> None:
    sent = await bot.send_media_group(
        jo.id, [InputMediaPhoto(png(), caption="first"), InputMediaPhoto(png(300, 200))]
    )
    assert len({m.media_group_id for m in sent}) == 1
    assert [m.caption for m in sent] == ["first", None]
    with pytest.raises(BadRequest, match="Can't use the media"):
        await bot.send_media_group(jo.id, [InputMediaPhoto(png()), InputMediaDocument(b"x")])
    with pytest.raises(BadRequest, match="at least two"):
        await bot.send_media_group(jo.id, [InputMediaPhoto(png())])


async def test_places_contacts_copies_and_forwards(
    emulator: TelegramEmulator, bot: Bot, jo: Person, group: Chat
) -> None:
    place = await bot.send_location(jo.id, 52.52, 13.405)
    assert place.location is not None
    contact = await bot.send_contact(jo.id, "+49170", "Lin")
    assert contact.contact is not None
    with pytest.raises(BadRequest, match="Invalid location"):
        await bot.send_location(jo.id, 200, 0)
    source = await emulator.write(jo, jo, "price list?")
    copy = await bot.copy_message(group.id, jo.id, source.id)
    forward = await bot.forward_message(group.id, jo.id, source.id)
    assert forward.forward_origin is not None
    assert forward.text == "price list?"
    assert emulator.messages(group)[0].id == copy.message_id
    assert emulator.messages(group)[0].text == "price list?"
    with pytest.raises(BadRequest, match="Message to copy not found"):
        await bot.copy_message(group.id, jo.id, 99)
    with pytest.raises(BadRequest, match="Message to forward not found"):
        await bot.forward_message(group.id, jo.id, 99)


async def test_reactions_pins_and_actions(
    emulator: TelegramEmulator, bot: Bot, jo: Person, group: Chat
) -> None:
    message = await emulator.write(jo, group, "done!")
    assert await bot.set_message_reaction(group.id, message.id, "👍")
    assert emulator.core.journal.entries[-1].kind == "reaction"
    with pytest.raises(BadRequest, match="Reaction_invalid"):
        await bot.set_message_reaction(group.id, message.id, "🥨")
    with pytest.raises(BadRequest, match="Message to react not found"):
        await bot.set_message_reaction(group.id, 99, "👍")
    assert await bot.pin_chat_message(group.id, message.id)
    pinned = (await bot.get_chat(group.id)).pinned_message
    assert pinned is not None
    assert pinned.message_id == message.id
    assert await bot.unpin_chat_message(group.id)
    await emulator.promote(jo, group, admin=False)
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages"):
        await bot.pin_chat_message(group.id, message.id)
    assert await bot.send_chat_action(group.id, "typing")
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(group.id, "dancing")


async def test_chats_and_members(
    emulator: TelegramEmulator, bot: Bot, jo: Person, group: Chat
) -> None:
    kai = emulator.add_person("Kai")
    await emulator.add_member(jo, group, kai)
    assert (await bot.get_chat(group.id)).title == "Nordwind"
    assert (await bot.get_chat(jo.id)).username == "jo_weber"
    assert await bot.get_chat_member_count(group.id) == 3
    admins = await bot.get_chat_administrators(group.id)
    assert {a.user.id for a in admins} == {jo.id, emulator.bot.id}
    mine = await bot.get_chat_member(group.id, emulator.bot.id)
    assert isinstance(mine, ChatMemberAdministrator)
    assert mine.can_delete_messages
    assert (await bot.get_chat_member(group.id, kai.id)).status == "member"
    await emulator.leave(kai, group)
    assert (await bot.get_chat_member(group.id, kai.id)).status == "left"
    with pytest.raises(BadRequest, match="Participant_id_invalid"):
        await bot.get_chat_member(group.id, 42)
    assert (await bot.get_user_profile_photos(jo.id)).total_count == 0
    assert await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(group.id, "x")


async def test_menus(emulator: TelegramEmulator, bot: Bot, jo: Person, group: Chat) -> None:
    def commands(*words: str) -> list[BotCommand]:
        return [BotCommand(w, w.title()) for w in words]

    await bot.set_my_commands(commands("help"))
    await bot.set_my_commands(commands("hilfe"), language_code="de")
    await bot.set_my_commands(commands("tickets"), BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(commands("partner"), BotCommandScopeChat(group.id))
    assert [c["command"] for c in emulator.menu(jo, jo)] == ["tickets"]
    assert [c["command"] for c in emulator.menu(jo, group)] == ["partner"]
    await bot.delete_my_commands(BotCommandScopeChat(group.id))
    assert [c["command"] for c in emulator.menu(jo, group)] == ["hilfe"]
    assert (await bot.get_my_commands())[0].command == "help"
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([("Tickets!", "x")])
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.set_my_commands(commands("x"), BotCommandScopeChat(4711))


async def test_names_and_descriptions(bot: Bot) -> None:
    await bot.set_my_name("Liaison demo")
    await bot.set_my_description("Long")
    await bot.set_my_short_description("Short", language_code="zh")
    await bot.set_chat_menu_button()
    assert (await bot.get_my_name()).name == "Liaison demo"
    assert (await bot.get_my_description()).description == "Long"
    assert (await bot.get_my_short_description("zh")).short_description == "Short"
    assert (await bot.get_my_short_description()).short_description == ""
    assert (await bot.get_chat_menu_button()).type == "default"


async def test_reply_keyboards_write_their_label(
    emulator: TelegramEmulator, bot: Bot, jo: Person
) -> None:
    sent = await bot.send_message(jo.id, "?", reply_markup=ReplyKeyboardMarkup([["Yes", "No"]]))
    await emulator.press(jo, jo, sent.message_id, "No")
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "No"


MESSAGE = {"chat_id": 1, "text": "x"}


@pytest.mark.parametrize(
    ("method", "arguments", "words"),
    [
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": 1}, "message text is empty"),
        ("sendPhoto", {"chat_id": 1}, "there is no photo in the request"),
        ("deleteMessage", {"chat_id": 1}, "message identifier is not specified"),
        (
            "sendMessage",
            MESSAGE | {"reply_markup": "{"},
            "can't parse reply keyboard markup JSON object",
        ),
        ("sendMessage", MESSAGE | {"reply_markup": "[]"}, "object expected as reply markup"),
        ("sendMessage", MESSAGE | {"parse_mode": "BBCode"}, "unsupported parse_mode"),
        (
            "sendMessage",
            MESSAGE | {"message_thread_id": "x"},
            "invalid message_thread_id specified",
        ),
        ("setMyCommands", {}, 'parameter "commands" is required'),
        ("getFile", {}, "file_id not specified"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, TOO_OLD),
    ],
)
@pytest.mark.parametrize("encoding", ["json", "form", "query", "multipart"])
async def test_parameters_are_checked_in_every_encoding(
    emulator: TelegramEmulator,
    method: str,
    arguments: dict[str, object],
    words: str,
    encoding: str,
) -> None:
    url = f"{emulator.api_url}/bot{emulator.bot.token}/{method}"
    plain = {name: str(value) for name, value in arguments.items()}
    async with aiohttp.ClientSession() as session:
        if encoding == "json":
            request = session.post(url, json=arguments)
        elif encoding == "form":
            request = session.post(url, data=plain)
        elif encoding == "query":
            request = session.get(url, params=plain)
        else:
            body = aiohttp.FormData(plain, default_to_multipart=True)
            request = session.post(url, data=body)
        async with request as response:
            answer = await response.json()
    assert response.status == 400
    assert answer == {"ok": False, "error_code": 400, "description": f"Bad Request: {words}"}


async def test_what_is_not_emulated_says_so(bot: Bot, jo: Person) -> None:
    with pytest.raises(TelegramError, match="the sandbox does not emulate sendDice"):
        await bot.send_dice(jo.id)
