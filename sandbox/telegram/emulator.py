"""A local Telegram in one object: world, people's hands, and the routes of its Bot API."""

from starlette.routing import BaseRoute

from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.journal import Journal
from sandbox.telegram.api_bot import menu
from sandbox.telegram.build import chat_id, person_id
from sandbox.telegram.core import Core
from sandbox.telegram.feed import Feed
from sandbox.telegram.limits import LimitMode, Limits
from sandbox.telegram.play import ChatRef, PersonRef
from sandbox.telegram.play_rooms import PlayRooms
from sandbox.telegram.record import Record
from sandbox.telegram.server import Server
from sandbox.telegram.world import Bot, Chat, Json, Message, World

DEMO_TOKEN = "7000000001:AAExampleSandboxTokenOpensNothingAtAll0"  # noqa: S105 - opens nothing


class TelegramEmulator(PlayRooms):
    """One bot account and everybody around it.

    `TELEGRAM_API_URL` for the bot is `.api_url`; mount `.routes()` in a Starlette app at the root.
    """

    def __init__(
        self,
        clock: SandboxClock,
        journal: Journal,
        base_url: str,
        *,
        token: str = DEMO_TOKEN,
        username: str = "LiaisonDemoBot",
        name: str = "Liaison",
        privacy: bool = True,
        limits: LimitMode = "off",
        delay: float = 0.0,
        record_cap: int | None = None,
    ) -> None:
        bot = Bot(int(token.partition(":")[0]), token, username, name, privacy)
        self.core = Core(World(bot), clock, journal, base_url, Record(record_cap))
        self.server = Server(self.core)
        self.server.delay = delay
        self.core.limits.set_mode(limits)

    @property
    def api_url(self) -> str:
        return f"{self.core.base_url}{self.server.prefix}"

    @property
    def bot(self) -> Bot:
        return self.core.world.bot

    @property
    def world(self) -> World:
        return self.core.world

    @property
    def faults(self) -> Faults:
        return self.core.faults

    @property
    def limits(self) -> Limits:
        return self.core.limits

    @property
    def feed(self) -> Feed:
        return self.core.feed

    @property
    def record(self) -> Record:
        return self.core.record

    @property
    def delay(self) -> float:
        return self.server.delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self.server.delay = seconds

    def routes(self) -> list[BaseRoute]:
        return self.server.routes()

    def messages(self, chat: ChatRef, topic: int | None = None) -> list[Message]:
        """What stands in the chat now, oldest first."""
        rows = self.world.messages.get(chat_id(chat), {}).values()
        return [m for m in rows if not m.deleted and (topic is None or m.thread == topic)]

    def shown(self, message: Message) -> Json:
        """The Bot API object with entities and all kinds of buttons, for those who render it."""
        return self.core.on_screen(message)

    def chats_of(self, person: PersonRef) -> list[Chat]:
        """The rooms on this person's screen; the chat with the bot first."""
        who = person_id(person)
        private = self.world.private(who)
        rooms = [c for c in self.world.chats.values() if c.kind != "private"]
        return [private, *(c for c in rooms if who in c.people() and c.migrated_to is None)]

    def menu(self, person: PersonRef, chat: ChatRef) -> list[Json]:
        """The commands offered to this person in this chat."""
        return menu(self.core, self.world.chats[chat_id(chat)], person_id(person))

    async def close(self) -> None:
        """End the waiting poll and the webhook's deliveries, so that the server can stop."""
        self.core.feed.terminate(None)
        await self.core.webhook.stop()

    def dump(self) -> Json:
        """All that must survive a stop of the sandbox, JSON-able."""
        return {"world": self.world.dump(), "feed": self.feed.dump()}

    def load(self, data: Json, *, replay: bool = True) -> None:
        """Take up a dumped world; `replay` shows its conversation again in the journal."""
        self.core.world = World.load(data["world"])
        self.core.feed.load(data["feed"])
        if not replay:
            return
        rows = [m for room in self.world.messages.values() for m in room.values()]
        for message in sorted(rows, key=lambda m: m.order):
            if not message.deleted:
                self.core.show("new", message)
