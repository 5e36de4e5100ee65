"""What people and rules do to the bot while it is killed, and what must have come of it."""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import func, insert, select

from bot import due, outbox, texts
from bot.chat import Address, Button, Message
from bot.config import Config
from bot.outbox import Class
from bot.turn import Turn
from sandbox.slack.emulator import SlackEmulator
from sandbox.telegram.emulator import TelegramEmulator
from storage import blobs
from storage import outbox as rows
from storage.claims import OPEN_STATES
from storage.db import Database, Session, wake
from storage.gates import DELETE
from storage.models_delivery import Delivery
from tests.crash.forum import Forum

ROOMS = 12  # Slack channels that are written to
CHATS = 30  # Telegram people who have started the bot
SLOTS = 3  # on each platform
OURS = ("U0LIN", "U0BO", "U0ANA", "U0MEI", "U0CHEN")
PLATFORMS = ("slack", "telegram")
SORTS = {"post": 6, "thread": 4, "file": 4, "slot": 4, "delete": 3, "button": 4}
DUE_WITHIN = 3.0  # seconds
TOPICS = 0.2  # of the times that something is owed, also something of a topic
BACKLOG = 100  # open rows; with more, lives are too short to come to what is rare
_OPEN = select(func.count()).select_from(Delivery).where(Delivery.state.in_(OPEN_STATES))


