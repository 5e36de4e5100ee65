"""The first hour of a bot: start, write, press, edit, seen from both sides."""

import asyncio

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden

from sandbox.telegram import PlayError, TelegramEmulator

BUTTONS = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("Yes", callback_data="yes"),
            InlineKeyboardButton("No", url="https://a.de"),
        ]
    ]
)


async def test_who_the_bot_is(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.username, me.is_bot, me.can_read_all_group_messages) == (
        "LiaisonDemoBot",
        True,
        False,
    )


async def test_nobody_can_be_written_to_before_start(emulator: TelegramEmulator, bot: Bot) -> None:
    jo = emulator.add_person("Jo", "Weber")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(jo.id, "hello")
    emulator.add_group("Nordwind", [jo])
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(jo.id, "hello")
    with pytest.raises(PlayError, match="Start"):
        await emulator.write(jo, jo, "hello?")
    await emulator.start(jo, "CODE")
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "/start CODE"
    assert [(e.type, e.offset, e.length) for e in update.message.entities] == [
        ("bot_command", 0, 6)
    ]
    sent = await bot.send_message(jo.id, "Hello <b>Jo</b> 😀 &amp; <i>all</i>", parse_mode="HTML")
    assert sent.text == "Hello Jo 😀 & all"
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [
        ("bold", 6, 2),
        ("italic", 14, 3),
    ]
    last = emulator.core.journal.entries[-1]
    assert (last.author, last.text, last.by_bot) == ("Liaison", "Hello Jo 😀 & all", True)
    assert last.readers == {str(jo.id)}


async def test_press_is_answered_once_and_the_message_edited(
    emulator: TelegramEmulator, bot: Bot
) -> None:
    jo = emulator.add_person("Jo")
    emulator.set_started(jo)
    sent = await bot.send_message(jo.id, "Well?", reply_markup=BUTTONS)
    pressing = asyncio.create_task(emulator.press(jo, jo, sent.message_id, "Yes"))
    [update] = await bot.get_updates(timeout=5)
    query = update.callback_query
    assert query is not None
    assert query.data == "yes"
    assert query.chat_instance
    await query.answer("Noted")
    assert await pressing == "Noted"
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer("again")
    edited = await query.edit_message_text("Yes it is")
    assert not isinstance(edited, bool)
    assert edited.text == "Yes it is"
    assert edited.reply_markup is None
    with pytest.raises(BadRequest, match="Message is not modified"):
        await query.edit_message_text("Yes it is")
    kinds = [(e.kind, e.text) for e in emulator.core.journal.entries]
    assert kinds == [("new", "Well?"), ("toast", "Noted"), ("edit", "Yes it is")]


async def test_an_unanswered_press_spins_and_a_url_opens(
    emulator: TelegramEmulator, bot: Bot
) -> None:
    jo = emulator.add_person("Jo")
    emulator.set_started(jo)
    sent = await bot.send_message(jo.id, "Well?", reply_markup=BUTTONS)
    assert await emulator.press(jo, jo, sent.message_id, "Yes", within=0.05) is None
    assert await emulator.press(jo, jo, sent.message_id, "No") == "https://a.de"
    with pytest.raises(PlayError, match="Yes, No"):
        await emulator.press(jo, jo, sent.message_id, "Maybe")


async def test_late_answers_and_presses_where_the_bot_is_gone(
    emulator: TelegramEmulator, bot: Bot
) -> None:
    jo = emulator.add_person("Jo")
    group = emulator.add_group("Nordwind", [jo])
    sent = await bot.send_message(group.id, "Well?", reply_markup=BUTTONS)
    emulator.core.query_ttl = 0.05
    assert await emulator.press(jo, group, sent.message_id, "Yes", within=0.1) is None
    [update] = await bot.get_updates()
    assert update.callback_query is not None
    with pytest.raises(BadRequest, match="Query is too old"):
        await update.callback_query.answer()
    await bot.get_updates(offset=update.update_id + 1)
    assert await emulator.press(jo, group, sent.message_id, "Yes", within=0.01) is None
    assert len(emulator.core.queries) == 1
    await bot.leave_chat(group.id)
    await emulator.press(jo, group, sent.message_id, "Yes", within=0.01)
    kinds = [next(k for k in u.to_dict() if k != "update_id") for u in await bot.get_updates()]
    assert kinds == ["callback_query", "my_chat_member"]


async def test_the_toast_tells_alerts_and_links(emulator: TelegramEmulator, bot: Bot) -> None:
    jo = emulator.add_person("Jo")
    emulator.set_started(jo)
    sent = await bot.send_message(jo.id, "Well?", reply_markup=BUTTONS)

    async def pressed(**answer: object) -> str | None:
        pressing = asyncio.create_task(emulator.press(jo, jo, sent.message_id, data="yes"))
        [update] = await bot.get_updates(timeout=5)
        await bot.get_updates(offset=update.update_id + 1)
        assert update.callback_query is not None
        await update.callback_query.answer(**answer)  # type: ignore[arg-type]
        return await pressing

    assert await pressed() == ""
    assert await pressed(text="Careful!", show_alert=True) == "Careful!"
    assert emulator.core.journal.entries[-1].raw["show_alert"] is True
    link = "https://t.me/LiaisonDemoBot?start=x"
    assert await pressed(url=link) == link
