"""Topics that the bot opens, renames, closes, deletes: what is allowed, told and counted."""

import pytest
from telegram import Bot
from telegram.error import BadRequest, RetryAfter

from sandbox.page.render import service_text, texts
from sandbox.page.telegram_side import rooms_of
from sandbox.telegram import Chat, Person, PlayError, TelegramEmulator


@pytest.fixture
def jo(emulator: TelegramEmulator) -> Person:
    return emulator.add_person("Jo", "Weber")


@pytest.fixture
def kai(emulator: TelegramEmulator) -> Person:
    return emulator.add_person("Kai")


@pytest.fixture
def forum(emulator: TelegramEmulator, jo: Person, kai: Person) -> Chat:
    return emulator.add_group("Partners", [jo, kai], forum=True, bot_admin=True)


async def test_the_life_of_a_topic_is_told_to_its_maker_too(
    emulator: TelegramEmulator, bot: Bot, jo: Person, kai: Person, forum: Chat
) -> None:
    made = await bot.create_forum_topic(forum.id, "Acme")
    topic = made.message_thread_id
    assert await bot.edit_forum_topic(forum.id, topic, name="Acme Ltd" + "x" * 200)
    assert len(forum.topics[topic].name) == 128
    assert await bot.close_forum_topic(forum.id, topic)
    with pytest.raises(PlayError, match="closed"):
        await emulator.write(kai, forum, "x", topic=topic)
    await emulator.write(jo, forum, "an admin may", topic=topic)
    await bot.send_message(forum.id, "as the bot may", message_thread_id=topic)
    assert await bot.reopen_forum_topic(forum.id, topic)
    told = [update.message for update in await bot.get_updates() if update.message]
    assert {one.message_thread_id for one in told} == {topic}
    assert [one.from_user.id == bot.id for one in told if one.from_user] == [
        True, True, True, False, True,
    ]  # fmt: skip
    assert told[0].forum_topic_created
    assert told[1].forum_topic_edited
    assert told[2].forum_topic_closed
    assert told[4].forum_topic_reopened
    assert await bot.delete_forum_topic(forum.id, topic)
    assert not emulator.messages(forum, topic)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=topic)


async def test_what_is_refused(
    emulator: TelegramEmulator, bot: Bot, jo: Person, forum: Chat
) -> None:
    made = await bot.create_forum_topic(forum.id, "Acme")
    ours, theirs = made.message_thread_id, await emulator.create_topic(jo, forum, "Theirs")
    for call in (
        bot.edit_forum_topic(forum.id, ours, name="Acme"),
        bot.reopen_forum_topic(forum.id, ours),
    ):
        with pytest.raises(BadRequest, match="modified"):
            await call
    for call in (bot.close_forum_topic(forum.id, 4711), bot.edit_forum_topic(forum.id, 1, "x")):
        with pytest.raises(BadRequest, match="Topic_id_invalid"):
            await call
    with pytest.raises(BadRequest, match="Title must be non-empty"):
        await bot.create_forum_topic(forum.id, "  ")
    await emulator.promote(jo, forum, without="can_manage_topics")
    assert await bot.edit_forum_topic(forum.id, ours, name="Acme Ltd")
    with pytest.raises(BadRequest, match="Not enough rights to create a topic"):
        await bot.create_forum_topic(forum.id, "x")
    with pytest.raises(BadRequest, match="Not enough rights to edit the topic"):
        await bot.edit_forum_topic(forum.id, theirs, name="x")
    await emulator.promote(jo, forum, without="can_delete_messages")
    with pytest.raises(BadRequest, match="Not enough rights to delete the topic"):
        await bot.delete_forum_topic(forum.id, ours)
    await emulator.use_topics(jo, forum, False)
    with pytest.raises(BadRequest, match="The chat is not a forum"):
        await bot.create_forum_topic(forum.id, "x")
    sent = await bot.send_message(forum.id, "x", message_thread_id=ours)
    assert not sent.is_topic_message


async def test_each_counts_as_a_message(emulator: TelegramEmulator, bot: Bot, forum: Chat) -> None:
    emulator.limits.set_mode("bucket")
    await bot.create_forum_topic(forum.id, "Acme")
    with pytest.raises(RetryAfter):
        await bot.send_message(forum.id, "at once")


async def test_the_page_shows_them(
    emulator: TelegramEmulator, bot: Bot, jo: Person, forum: Chat
) -> None:
    closed = (await bot.create_forum_topic(forum.id, "Acme")).message_thread_id
    await bot.create_forum_topic(forum.id, "Nordwind")
    await bot.close_forum_topic(forum.id, closed)
    lines = rooms_of(emulator, jo.id)[1:]
    assert [(one.mark, one.name) for one in lines] == [
        ("#", "General"), ("#", "Nordwind"), ("🔒", "Acme"),
    ]  # fmt: skip
    said = [service_text(texts("en"), one.body) for one in emulator.messages(forum, closed)]
    assert said == ["# Acme", "Topic closed"]
