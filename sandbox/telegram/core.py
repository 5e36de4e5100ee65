"""What both sides share: posting and changing messages, telling the bot, showing the people."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.journal import Entry, EntryKind, Journal
from sandbox.telegram import shapes
from sandbox.telegram.errors import bad, forbidden
from sandbox.telegram.feed import Feed
from sandbox.telegram.limits import Limits
from sandbox.telegram.markup import is_inline
from sandbox.telegram.record import Record
from sandbox.telegram.webhook import Webhook
from sandbox.telegram.world import Chat, Json, Message, Status, Topic, World

TOPIC_COLOR = 7322096
QUERY_TTL = 15.0  # real seconds in which a press can be answered


@dataclass
class Query:
    """A press that waits for its answer; the button spins until then."""

    id: str
    person: int
    chat: int
    message: int
    born: float
    answer: asyncio.Future[str]


class Core:
    def __init__(
        self, world: World, clock: SandboxClock, journal: Journal, base_url: str, record: Record
    ) -> None:
        self.world = world
        self.clock = clock
        self.journal = journal
        self.base_url = base_url.rstrip("/")
        self.record = record
        self.faults = Faults()
        self.feed = Feed(self.faults)
        self.limits = Limits()
        self.webhook = Webhook(self.feed, self._answer_of_webhook)
        self.call: Callable[[str, Json], Awaitable[Json]] | None = None  # set by the server
        self.queries: dict[str, Query] = {}
        self.query_ttl = QUERY_TTL
        self._query_ids = itertools.count(int(time.time() * 1000) << 20)

    async def _answer_of_webhook(self, method: str, args: Json) -> None:
        if self.call:
            await self.call(method, args)

    # Reading

    def now(self) -> int:
        return int(self.clock.now().timestamp())

    def find_chat(self, chat_id: int | str) -> Chat:
        """The chat an id or @username means, migrated ones with their new id."""
        room: Chat | None = None
        if isinstance(chat_id, int):
            known = chat_id in self.world.people
            room = self.world.private(chat_id) if known else self.world.chats.get(chat_id)
        else:
            name = chat_id.removeprefix("@").lower()
            for candidate in self.world.chats.values():
                if candidate.username and candidate.username.lower() == name:
                    room = candidate
        if room is None:
            raise bad("chat not found")
        if room.migrated_to is not None:
            words = "group chat was upgraded to a supergroup chat"
            raise bad(words, migrate_to_chat_id=room.migrated_to)
        return room

    def reach(self, chat_id: int | str, *, write: bool = True) -> Chat:
        """The chat if the bot may look at it (or write to it), else reality's refusal."""
        room = self.find_chat(chat_id)
        if room.kind == "private":
            self._reach_person(room, write)
            return room
        if room.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {room.kind} chat")
        if room.bot_status == "left":
            if not room.bot_was_here:
                raise bad("chat not found")
            raise forbidden(f"bot is not a member of the {room.kind} chat")
        return room

    def _reach_person(self, room: Chat, write: bool) -> None:
        person = self.world.people[room.id]
        if person.deactivated:
            raise forbidden("user is deactivated")
        if not room.started:
            rooms = self.world.chats.values()
            if not any(room.id in r.members and r.has_bot for r in rooms if r.kind != "private"):
                raise bad("chat not found")
            if write:
                raise forbidden("bot can't initiate conversation with a user")
        if room.blocked and write:
            raise forbidden("bot was blocked by the user")

    def shown(self, message: Message) -> Json:
        return shapes.message(self.world, message)

    def on_screen(self, message: Message) -> Json:
        """As `shown`, with the reply keyboard that only people see."""
        shown = self.shown(message)
        return shown | {"reply_markup": message.keyboard} if message.keyboard else shown

    def author(self, who: int) -> str:
        if who == self.world.bot.id:
            return self.world.bot.first_name
        return self.world.people[who].name

    # Changing

    def post(
        self,
        room: Chat,
        sender: int,
        content: Json,
        *,
        reply_to: int | None = None,
        thread: int | None = None,
        quiet: bool = False,
    ) -> Message:
        """A new message in the room, seen by all its people (unless `quiet`: history only)."""
        number = self.world.next_message_id(room)
        body: Json = {
            "message_id": number,
            "from": shapes.user(self.world, sender),
            "chat": shapes.chat(self.world, room),
            "date": self.now(),
        }
        thread = self._thread(room, reply_to, thread)
        if thread is not None:
            body["message_thread_id"] = thread
            if room.is_forum:
                body["is_topic_message"] = True
        message = Message(room.id, number, sender, body | content, reply_to, thread)
        markup = message.body.get("reply_markup")
        if markup and not is_inline(markup):
            message.keyboard = message.body.pop("reply_markup")
        self.world.keep(message)
        if not quiet:
            self.show("new", message)
        return message

    def _thread(self, room: Chat, reply_to: int | None, thread: int | None) -> int | None:
        """A reply stays in its topic; in a plain supergroup replies make a thread of their own."""
        replied = self.world.message(room.id, reply_to) if reply_to is not None else None
        if room.is_forum:
            return thread if thread is not None else replied.thread if replied else None
        if room.kind == "supergroup" and replied:
            return replied.thread or replied.id
        return None

    def change(self, message: Message, content: Json, *, stamp: bool = True) -> None:
        """New content for an old message; parts given as None vanish."""
        for name, value in content.items():
            if value is None or value == []:
                message.body.pop(name, None)
            else:
                message.body[name] = value
        if stamp:
            message.body["edit_date"] = self.now()
        self.show("edit", message)

    def delete(self, message: Message) -> None:
        message.deleted = True
        self.show("delete", message)

    def new_topic(self, room: Chat, author: int, name: str) -> Topic:
        """A topic; its id is that of the service message that opens it."""
        number = room.last_message + 1
        room.topics[number] = Topic(number, name, number)
        service = {"forum_topic_created": {"name": name, "icon_color": TOPIC_COLOR}}
        self.tell_message(self.post(room, author, service, thread=number))
        return room.topics[number]

    def rename_topic(self, room: Chat, author: int, topic: Topic, name: str) -> None:
        topic.name = name
        service = {"forum_topic_edited": {"name": name}}
        self.tell_message(self.post(room, author, service, thread=topic.id))

    def close_topic(self, room: Chat, author: int, topic: Topic, closed: bool) -> None:
        """Closed, only admins write in it."""
        topic.closed = closed
        service: Json = {"forum_topic_closed" if closed else "forum_topic_reopened": {}}
        self.tell_message(self.post(room, author, service, thread=topic.id))

    def delete_topic(self, room: Chat, topic: Topic) -> None:
        """With all its messages; no bot is told."""
        del room.topics[topic.id]
        for message in [*self.world.messages.get(room.id, {}).values()]:
            if message.thread == topic.id and not message.deleted:
                self.delete(message)

    # Showing and telling

    def show(self, kind: EntryKind, message: Message, text: str | None = None) -> Entry:
        room = self.world.chats[message.chat]
        words = shapes.plain_text(self.world, message.body) if text is None else text
        raw = self.on_screen(message)
        at = self.clock.now()
        return self.journal.add(
            lambda seq: Entry(
                seq=seq,
                platform="telegram",
                kind=kind,
                room=str(room.id),
                thread=None if message.thread is None else str(message.thread),
                message=str(message.id),
                author=self.author(message.sender),
                by_bot=message.sender == self.world.bot.id,
                text=words,
                buttons=shapes.labels(message.markup),
                files=shapes.file_names(message.body),
                readers=frozenset(str(p) for p in room.people()),
                private=False,
                at=at,
                raw=raw,
            )
        )

    def toast(self, query: Query, text: str, raw: Json) -> None:
        self.journal.add(
            lambda seq: Entry(
                seq=seq,
                platform="telegram",
                kind="toast",
                room="",
                thread=None,
                message=query.id,
                author=self.world.bot.first_name,
                by_bot=True,
                text=text,
                buttons=(),
                files=(),
                readers=frozenset({str(query.person)}),
                private=True,
                at=self.clock.now(),
                raw=raw,
            )
        )

    def tell_message(self, message: Message, kind: str = "message") -> None:
        """Give a person's message to the bot, if its privacy mode lets it hear."""
        if hears(self.world, message):
            self.feed.put(kind, self.shown(message))

    def tell_bot_status(self, room: Chat, who: int, old: Json) -> None:
        """my_chat_member: `who` changed what the bot is in this chat."""
        bot = self.world.bot.id
        status: Status = room.bot_status
        if room.kind == "private":
            status = "kicked" if room.blocked else "member"
        payload = {
            "chat": shapes.chat(self.world, room),
            "from": shapes.user(self.world, who),
            "date": self.now(),
            "old_chat_member": old,
            "new_chat_member": shapes.member(self.world, room, bot, status),
        }
        self.feed.put("my_chat_member", payload)

    def open_query(self, person: int, message: Message, data: str) -> Query:
        query = Query(
            id=str(next(self._query_ids)),
            person=person,
            chat=message.chat,
            message=message.id,
            born=time.monotonic(),
            answer=asyncio.get_running_loop().create_future(),
        )
        self._forget_old_queries()
        self.queries[query.id] = query
        payload = {
            "id": query.id,
            "from": shapes.user(self.world, person),
            "message": self.shown(message),
            "chat_instance": str(-3_000_000_000_000_000_000 - message.chat),
            "data": data,
        }
        room = self.world.chats[message.chat]
        if room.kind == "private" or room.has_bot:
            self.feed.put("callback_query", payload)
        return query

    def _forget_old_queries(self) -> None:
        """Presses nobody answered; they stand in the order of their birth."""
        now = time.monotonic()
        while self.queries:
            oldest = next(iter(self.queries.values()))
            if now - oldest.born <= self.query_ttl:
                return
            del self.queries[oldest.id]

    def take_query(self, query_id: str) -> Query:
        """The press to answer, once and not too late."""
        query = self.queries.pop(query_id, None)
        if query is None or time.monotonic() - query.born > self.query_ttl:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        return query


def hears(world: World, message: Message) -> bool:
    """Whether a message reaches the bot.

    In groups with privacy mode on and no admin rights only: service messages, replies to the bot,
    commands that are not another bot's, and messages that mention it (BotFather's /setprivacy).
    """
    room = world.chats[message.chat]
    if room.kind == "private":
        return room.started and not room.blocked
    if not room.has_bot:
        return False
    if not world.bot.privacy or room.bot_is_admin or shapes.is_service(message.body):
        return True
    replied = world.message(room.id, message.reply_to) if message.reply_to else None
    if replied and replied.sender == world.bot.id:
        return True
    return _addressed(message.body, message.text, world.bot.username.lower())


def _addressed(body: Json, text: str, username: str) -> bool:
    for entity in body.get("entities") or body.get("caption_entities") or []:
        start, length = entity["offset"] * 2, entity["length"] * 2
        words = text.encode("utf-16-le")[start : start + length].decode("utf-16-le").lower()
        if entity["type"] == "mention" and words == f"@{username}":
            return True
        if entity["type"] == "bot_command" and entity["offset"] == 0:
            return "@" not in words or words.endswith(f"@{username}")
    return False