@dataclass
class Load:
    """`chance` decides where, what and how urgent. The rest is what the judge must find."""

    slack: SlackEmulator
    telegram: TelegramEmulator
    database: Database
    config: Config
    chance: random.Random
    rooms: list[str] = field(default_factory=list)
    threads: dict[str, str] = field(default_factory=dict)  # room -> ts of its first message
    chats: list[int] = field(default_factory=list)
    number: int = 0  # of all that was done so far
    said: Counter[str] = field(default_factory=Counter)  # messages that get an answer
    keys: set[str] = field(default_factory=set)  # rows that were owed
    slots: dict[str, str] = field(default_factory=dict)  # slot -> its last words
    decided: set[str] = field(default_factory=set)  # due work, each leaves a row
    pressed: dict[str, bool] = field(default_factory=dict)  # presses; acknowledged?
    noted: dict[str, bool] = field(default_factory=dict)  # commands; acknowledged?
    deleted: set[str] = field(default_factory=set)  # keys of what was to be deleted
    forum: Forum = field(init=False)
    _buttons: dict[str, Address] = field(default_factory=dict)  # not pressed yet

    def __post_init__(self) -> None:
        self.forum = Forum(self.telegram, self.chance, self.keys)

    async def populate(self) -> None:
        """Rooms with a thread each, and people who have pressed Start."""
        for n in range(ROOMS):
            room = self.slack.add_channel(f"probe-{n}", members=["U0LIN"]).id
            self.rooms.append(room)
            self.threads[room] = await self.slack.post("U0LIN", room, "a thread begins")
        self.chats = list(self.telegram.world.people)[:CHATS]
        for chat in self.chats:
            await self.telegram.start(chat)
            self.said["telegram"] += 1
        async with self.database.transaction() as (session, now):
            await self.forum.populate(Turn(session, now, self.config))

    async def owe(self) -> None:
        """One row for each platform, through a connection of our own as a command would."""
        async with self.database.transaction() as (session, now):
            if await _is_behind(session):
                return
            turn = Turn(session, now, self.config)
            for platform in PLATFORMS:
                sort = self.chance.choices(list(SORTS), list(SORTS.values()))[0]
                await self._owe(turn, platform, sort)
            if self.chance.random() < TOPICS:
                await self.forum.go_on(turn, self._next())
            await self._put(turn)

    async def cause(self, call: str) -> None:
        """See to it that there is something for which this call of a topic's is made."""
        async with self.database.transaction() as (session, now):
            await self.forum.cause(Turn(session, now, self.config), call, self._next())

    async def write(self) -> None:
        """Somebody of ours writes in Slack, somebody else in Telegram; both give a command."""
        async with self.database.reading() as session:
            if await _is_behind(session):
                return
        who, person = self.chance.choice(OURS), self.chance.choice(self.chats)
        await self.slack.post(who, self.slack.dm(who), f"nosuchword {self._next()}")
        await self.telegram.write(person, person, f"/nosuchword {self._next()}")
        self.said.update(PLATFORMS)
        words = f"t{self._next()}"
        self.noted[words] = True
        await self.telegram.write(person, person, f"/probe {words}")
        words = f"s{self._next()}"
        self.noted[words] = False  # Slack tries a command once
        room = self.chance.choice(self.rooms)
        outcome = await self.slack.command("U0LIN", room, "/probe", words)
        self.noted[words] = outcome.ok

    async def press(self) -> None:
        """Everybody presses the buttons that stand in their chats."""
        for key, where in list(self._buttons.items()):
            row = await self._row(key)
            if row is None or row.state != "sent":
                continue
            del self._buttons[key]
            self.pressed[key] = where.platform == "telegram"  # Slack tries a press once
            if where.platform == "telegram":
                chat = int(where.chat)
                await self.telegram.press(chat, chat, int(row.platform_id), "Press", within=0.01)
            else:
                pressed = await self.slack.press("U0LIN", where.chat, row.platform_id,
                                                 label="Press")  # fmt: skip
                self.pressed[key] = pressed.ok

    def _next(self) -> int:
        self.number += 1
        return self.number

    async def _owe(self, turn: Turn, platform: str, sort: str) -> None:
        key, to = f"{sort}:{self._next()}", self._somewhere(platform, sort)
        said, cls, slot = texts.plain_message(key), Class.INTERACTIVE, ""
        if sort == "file":
            words = key.encode()
            file = await blobs.keep(turn.session, key, "text/plain", words, turn.now)
            said = Message(files=(file,))
        elif sort == "slot":
            slot = f"slot of {to}"
            self.slots[slot] = key
        elif sort == "button":
            button = Button("Press", "probe.press", key)
            said = Message((replace(said.parts[0], buttons=(button,)),))
            self._buttons[key] = to
        elif sort == "delete":
            await self._owe_deletion(turn, platform, key)
            return
        else:
            cls = self.chance.choice(list(Class))
        self.keys.add(key)
        await outbox.owe(turn, to, said, key=key, subject=key, cls=cls, slot=slot)

    def _somewhere(self, platform: str, sort: str) -> Address:
        places: list[str] = self.rooms if platform == "slack" else list(map(str, self.chats))
        if sort == "slot":
            return Address(platform, self.chance.choice(places[:SLOTS]))  # type: ignore[arg-type]
        chat = self.chance.choice(places)
        thread = self.threads.get(chat) if sort == "thread" else None
        return Address(platform, chat, thread)  # type: ignore[arg-type]

    async def _owe_deletion(self, turn: Turn, platform: str, key: str) -> None:
        """Of something that stands there, if there is anything."""
        there = await turn.session.scalar(
            select(Delivery)
            .where(Delivery.platform == platform, Delivery.state == "sent",
                   Delivery.key.like("post:%"), Delivery.key.not_in(self.deleted))
            .order_by(func.random()).limit(1)
        )  # fmt: skip
        if there is None:
            return
        self.keys.add(key)
        self.deleted.add(there.key)
        new = rows.New(key, Address.parse(there.address), key, Class.TICKET, turn.now,
                       kind=DELETE, target=there.platform_id)  # fmt: skip
        await turn.session.execute(insert(Delivery), [new.row({})])
        wake(turn.session, "outbox")

    async def _put(self, turn: Turn) -> None:
        key = f"d{self._next()}"
        self.decided.add(key)
        due_at = turn.now + timedelta(seconds=self.chance.uniform(0, DUE_WITHIN))
        to = self._somewhere(self.chance.choice(PLATFORMS), "post")
        await due.put(turn, key=key, kind="probe.decide", due_at=due_at, to=str(to))

    async def _row(self, key: str) -> Delivery | None:
        async with self.database.reading() as session:
            return await rows.find(session, key)


async def _is_behind(session: Session) -> bool:
    return (await session.scalar(_OPEN) or 0) > BACKLOG
