"""Groups, supergroups, forums: who is heard, what changes, where links lead."""

import pytest
from telegram import Bot, Update
from telegram.error import BadRequest, ChatMigrated

from sandbox.telegram import Chat, Person, PlayError, TelegramEmulator
from tests.sandbox.telegram.pictures import png


@pytest.fixture
def jo(emulator: TelegramEmulator) -> Person:
    return emulator.add_person("Jo", "Weber")


@pytest.fixture
def kai(emulator: TelegramEmulator) -> Person:
    return emulator.add_person("Kai")


@pytest.fixture
def group(emulator: TelegramEmulator, jo: Person, kai: Person) -> Chat:
    return emulator.add_group("Nordwind", [jo, kai])


async def drain(bot: Bot) -> list[Update]:
    updates = list(await bot.get_updates())
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return updates


async def heard(bot: Bot) -> list[str]:
    return [u.message.text for u in await drain(bot) if u.message and u.message.text]


async def test_privacy_mode_hears_only_what_is_meant_for_the_bot(
    emulator: TelegramEmulator, bot: Bot, jo: Person, group: Chat
) -> None:
    asked = await bot.send_message(group.id, "Anything?")
    other = await emulator.write(jo, group, "ordinary talk")
    await emulator.write(jo, group, "reply to Jo", reply_to=other.id)
    await emulator.write(jo, group, "/help")
    await emulator.write(jo, group, "/help@LiaisonDemoBot now")
    await emulator.write(jo, group, "/help@OtherBot")
    await emulator.write(jo, group, "hey @LiaisonDemoBot")
    await emulator.write(jo, group, "hey @somebody")
    await emulator.write(jo, group, "yes", reply_to=asked.message_id)
    expected = ["/help", "/help@LiaisonDemoBot now", "hey @LiaisonDemoBot", "yes"]
    assert await heard(bot) == expected


async def test_admins_and_bots_without_privacy_hear_all(
    emulator: TelegramEmulator, bot: Bot, jo: Person, group: Chat
) -> None:
    await emulator.promote(jo, group)
    await emulator.write(jo, group, "as admin")
    await emulator.promote(jo, group, admin=False)
    await emulator.write(jo, group, "unheard")
    emulator.bot.privacy = False
    await emulator.write(jo, group, "without privacy")
    assert await heard(bot) == ["as admin", "without privacy"]


async def test_edits_are_told_and_deletions_are_not(
    emulator: TelegramEmulator, bot: Bot, jo: Person, kai: Person, group: Chat
) -> None:
    emulator.bot.privacy = False
    message = await emulator.write(jo, group, "frist")
    with pytest.raises(PlayError, match="own"):
        await emulator.edit(kai, group, message.id, "hacked")
    await emulator.edit(jo, group, message.id, "<b>first</b>")
    await emulator.delete(jo, group, message.id)
    new, edited = await drain(bot)
    assert new.message is not None
    assert edited.edited_message is not None
    assert edited.edited_message.text == "<b>first</b>"
    assert edited.edited_message.edit_date is not None
    assert [e.kind for e in emulator.core.journal.entries] == ["new", "edit", "delete"]


async def test_only_members_act(emulator: TelegramEmulator, jo: Person, group: Chat) -> None:
    stranger = emulator.add_person("Eve")
    with pytest.raises(PlayError, match="Eve is no member"):
        await emulator.write(stranger, group, "hi")
    with pytest.raises(PlayError, match="no member"):
        await emulator.write(jo, stranger, "into another private chat")


async def test_what_the_bot_is_told_about_itself(
    emulator: TelegramEmulator, bot: Bot, jo: Person, kai: Person
) -> None:
    group = emulator.add_group("New", [jo, kai], bot=False)
    await emulator.add_bot(kai, group)
    with pytest.raises(PlayError, match="admin"):
        await emulator.promote(kai, group)
    await emulator.promote(jo, group)
    await emulator.kick_bot(jo, group)
    await emulator.start(jo)
    await emulator.block(jo)
    await emulator.start(jo)
    steps = [
        (c.old_chat_member.status, c.new_chat_member.status)
        for u in await drain(bot)
        if (c := u.my_chat_member)
    ]
    assert steps == [
        ("left", "member"),
        ("member", "administrator"),
        ("administrator", "kicked"),
        ("member", "kicked"),
        ("kicked", "member"),
    ]


