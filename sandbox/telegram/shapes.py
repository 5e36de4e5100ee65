"""The Bot API's objects made of the world's data, as the server would write them."""

from sandbox.telegram.markup import buttons
from sandbox.telegram.world import ADMIN_RIGHTS, Bot, Chat, Json, Message, Person, Status, World

FREE_PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
)
NAMED_FILES = ("document", "video", "audio", "animation")


def bot_user(bot: Bot) -> Json:
    return {"id": bot.id, "is_bot": True, "first_name": bot.first_name, "username": bot.username}


def me(bot: Bot) -> Json:
    return bot_user(bot) | {
        "can_join_groups": bot.can_join_groups,
        "can_read_all_group_messages": not bot.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }


def _given(**values: object) -> Json:
    return {name: value for name, value in values.items() if value is not None}


def user(world: World, who: int) -> Json:
    if who == world.bot.id:
        return bot_user(world.bot)
    person = world.people[who]
    return {"id": who, "is_bot": False, "first_name": person.first_name} | _given(
        last_name=person.last_name,
        username=person.username,
        language_code=person.language_code,
    )


def chat(world: World, room: Chat) -> Json:
    if room.kind == "private":
        person: Person = world.people[room.id]
        names = _given(
            first_name=person.first_name, last_name=person.last_name, username=person.username
        )
        return {"id": room.id, **names, "type": "private"}
    shown: Json = {"id": room.id, "title": room.title, "type": room.kind}
    if room.kind == "group":
        shown["all_members_are_administrators"] = False
    if room.username:
        shown["username"] = room.username
    if room.is_forum:
        shown["is_forum"] = True
    return shown


def full_chat(world: World, room: Chat) -> Json:
    shown = chat(world, room) | {
        "accent_color_id": abs(room.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if room.kind == "private":
        return shown
    shown["permissions"] = dict.fromkeys(FREE_PERMISSIONS, True)
    pinned = world.message(room.id, room.pinned[-1]) if room.pinned else None
    if pinned:
        shown["pinned_message"] = message(world, pinned)
    return shown


def member(world: World, room: Chat, who: int, status: Status | None = None) -> Json:
    """A ChatMember; the rights of people are those of a full administrator."""
    is_bot = who == world.bot.id
    if status is None:
        status = room.bot_status if is_bot else room.members.get(who, "left")
    shown: Json = {"user": user(world, who), "status": status}
    if status == "creator":
        return shown | {"is_anonymous": False}
    if status == "kicked":
        return shown | {"until_date": 0}
    if status == "administrator":
        rights = room.bot_rights if is_bot else ADMIN_RIGHTS
        shown |= {"can_be_edited": False, "is_anonymous": False}
        shown |= {right: right in rights for right in ADMIN_RIGHTS}
        if room.kind != "supergroup":
            del shown["can_manage_topics"]
    return shown


def message(world: World, row: Message, *, with_reply: bool = True) -> Json:
    """The message with what it replies to, one level deep; in a topic, its first message."""
    shown = dict(row.body)
    if not with_reply:
        return shown
    target = row.reply_to
    room = world.chats[row.chat]
    if target is None and row.thread in room.topics:
        target = room.topics[row.thread].created_message
    replied = world.message(row.chat, target) if target is not None and target != row.id else None
    if replied:
        shown["reply_to_message"] = message(world, replied, with_reply=False)
    return shown


def labels(markup: Json | None) -> tuple[str, ...]:
    return tuple(str(b.get("text", "")) for b in buttons(markup))


def file_names(body: Json) -> tuple[str, ...]:
    if "photo" in body:
        return ("photo.jpg",)
    if "voice" in body:
        return ("voice.ogg",)
    return tuple(str(body[k].get("file_name", k)) for k in NAMED_FILES if k in body)[:1]


def plain_text(world: World, body: Json) -> str:
    """What a person reads, service lines included."""
    if "text" in body or "caption" in body:
        return str(body.get("text", body.get("caption", "")))
    return _content_text(body) or _service_text(world, body)


def is_service(body: Json) -> bool:
    return any(key in body for key in SERVICE_KEYS)


def _content_text(body: Json) -> str:
    if "location" in body:
        return f"{body['location']['latitude']}, {body['location']['longitude']}"
    if "contact" in body:
        contact = body["contact"]
        name = " ".join(filter(None, (contact["first_name"], contact.get("last_name"))))
        return f"{name}, {contact['phone_number']}"
    return str(body["sticker"].get("emoji", "")) if "sticker" in body else ""


def _service_text(world: World, body: Json) -> str:
    if "new_chat_members" in body:
        return "added " + ", ".join(str(u["first_name"]) for u in body["new_chat_members"])
    if "left_chat_member" in body:
        return f"removed {body['left_chat_member']['first_name']}"
    if "pinned_message" in body:
        return f"pinned “{plain_text(world, body['pinned_message'])}”"
    if "migrate_to_chat_id" in body or "migrate_from_chat_id" in body:
        return "This group became a supergroup"
    for key, words in SERVICE.items():
        if key in body:
            return f"{words} {body[key].get('name', '')}".strip()
    return ""


SERVICE = {
    "forum_topic_created": "created the topic",
    "forum_topic_edited": "renamed the topic to",
    "forum_topic_closed": "closed the topic",
    "forum_topic_reopened": "reopened the topic",
}
SERVICE_KEYS = (
    *SERVICE,
    "new_chat_members",
    "left_chat_member",
    "pinned_message",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
)
