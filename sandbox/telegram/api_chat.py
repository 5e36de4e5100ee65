"""The methods that ask about chats, members and files, and leave chats."""

from sandbox.telegram import files, shapes
from sandbox.telegram.core import Core
from sandbox.telegram.errors import bad
from sandbox.telegram.params import Call
from sandbox.telegram.world import Json

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
    "getFile": get_file,
    "getUserProfilePhotos": get_user_profile_photos,
}