async def test_reactions_are_told_to_admins_who_ask(
    emulator: TelegramEmulator, bot: Bot, jo: Person, group: Chat
) -> None:
    message = await emulator.write(jo, group, "done")
    await emulator.react(jo, group, message.id, "👍")
    await emulator.promote(jo, group)
    await emulator.react(jo, group, message.id, None)
    assert not [u for u in await drain(bot) if u.message_reaction]
    await bot.get_updates(allowed_updates=["message", "message_reaction", "chat_member"])
    await emulator.react(jo, group, message.id, "🔥")
    with pytest.raises(PlayError, match="no reaction"):
        await emulator.react(jo, group, message.id, "🥨")
    await emulator.leave(jo, group)
    updates = await drain(bot)
    reaction = updates[0].message_reaction
    assert reaction is not None
    assert [r.to_dict() for r in reaction.new_reaction] == [{"type": "emoji", "emoji": "🔥"}]
    assert updates[1].message is not None
    assert updates[1].message.left_chat_member is not None
    assert updates[2].chat_member is not None
    assert updates[2].chat_member.new_chat_member.status == "left"


async def test_topics(emulator: TelegramEmulator, bot: Bot, jo: Person) -> None:
    forum = emulator.add_group("Partners", [jo], forum=True, bot_admin=True)
    topic = emulator.add_topic(forum, "Nordwind")
    sent = await bot.send_message(forum.id, "hello", message_thread_id=topic.id)
    assert (sent.is_topic_message, sent.message_thread_id) == (True, topic.id)
    await emulator.write(jo, forum, "in topic", topic=topic.id)
    await emulator.write(jo, forum, "in general")
    await emulator.write(jo, forum, "reply", reply_to=sent.message_id)
    first, general, reply = [u.message for u in await drain(bot)]
    assert first is not None
    assert first.reply_to_message is not None
    assert first.reply_to_message.forum_topic_created is not None
    assert general is not None
    assert (general.is_topic_message, general.message_thread_id) == (None, None)
    assert reply is not None
    assert (reply.message_thread_id, reply.reply_to_message is not None) == (topic.id, True)
    for thread in (1, 4711):
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(forum.id, "x", message_thread_id=thread)
    plain = emulator.add_group("Plain", [jo])
    assert (await bot.send_message(plain.id, "x", message_thread_id=77)).message_thread_id is None


async def test_replies_in_plain_supergroups_carry_a_thread_that_is_no_topic(
    emulator: TelegramEmulator, bot: Bot, jo: Person, group: Chat
) -> None:
    asked = await bot.send_message(group.id, "?")
    await emulator.write(jo, group, "yes", reply_to=asked.message_id)
    [update] = await drain(bot)
    assert update.message is not None
    assert update.message.message_thread_id == asked.message_id
    assert update.message.is_topic_message is None


async def test_migration(emulator: TelegramEmulator, bot: Bot, jo: Person) -> None:
    small = emulator.add_group("Small", [jo], kind="group")
    big = await emulator.migrate(small)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(small.id, "x")
    assert caught.value.new_chat_id == big.id
    away, here = [u.message for u in await drain(bot)]
    assert away is not None
    assert here is not None
    assert (away.chat.id, away.migrate_to_chat_id) == (small.id, big.id)
    assert (here.chat.id, here.migrate_from_chat_id) == (big.id, small.id)
    assert (await bot.send_message(big.id, "x")).chat.id == big.id
    with pytest.raises(PlayError, match="There is no chat"):
        await emulator.write(jo, small, "x")


async def test_links(emulator: TelegramEmulator, bot: Bot, jo: Person) -> None:
    await emulator.open_link(jo, "https://t.me/LiaisonDemoBot?start=CODE_1")
    group = emulator.add_group("Nordwind", [jo], bot=False)
    await emulator.open_link(jo, "https://t.me/LiaisonDemoBot?startgroup=CODE_2", group)
    assert await heard(bot) == ["/start CODE_1", "/start@LiaisonDemoBot CODE_2"]
    assert group.bot_status == "member"
    with pytest.raises(PlayError, match="64 characters"):
        await emulator.open_link(jo, "https://t.me/LiaisonDemoBot?start=a.b")
    with pytest.raises(PlayError, match="does not lead"):
        await emulator.open_link(jo, "https://t.me/OtherBot?start=x")


async def test_all_kinds_of_things_people_send(
    emulator: TelegramEmulator, bot: Bot, jo: Person
) -> None:
    await emulator.start(jo)
    await emulator.photo(jo, jo, png(), "look /here")
    await emulator.voice(jo, jo, b"OggS")
    await emulator.album(jo, jo, [png(), png(10, 10)], "two")
    await emulator.sticker(jo, jo, "🎉")
    await emulator.location(jo, jo, 52.5, 13.4)
    await emulator.contact(jo, jo)
    messages = [u.message for u in await drain(bot) if u.message][1:]
    photo, voice, one, two, sticker, location, contact = messages
    assert photo.caption == "look /here"
    assert photo.caption_entities[0].type == "bot_command"
    assert voice.voice is not None
    assert one.media_group_id == two.media_group_id is not None
    assert sticker.sticker is not None
    assert sticker.sticker.emoji == "🎉"
    assert location.location is not None
    assert contact.contact is not None
    assert contact.contact.user_id == jo.id
