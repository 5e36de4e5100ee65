"""Who wrote and where, as Telegram tells it."""

from bot import naming
from bot.chat import Address, Person
from bot.platforms.telegram.raw import Json, maybe, number, thing, words


def person(user: Json) -> Person:
    name = f"{words(user, 'first_name')} {words(user, 'last_name')}".strip()
    return Person(
        "telegram",
        str(number(user, "id")),
        naming.person(name) or words(user, "username"),
        language=words(user, "language_code") or None,
        is_bot=bool(user.get("is_bot")),
    )


def sender(message: Json) -> Person | None:
    """Who wrote. An anonymous admin speaks as the group; a linked channel is no person."""
    chat = maybe(message, "sender_chat")
    if chat is not None:
        name = words(message, "author_signature") or words(chat, "title")
        machine = bool(message.get("is_automatic_forward"))
        return Person("telegram", str(number(chat, "id")), naming.person(name), is_bot=machine)
    user = maybe(message, "from")
    return None if user is None else person(user)


def where(message: Json) -> Address:
    """The chat and its topic. A thread id without is_topic_message is only a chain of replies."""
    chat = thing(message, "chat")
    in_topic = message.get("is_topic_message") and message.get("message_thread_id") is not None
    thread = str(number(message, "message_thread_id")) if in_topic else None
    return Address("telegram", str(number(chat, "id")), thread)
