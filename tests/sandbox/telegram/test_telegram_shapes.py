"""What the emulator sends has the keys of real updates, and nothing readers do not know."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot, TelegramObject, Update

from sandbox.clock import SandboxClock
from sandbox.journal import Journal
from sandbox.telegram import Chat, Message, Person, TelegramEmulator
from tests.sandbox.telegram.pictures import png

SAMPLES = json.loads((Path(__file__).parent / "data" / "updates.json").read_text())["updates"]
ALL_KINDS = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "message_reaction",
]
OWN = {"first_name", "last_name", "username", "language_code"}  # people differ in what they have
SMALLER = {"can_manage_topics", "can_pin_messages"}


class Stage:
    """One of everything a sample needs."""

    def __init__(self, emulator: TelegramEmulator) -> None:
        self.play = emulator
        emulator.feed.allow(ALL_KINDS)
        self.ada = emulator.add_person("Ada", "Example", username="ada_ex")
        self.new = emulator.add_person("New", language_code=None)
        emulator.set_started(self.ada)
        self.small = emulator.add_group("Old group", [self.ada], kind="group")
        self.room = emulator.add_group("Support", [self.ada], bot_admin=True)
        self.forum = emulator.add_group("Forum", [self.ada], forum=True, bot_admin=True)
        self.topic = emulator.add_topic(self.forum, "Incidents")

    def bot_post(self, room: Chat | Person, content: dict[str, Any]) -> Message:
        target = self.play.world.chats[room.id]
        return self.play.core.post(target, self.play.bot.id, content)


async def _reply(s: Stage) -> None:
    asked = s.bot_post(s.room, {"text": "question?"})
    await s.play.write(s.ada, s.room, "re", reply_to=asked.id)


async def _edit(s: Stage) -> None:
    message = await s.play.write(s.ada, s.ada, "hello")
    await s.play.edit(s.ada, s.ada, message.id, "hello (edited)")


async def _press(s: Stage) -> None:
    rows = [[{"text": t, "callback_data": d} for t, d in (("Approve", "a:1"), ("Reject", "r:1"))]]
    asked = s.bot_post(s.ada, {"text": "Decide", "reply_markup": {"inline_keyboard": rows}})
    await s.play.press(s.ada, s.ada, asked.id, "Approve", within=0.01)


async def _promote(s: Stage) -> None:
    await s.play.promote(s.ada, s.room, admin=False)
    await s.play.promote(s.ada, s.room)


async def _remove(s: Stage) -> None:
    await s.play.promote(s.ada, s.room, admin=False)
    await s.play.kick_bot(s.ada, s.room)


async def _add(s: Stage) -> None:
    room = s.play.add_group("Old group", [s.ada], kind="group", bot=False)
    await s.play.add_bot(s.ada, room)


async def _join(s: Stage) -> None:
    await s.play.add_member(s.ada, s.room, s.new)


async def _part(s: Stage) -> None:
    s.room.members[s.new.id] = "member"
    await s.play.leave(s.new, s.room)


async def _share(s: Stage) -> None:
    button = {"text": "Share my number", "request_contact": True}
    asked = s.bot_post(s.ada, {"text": "Who?", "reply_markup": {"keyboard": [[button]]}})
    await s.play.press(s.ada, s.ada, asked.id, "Share my number")


async def _react(s: Stage) -> None:
    asked = s.bot_post(s.room, {"text": "?"})
    await s.play.react(s.ada, s.room, asked.id, "👍")


ACTS: dict[str, Callable[[Stage], Awaitable[object]]] = {
    "private text": lambda s: s.play.write(s.ada, s.ada, "hello"),
    "/start deep link payload": lambda s: s.play.start(s.ada, "link_abc123"),
    "group command with @botname": lambda s: s.play.write(
        s.ada, s.room, "/poll@LiaisonDemoBot 5m"
    ),
    "reply in group": _reply,
    "edited_message": _edit,
    "callback_query": _press,
    "photo with caption": lambda s: s.play.photo(s.ada, s.ada, png(90, 60), "see #this"),
    "document": lambda s: s.play.document(s.ada, s.ada, b"a,b", "report.csv"),
    "voice": lambda s: s.play.voice(s.ada, s.ada, b"OggS"),
    "media group item 1": lambda s: s.play.album(s.ada, s.ada, [png(9, 9), png(9, 9)], "album"),
    "my_chat_member: user blocked bot": lambda s: s.play.block(s.ada),
    "my_chat_member: added to group": _add,
    "my_chat_member: promoted": _promote,
    "my_chat_member: removed from group": _remove,
    "chat_member: user joined": _join,
    "service: new_chat_members": _join,
    "service: left_chat_member": _part,
    "migration: in old group": lambda s: s.play.migrate(s.small),
    "recorded: migration in the supergroup": lambda s: s.play.migrate(s.small),
    "forum topic created": lambda s: s.play.create_topic(s.ada, s.forum, "Incidents"),
    "recorded: forum topic created": lambda s: s.play.create_topic(s.ada, s.forum, "Incidents"),
    "forum topic message": lambda s: s.play.write(s.ada, s.forum, "in topic", topic=s.topic.id),
    "recorded: forum topic message": lambda s: s.play.write(
        s.ada, s.forum, "in topic", topic=s.topic.id
    ),
    "contact shared by its owner": _share,
    "message_reaction": _react,
    "location": lambda s: s.play.location(s.ada, s.ada, 52.52, 13.405),
    "sticker": lambda s: s.play.sticker(s.ada, s.ada, "😂"),
}


def keys(value: Any, path: str = "") -> set[str]:
    """Paths of all keys; the members of lists share theirs."""
    if isinstance(value, list):
        return set().union(*(keys(item, path) for item in value)) if value else set()
    if not isinstance(value, dict):
        return set()
    return {f"{path}.{k}" for k in value} | set().union(
        *(keys(v, f"{path}.{k}") for k, v in value.items())
    )


def wanted(sample: dict[str, Any]) -> set[str]:
    """The sample's keys without those only some people, stickers or topics have."""
    optional = OWN | SMALLER | {"set_name", "icon_custom_emoji_id"}
    return {path for path in keys(sample) if path.rpartition(".")[2] not in optional}


