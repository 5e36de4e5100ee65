"""What one person sees in the emulated Telegram: chats, topics, messages and keyboards."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.page.model import Json, Room, Shown, Somebody, TelegramPane
from sandbox.page.reader import Reader
from sandbox.page.slack_side import SHOWN_MESSAGES, _place
from sandbox.telegram.emulator import TelegramEmulator
from sandbox.telegram.world import GENERAL_TOPIC, Chat, Message, Topic

START_WAITS = timedelta(days=1)


def reader_for(person: Somebody | None, language: str, origin: str) -> Reader:
    if person is None:
        return Reader(language=language, origin=origin)
    return Reader(person.zone, language, me=person.id, origin=origin)


def pane(
    telegram: TelegramEmulator, person: Somebody | None, room: str, topic: str, code: str = ""
) -> TelegramPane:
    """Everything the Telegram half of the page shows this person; `code` waits behind Start."""
    bot = telegram.world.bot
    if person is None:
        return TelegramPane(None, bot=bot.username)
    rooms = rooms_of(telegram, int(person.id))
    current = next((one for one in rooms if one.id == room and one.topic == topic), None)
    chat = telegram.world.chats.get(int(current.id)) if current else None
    private = bool(chat and chat.kind == "private")
    return TelegramPane(
        person=person,
        rooms=rooms,
        room=current,
        messages=messages_of(telegram, chat, topic, int(person.id)) if chat else (),
        commands=commands_of(telegram, chat, person) if chat else (),
        bot=bot.username,
        private=private,
        must_start=private and (code != "" or not (chat and chat.started)),
        blocked=private and bool(chat and chat.blocked),
        bot_inside=bool(chat and chat.has_bot),
        start_code=code,
    )


def rooms_of(telegram: TelegramEmulator, person: int) -> list[Room]:
    """The chat with the bot first, then groups; a forum is its topics, closed ones last."""
    world = telegram.world
    lines = [Room(str(person), world.bot.first_name, "chats", "", f"@{world.bot.username}")]
    for chat in world.chats.values():
        if chat.kind != "private" and chat.migrated_to is None and person in chat.people():
            lines.extend(_lines(chat))
    return lines


def _lines(chat: Chat) -> list[Room]:
    count = len(chat.people()) + chat.has_bot
    if not chat.is_forum:
        return [Room(str(chat.id), chat.title, "chats", "", members=count)]
    general = Topic(GENERAL_TOPIC, "General", 0)
    topics = sorted([general, *chat.topics.values()], key=lambda one: (one.closed, one.id))
    return [
        Room(str(chat.id), one.name, "chats", "🔒" if one.closed else "#", chat.title, count,
             topic=str(one.id))
        for one in topics
    ]  # fmt: skip


def messages_of(
    telegram: TelegramEmulator, chat: Chat, topic: str, person: int
) -> Sequence[Shown]:
    """The newest messages of a chat or of one topic in it."""
    kept = telegram.world.messages.get(chat.id, {}).values()
    found = [
        one
        for one in sorted(kept, key=lambda one: one.id)
        if not one.deleted and (not topic or str(one.thread or GENERAL_TOPIC) == topic)
    ]
    drawn: list[Shown] = []
    for message in found[-SHOWN_MESSAGES:]:
        drawn.append(_place(_shown(telegram, chat, message, person), drawn[-1] if drawn else None))
    return drawn


def _shown(telegram: TelegramEmulator, chat: Chat, message: Message, person: int) -> Shown:
    world = telegram.world
    raw: dict[str, Any] = dict(message.body)
    if message.reply_to is not None:
        replied = world.message(chat.id, message.reply_to)
        raw["reply_to_message"] = replied.body if replied else None
    sender = world.people.get(message.sender)
    counts: dict[str, list[str]] = {}
    for who, emojis in message.reactions.items():
        for one in emojis:
            counts.setdefault(one, []).append(who)
    return Shown(
        id=str(message.id),
        author=sender.name if sender else world.bot.first_name,
        author_id=str(message.sender),
        at=datetime.fromtimestamp(int(raw["date"]), UTC),
        raw=raw,
        by_bot=message.sender == world.bot.id,
        mine=message.sender == person,
        edited="edit_date" in raw,
        reactions=tuple((one, len(who), str(person) in who) for one, who in counts.items()),
    )


def commands_of(telegram: TelegramEmulator, chat: Chat, person: Somebody) -> Sequence[Json]:
    """The menu behind "/", as Telegram chooses it for this chat and language."""
    return telegram.menu(int(person.id), chat.id)
