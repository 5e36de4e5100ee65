"""The methods that ask about chats and members, leave them, and manage topics and files."""

from sandbox.telegram import files, shapes
from sandbox.telegram.core import TOPIC_COLOR, Core
from sandbox.telegram.errors import bad
from sandbox.telegram.params import Call
from sandbox.telegram.world import Chat, Json, Topic

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
MAX_TOPIC_NAME = 128


def get_chat(core: Core, call: Call) -> Json:
    return shapes.full_chat(core.world, core.reach(call.args["chat_id"], write=False))


def get_chat_member(core: Core, call: Call) -> Json:
    room = core.reach(call.args["chat_id"], write=False)
    who = call.args["user_id"]
    if who != core.world.bot.id and who not in core.world.people:
        raise bad("PARTICIPANT_ID_INVALID")
    if room.kind == "private" and who not in (room.id, core.world.bot.id):
        raise bad("PARTICIPANT_ID_INVALID")
    if room.kind == "private":
        return shapes.member(core.world, room, who, "member")
    return shapes.member(core.world, room, who)


def get_chat_member_count(core: Core, call: Call) -> int:
    room = core.reach(call.args["chat_id"], write=False)
    return 2 if room.kind == "private" else len(room.people()) + 1


def get_chat_administrators(core: Core, call: Call) -> list[Json]:
    room = core.reach(call.args["chat_id"], write=False)
    if room.kind == "private":
        raise bad("there are no administrators in the private chat")
    admins = [p for p, status in room.members.items() if status in ("creator", "administrator")]
    if room.bot_is_admin:
        admins.append(core.world.bot.id)
    return [shapes.member(core.world, room, who) for who in admins]


def leave_chat(core: Core, call: Call) -> bool:
    room = core.reach(call.args["chat_id"], write=False)
    if room.kind == "private":
        raise bad("chat member status can't be changed in private chats")
    old = shapes.member(core.world, room, core.world.bot.id)
    core.post(room, core.world.bot.id, {"left_chat_member": shapes.bot_user(core.world.bot)})
    room.bot_status, room.bot_rights = "left", []
    core.tell_bot_status(room, core.world.bot.id, old)
    return True


def send_chat_action(core: Core, call: Call) -> bool:
    core.reach(call.args["chat_id"])
    if call.args["action"] not in ACTIONS:
        raise bad("wrong parameter action in request")
    return True


def _forum(core: Core, call: Call) -> Chat:
    room = core.reach(call.args["chat_id"])
    if not room.is_forum:
        raise bad("the chat is not a forum")
    if "can_manage_topics" not in room.bot_rights:
        raise bad("not enough rights to create a topic")
    return room


def _topic(core: Core, call: Call) -> tuple[Chat, Topic]:
    room = _forum(core, call)
    topic = room.topics.get(call.args["message_thread_id"])
    if topic is None:
        raise bad("message thread not found")
    return room, topic


def create_forum_topic(core: Core, call: Call) -> Json:
    room = _forum(core, call)
    topic = core.new_topic(room, core.world.bot.id, _topic_name(call.args["name"]))
    return {"message_thread_id": topic.id, "name": topic.name, "icon_color": TOPIC_COLOR}


def _topic_name(name: str) -> str:
    if not name.strip():
        raise bad("topic name must be non-empty")
    if len(name) > MAX_TOPIC_NAME:
        raise bad("TOPIC_TITLE_TOO_LONG")
    return name.strip()


def edit_forum_topic(core: Core, call: Call) -> bool:
    room, topic = _topic(core, call)
    name = _topic_name(call.args["name"]) if "name" in call.args else topic.name
    if name == topic.name:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.name = name
    service = {"forum_topic_edited": {"name": name}}
    core.tell_message(core.post(room, core.world.bot.id, service, thread=topic.id))
    return True


def close_forum_topic(core: Core, call: Call) -> bool:
    return _set_closed(core, call, True, "forum_topic_closed")


def reopen_forum_topic(core: Core, call: Call) -> bool:
    return _set_closed(core, call, False, "forum_topic_reopened")


def _set_closed(core: Core, call: Call, closed: bool, service: str) -> bool:
    room, topic = _topic(core, call)
    if topic.closed == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    core.tell_message(core.post(room, core.world.bot.id, {service: {}}, thread=topic.id))
    return True


def get_file(core: Core, call: Call) -> Json:
    stored = files.find(core.world, call.args["file_id"])
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
        "file_path": stored.path,
    }


def get_user_profile_photos(core: Core, call: Call) -> Json:
    if call.args["user_id"] not in core.world.people:
        raise bad("user not found")
    return {"total_count": 0, "photos": []}


METHODS = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatMemberCount": get_chat_member_count,
    "getChatAdministrators": get_chat_administrators,
    "leaveChat": leave_chat,
    "sendChatAction": send_chat_action,
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": close_forum_topic,
    "reopenForumTopic": reopen_forum_topic,
    "getFile": get_file,
    "getUserProfilePhotos": get_user_profile_photos,
}