@pytest.mark.parametrize("name", sorted(ACTS))
async def test_real_updates_have_no_key_that_is_missing_here(
    emulator: TelegramEmulator, name: str
) -> None:
    stage = Stage(emulator)
    await ACTS[name](stage)
    shapes = [keys(update) for update in emulator.feed.pending]
    missing = [sorted(wanted(SAMPLES[name]) - shape) for shape in shapes]
    assert [] in missing


def unknown(value: object, path: str = "") -> list[str]:
    """What python-telegram-bot did not recognise, anywhere inside."""
    if isinstance(value, list | tuple):
        return [u for item in value for u in unknown(item, path)]
    if not isinstance(value, TelegramObject):
        return []
    found = [f"{path}.{key}" for key in value.api_kwargs]
    for name in value.__slots__ if isinstance(value.__slots__, tuple) else [value.__slots__]:
        if not name.startswith("_"):
            found += unknown(getattr(value, name, None), f"{path}.{name}")
    return found


@pytest.mark.parametrize("name", sorted(ACTS))
async def test_readers_know_every_key(emulator: TelegramEmulator, bot: Bot, name: str) -> None:
    stage = Stage(emulator)
    await ACTS[name](stage)
    assert emulator.feed.pending
    for raw in emulator.feed.pending:
        update = Update.de_json(json.loads(json.dumps(raw)), bot)
        strange = [u for u in unknown(update) if "all_members_are_administrators" not in u]
        assert strange == []


async def test_stopped_and_started_again_with_the_conversation_still_there(
    emulator: TelegramEmulator,
) -> None:
    stage = Stage(emulator)
    await emulator.photo(stage.ada, stage.ada, png(900, 600), "look")
    await emulator.write(stage.ada, stage.forum, "in topic", topic=stage.topic.id)
    await emulator.write(stage.ada, stage.ada, "wrong")
    await emulator.delete(stage.ada, stage.ada, emulator.messages(stage.ada)[-1].id)
    saved = json.loads(json.dumps(emulator.dump()))
    journal = Journal()
    fresh = TelegramEmulator(SandboxClock(), journal, "http://x")
    fresh.load(saved)
    assert json.loads(json.dumps(fresh.dump())) == saved
    assert [e.text for e in journal.entries if e.files or e.text == "in topic"] == [
        "look",
        "in topic",
    ]
    assert list(fresh.feed.pending) == list(emulator.feed.pending)
    before = fresh.feed.next_id
    await fresh.write(stage.ada.id, stage.ada.id, "still here")
    assert fresh.feed.next_id == before + 1
    sizes = fresh.messages(stage.ada)[0].body["photo"]
    assert fresh.world.files[sizes[0]["file_id"]].data == png(900, 600)
    call = {"chat_id": stage.ada.id, "photo": sizes[0]["file_id"]}
    assert (await fresh.server.call("sendPhoto", call))["result"]["photo"] == sizes
