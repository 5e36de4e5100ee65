"""The methods that change, delete, pin, mark or answer what is there."""

from sandbox.telegram.api_send import caption_of
from sandbox.telegram.core import Core
from sandbox.telegram.errors import ApiError, bad
from sandbox.telegram.markup import check_markup, is_inline
from sandbox.telegram.params import Call, tables
from sandbox.telegram.text import MAX_TEXT, message_text, refuse_long
from sandbox.telegram.users import with_users
from sandbox.telegram.world import Chat, Json, Message

DELETE_HOURS = 48
MAX_ANSWER = 200
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
WITH_CAPTION = ("photo", "document", "voice", "video", "audio", "animation")


def _editable(core: Core, call: Call) -> Message:
    """The bot's own message that an edit means."""
    if "inline_message_id" in call.args:
        raise bad("MESSAGE_ID_INVALID")  # the bot sends no messages via inline mode
    if "chat_id" not in call.args:
        raise bad("chat_id is empty")
    if "message_id" not in call.args:
        raise bad("message identifier is not specified")
    room = core.reach(call.args["chat_id"])
    message = core.world.message(room.id, call.args["message_id"])
    if message is None:
        raise bad("message to edit not found")
    if message.sender != core.world.bot.id or message.keyboard:
        raise bad("message can't be edited")
    return message


def _edit(core: Core, message: Message, content: Json) -> Json:
    """Apply what differs; nothing different is an error, as in reality."""
    if all(message.body.get(name) == (value or None) for name, value in content.items()):
        raise bad(NOT_MODIFIED)
    core.limits.take(message.chat, edit=True)
    only_buttons = all(
        message.body.get(name) == (value or None)
        for name, value in content.items()
        if name != "reply_markup"
    )
    core.change(message, content, stamp=not only_buttons)
    return core.shown(message)


def _inline_markup(call: Call) -> Json | None:
    markup = check_markup(call.args.get("reply_markup"))
    if markup and not is_inline(markup):
        raise bad("inline keyboard expected")
    return markup


def edit_message_text(core: Core, call: Call) -> Json:
    args = call.args
    if "text" not in args:
        raise bad("message text is empty")
    text, entities = message_text(args["text"], args.get("parse_mode"), args.get("entities"))
    markup = _inline_markup(call)
    message = _editable(core, call)
    if "text" not in message.body:
        raise bad("there is no text in the message to edit")
    refuse_long(text, MAX_TEXT, bad("MESSAGE_TOO_LONG"))
    marked = with_users(core.world, entities)
    return _edit(core, message, {"text": text, "entities": marked, "reply_markup": markup})


def edit_message_caption(core: Core, call: Call) -> Json:
    caption = caption_of(core, call.args)
    markup = _inline_markup(call)
    message = _editable(core, call)
    if not any(kind in message.body for kind in WITH_CAPTION):
        raise bad("there is no caption in the message to edit")
    empty: Json = {"caption": None, "caption_entities": None}
    return _edit(core, message, empty | caption | {"reply_markup": markup})


def edit_message_reply_markup(core: Core, call: Call) -> Json:
    markup = _inline_markup(call)
    return _edit(core, _editable(core, call), {"reply_markup": markup})


def delete_message(core: Core, call: Call) -> bool:
    room = core.reach(call.args["chat_id"])
    message = core.world.message(room.id, call.args["message_id"])
    if message is None:
        raise bad("message to delete not found")
    refusal = _refuses_deletion(core, room, message)
    if refusal:
        raise refusal
    core.delete(message)
    return True


def _refuses_deletion(core: Core, room: Chat, message: Message) -> ApiError | None:
    """Admins with the right delete all in a supergroup; else own ones (private: any) for 48 h."""
    own = message.sender == core.world.bot.id
    may = room.bot_is_admin and "can_delete_messages" in room.bot_rights
    if may and room.kind == "supergroup":
        return None
    if core.now() - int(message.body["date"]) > DELETE_HOURS * 3600:
        return bad("message can't be deleted for everyone")
    if own or may or room.kind == "private":
        return None
    return bad("message can't be deleted")


def delete_messages(core: Core, call: Call) -> bool:
    """Unknown ones are skipped; all others must be deletable."""
    room = core.reach(call.args["chat_id"])
    wanted = call.args["message_ids"]
    if len(wanted) > 100:
        raise bad("too many message identifiers specified")
    found = [m for n in wanted if (m := core.world.message(room.id, n)) is not None]
    for message in found:
        refusal = _refuses_deletion(core, room, message)
        if refusal:
            raise refusal
    for message in found:
        core.delete(message)
    return True


def answer_callback_query(core: Core, call: Call) -> bool:
    text = str(call.args.get("text", ""))
    if len(text) > MAX_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    url = str(call.args.get("url", ""))
    if url and not url.lower().startswith((f"https://t.me/{core.world.bot.username.lower()}?",)):
        raise bad("URL_INVALID")
    query = core.take_query(call.args["callback_query_id"])
    if text:
        core.toast(query, text, {"show_alert": bool(call.args.get("show_alert")), "text": text})
    if not query.answer.done():
        query.answer.set_result(text or url)
    return True


def set_message_reaction(core: Core, call: Call) -> bool:
    room = core.reach(call.args["chat_id"])
    message = core.world.message(room.id, call.args["message_id"])
    if message is None:
        raise bad("message to react not found")
    wanted = call.args.get("reaction", [])
    if len(wanted) > 1:
        raise bad("REACTIONS_TOO_MANY")  # a bot may set one
    emojis = [_emoji(item) for item in wanted]
    message.reactions[str(core.world.bot.id)] = emojis
    core.show("reaction", message, " ".join(emojis))
    return True


def _emoji(item: object) -> str:
    if not isinstance(item, dict) or item.get("type") != "emoji":
        raise bad("REACTION_INVALID")
    emoji = str(item.get("emoji"))
    if emoji not in tables()["reactions"]:
        raise bad("REACTION_INVALID")
    return emoji


def _pin_right(core: Core, call: Call) -> Chat:
    room = core.reach(call.args["chat_id"])
    if room.kind != "private" and "can_pin_messages" not in room.bot_rights:
        raise bad("not enough rights to manage pinned messages in the chat")
    return room


def pin_chat_message(core: Core, call: Call) -> bool:
    room = _pin_right(core, call)
    message = core.world.message(room.id, call.args["message_id"])
    if message is None:
        raise bad("message to pin not found")
    if message.id in room.pinned:
        room.pinned.remove(message.id)
    room.pinned.append(message.id)
    service = {"pinned_message": core.shown(message)}
    posted = core.post(room, core.world.bot.id, service, thread=message.thread)
    core.tell_message(posted)
    return True


def unpin_chat_message(core: Core, call: Call) -> bool:
    room = _pin_right(core, call)
    wanted = call.args.get("message_id", room.pinned[-1] if room.pinned else None)
    if wanted not in room.pinned:
        raise bad("message to unpin not found")
    room.pinned.remove(wanted)
    return True


def unpin_all_chat_messages(core: Core, call: Call) -> bool:
    _pin_right(core, call).pinned.clear()
    return True


METHODS = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "setMessageReaction": set_message_reaction,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
}
