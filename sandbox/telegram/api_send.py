"""The methods that put something new into a chat."""

from sandbox.telegram import files
from sandbox.telegram.core import Core
from sandbox.telegram.errors import bad
from sandbox.telegram.markup import check_markup
from sandbox.telegram.params import Call
from sandbox.telegram.text import MAX_CAPTION, MAX_TEXT, formatted, message_text, refuse_long
from sandbox.telegram.users import with_users
from sandbox.telegram.world import GENERAL_TOPIC, Chat, Json, Message

ALBUM_KINDS = ("photo", "video", "document", "audio")
KINDS = ("photo", "document", "voice", "video", "audio", "animation", "sticker")
NOT_COPIED = ("message_id", "from", "chat", "date", "edit_date", "reply_markup", "media_group_id")
THREAD_KEYS = ("message_thread_id", "is_topic_message")


def _target(core: Core, call: Call) -> tuple[Chat, int | None, int | None]:
    """The chat, the topic and the message replied to, each checked as the server does."""
    room = core.reach(call.args["chat_id"])
    thread = call.args.get("message_thread_id")
    if thread is not None:
        thread = check_thread(room, thread)
    return room, thread, _reply_to(core, room, call.args.get("reply_parameters"))


def check_thread(room: Chat, thread: int) -> int | None:
    """Plain supergroups ignore the parameter; the General topic has no id one may send to."""
    if room.kind != "private" and not room.is_forum:
        return None
    topic = room.topics.get(thread)
    if topic is None or thread == GENERAL_TOPIC:
        raise bad("message thread not found")
    if topic.closed and not room.bot_is_admin:
        raise bad("TOPIC_CLOSED")
    return thread


def _reply_to(core: Core, room: Chat, wanted: Json | None) -> int | None:
    if not wanted:
        return None
    try:
        number = int(wanted["message_id"])
    except (KeyError, TypeError, ValueError):
        raise bad("can't parse reply parameters: Can't find field \"message_id\"") from None
    if core.world.message(room.id, number) is None:
        if str(wanted.get("allow_sending_without_reply", "")).lower() in ("true", "1"):
            return None
        raise bad("message to be replied not found")
    return number


def _send(core: Core, call: Call, content: Json) -> Json:
    markup = check_markup(call.args.get("reply_markup"))
    room, thread, reply_to = _target(core, call)
    core.limits.take(room.id)
    if markup:
        content = content | {"reply_markup": markup}
    if call.args.get("protect_content"):
        content = content | {"has_protected_content": True}
    message = core.post(room, core.world.bot.id, content, reply_to=reply_to, thread=thread)
    return core.shown(message)


def send_message(core: Core, call: Call) -> Json:
    args = call.args
    text, entities = message_text(args["text"], args.get("parse_mode"), args.get("entities"))
    refuse_long(text, MAX_TEXT, bad("message is too long"))
    content: Json = {"text": text}
    if entities:
        content["entities"] = with_users(core.world, entities)
    if "link_preview_options" in args:
        content["link_preview_options"] = args["link_preview_options"]
    return _send(core, call, content)


def caption_of(core: Core, source: Json) -> Json:
    """The caption parts of a message: none, or text with entities."""
    text, entities = formatted(
        str(source.get("caption") or ""), source.get("parse_mode"), source.get("caption_entities")
    )
    refuse_long(text, MAX_CAPTION, bad("message caption is too long"))
    content: Json = {"caption": text} if text else {}
    if entities:
        content["caption_entities"] = with_users(core.world, entities)
    return content


def _send_file(kind: str, core: Core, call: Call) -> Json:
    content = files.from_call(core.world, kind, call, call.args[kind])
    return _send(core, call, content | caption_of(core, call.args))


def send_photo(core: Core, call: Call) -> Json:
    return _send_file("photo", core, call)


def send_document(core: Core, call: Call) -> Json:
    return _send_file("document", core, call)


def send_voice(core: Core, call: Call) -> Json:
    return _send_file("voice", core, call)


def send_video(core: Core, call: Call) -> Json:
    return _send_file("video", core, call)


def send_audio(core: Core, call: Call) -> Json:
    return _send_file("audio", core, call)


def send_animation(core: Core, call: Call) -> Json:
    return _send_file("animation", core, call)


def send_sticker(core: Core, call: Call) -> Json:
    content = files.from_call(core.world, "sticker", call, call.args["sticker"])
    return _send(core, call, content)


def send_media_group(core: Core, call: Call) -> list[Json]:
    media = call.args["media"]
    if len(media) > 10:
        raise bad("too many messages to send as an album")
    if len(media) < 2:
        raise bad("there must be at least two messages in the album")
    contents = [_album_item(core, call, item) for item in media]
    kinds = {kind for content in contents for kind in ALBUM_KINDS if kind in content}
    if len(kinds) > 1 and kinds & {"document", "audio"}:
        raise bad("can't use the media of the specified type in the album")
    room, thread, reply_to = _target(core, call)
    core.limits.take(room.id, len(contents))
    group = {"media_group_id": f"{core.world.last_file:017d}"}
    sent = [
        core.post(room, core.world.bot.id, group | content, reply_to=reply_to, thread=thread)
        for content in contents
    ]
    return [core.shown(message) for message in sent]


def _album_item(core: Core, call: Call, item: object) -> Json:
    if not isinstance(item, dict):
        raise bad("can't parse InputMedia: expected an Object")
    kind = item.get("type")
    if kind not in ALBUM_KINDS:
        raise bad(f'can\'t parse InputMedia: type "{kind}" is unsupported')
    if not item.get("media"):
        raise bad("can't parse InputMedia: Can't find field \"media\"")
    return files.from_call(core.world, kind, call, item["media"]) | caption_of(core, item)


def send_location(core: Core, call: Call) -> Json:
    latitude, longitude = call.args["latitude"], call.args["longitude"]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad("invalid location specified")
    return _send(core, call, {"location": {"latitude": latitude, "longitude": longitude}})


def send_contact(core: Core, call: Call) -> Json:
    keys = ("phone_number", "first_name", "last_name", "vcard")
    return _send(core, call, {"contact": {k: call.args[k] for k in keys if k in call.args}})


def _source(core: Core, call: Call, words: str) -> Message:
    room = core.reach(call.args["from_chat_id"], write=False)
    message = core.world.message(room.id, call.args["message_id"])
    if message is None:
        raise bad(f"message to {words} not found")
    return message


def copy_message(core: Core, call: Call) -> Json:
    content = _content(_source(core, call, "copy"))
    if not any(key in content for key in ("text", "location", "contact", *KINDS)):
        raise bad("message can't be copied")
    if "caption" in call.args:
        content.pop("caption_entities", None)
        content |= caption_of(core, call.args)
    return {"message_id": _send(core, call, content)["message_id"]}


def forward_message(core: Core, call: Call) -> Json:
    source = _source(core, call, "forward")
    if source.body.get("has_protected_content"):
        raise bad("message can't be forwarded")
    content = _content(source)
    origin = content.get("forward_origin") or {
        "type": "user",
        "sender_user": source.body["from"],
        "date": source.body["date"],
    }
    return _send(core, call, content | {"forward_origin": origin})


def _content(message: Message) -> Json:
    dropped = (*NOT_COPIED, *THREAD_KEYS)
    return {key: value for key, value in message.body.items() if key not in dropped}


METHODS = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendVoice": send_voice,
    "sendVideo": send_video,
    "sendAudio": send_audio,
    "sendAnimation": send_animation,
    "sendSticker": send_sticker,
    "sendMediaGroup": send_media_group,
    "sendLocation": send_location,
    "sendContact": send_contact,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
}
