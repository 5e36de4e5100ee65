"""The methods that open, rename, close and delete topics of a forum.

What each refuses, and in which words: TDLib's ForumTopicManager and Telegram's own servers. Each
is a message in the chat, and counts as one.
"""

from sandbox.telegram.core import TOPIC_COLOR, Core
from sandbox.telegram.errors import bad
from sandbox.telegram.params import Call
from sandbox.telegram.world import Chat, Json, Topic

MAX_NAME = 128
MANAGE, DELETE = "can_manage_topics", "can_delete_messages"


def _forum(core: Core, call: Call) -> Chat:
    room = core.reach(call.args["chat_id"])
    if not room.is_forum:
        raise bad("the chat is not a forum")
    return room


def _topic(core: Core, call: Call, verb: str, right: str = MANAGE) -> tuple[Chat, Topic]:
    """What the bot opened itself it may change without the right."""
    room = _forum(core, call)
    topic = room.topics.get(call.args["message_thread_id"])
    opened = core.world.message(room.id, topic.created_message) if topic is not None else None
    ours = opened is not None and opened.sender == core.world.bot.id and right == MANAGE
    if right not in room.bot_rights and not ours:
        raise bad(f"not enough rights to {verb} the topic")
    if topic is None:
        raise bad("TOPIC_ID_INVALID")
    return room, topic


def _name(name: str) -> str:
    """Longer ones are cut, as TDLib cuts them."""
    name = " ".join(name.split())[:MAX_NAME]
    if not name:
        raise bad("title must be non-empty")
    return name


def create_forum_topic(core: Core, call: Call) -> Json:
    room = _forum(core, call)
    if MANAGE not in room.bot_rights:
        raise bad("not enough rights to create a topic")
    name = _name(call.args["name"])
    core.limits.take(room.id)
    topic = core.new_topic(room, core.world.bot.id, name)
    return {"message_thread_id": topic.id, "name": topic.name, "icon_color": TOPIC_COLOR}


def edit_forum_topic(core: Core, call: Call) -> bool:
    room, topic = _topic(core, call, "edit")
    if not call.args.get("name"):
        return True
    name = _name(call.args["name"])
    if name == topic.name:
        raise bad("TOPIC_NOT_MODIFIED")
    core.limits.take(room.id)
    core.rename_topic(room, core.world.bot.id, topic, name)
    return True


def close_forum_topic(core: Core, call: Call) -> bool:
    return _set_closed(core, call, True)


def reopen_forum_topic(core: Core, call: Call) -> bool:
    return _set_closed(core, call, False)


def _set_closed(core: Core, call: Call, closed: bool) -> bool:
    room, topic = _topic(core, call, "close or open")
    if topic.closed == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    core.limits.take(room.id)
    core.close_topic(room, core.world.bot.id, topic, closed)
    return True


def delete_forum_topic(core: Core, call: Call) -> bool:
    """All its messages go with it, and nobody is told."""
    room, topic = _topic(core, call, "delete", DELETE)
    core.delete_topic(room, topic)
    return True


METHODS = {
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": close_forum_topic,
    "reopenForumTopic": reopen_forum_topic,
    "deleteForumTopic": delete_forum_topic,
}
