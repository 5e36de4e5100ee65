"""Tickets with a topic of their own in Telegram groups, while the bot is killed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from bot import outbox, texts
from bot.chat import SLOT_THREAD, Address
from bot.outbox import Class
from bot.tickets import topics
from bot.turn import Turn
from sandbox.telegram.emulator import TelegramEmulator
from sandbox.telegram.world import Topic
from storage.models_delivery import Delivery, Slot
from storage.models_work import Ticket
from tests.factories import a_partner

FORUMS = 4  # groups; each takes twenty messages a minute
FULL = 6  # tickets at most that are open
CALLS = ("createForumTopic", "sendMessage", "editForumTopic", "closeForumTopic")


@dataclass
class Forum:
    """What was owed, and so must stand there at the end."""

    telegram: TelegramEmulator
    chance: random.Random
    keys: set[str]  # of what is said in topics, beside all else that is owed
    groups: list[str] = field(default_factory=list)
    homes: dict[int, str] = field(default_factory=dict)  # ticket -> its group
    titles: dict[int, str] = field(default_factory=dict)  # ticket -> the last title of its topic
    closed: set[int] = field(default_factory=set)  # tickets whose topic is closed
    _partner: int = 0

    async def populate(self, turn: Turn) -> None:
        """Groups with topics, in which the bot may open some."""
        host = next(iter(self.telegram.world.people))
        for n in range(FORUMS):
            group = self.telegram.add_group(f"forum {n}", [host], forum=True, bot_admin=True)
            self.groups.append(str(group.id))
        self._partner = (await a_partner(turn.session, turn.now, "Probe", owner=None)).id

    async def cause(self, turn: Turn, call: str, number: int) -> None:
        """Owe what this call is made for: of the oldest ticket whose topic stands, or a new one.

        Few are open at a time, so that the groups do not fall behind.
        """
        there = set(await turn.session.scalars(select(Slot.name).where(Slot.message_id != "")))
        open_ones = [one for one in self.homes if one not in self.closed and _slot(one) in there]
        if call == "createForumTopic" or not open_ones:
            if len(self.homes) - len(self.closed) < FULL:
                await self._open(turn, number)
        elif call == "editForumTopic":
            await self._name(turn, open_ones[0], number)
        elif call == "closeForumTopic":
            await self._close(turn, open_ones[0])
        else:
            await self._talk(turn, self.chance.choice(open_ones), number)

    async def go_on(self, turn: Turn, number: int) -> None:
        await self.cause(turn, self.chance.choice(CALLS), number)

    def place(self, ticket: int) -> Address:
        """In the topic."""
        return Address("telegram", self.homes[ticket], f"{SLOT_THREAD}{_slot(ticket)}")

    async def _open(self, turn: Turn, number: int) -> None:
        version = turn.config.version
        ticket = Ticket(partner_id=self._partner, title=f"topic {number}", status="open",
                        opened_at=turn.now, address="", settings_version=version)  # fmt: skip
        turn.session.add(ticket)
        await turn.session.flush()
        self.homes[ticket.id] = self.chance.choice(self.groups)
        await self._name(turn, ticket.id, number)
        await self._talk(turn, ticket.id, number)  # waits for the topic

    async def _name(self, turn: Turn, ticket: int, number: int) -> None:
        slot, self.titles[ticket] = _slot(ticket), f"T-{ticket} topic {number}"
        await outbox.owe_topic(
            turn, Address("telegram", self.homes[ticket]), self.titles[ticket],
            key=f"{slot}:{number}", subject=slot, slot=slot, then=topics.KIND,
        )  # fmt: skip

    async def _talk(self, turn: Turn, ticket: int, number: int) -> None:
        key, cls = f"talk:{ticket}:{number}", self.chance.choice(list(Class))
        self.keys.add(key)
        await outbox.owe(turn, self.place(ticket), texts.plain_message(key), key=key,
                         subject=key, cls=cls)  # fmt: skip

    async def _close(self, turn: Turn, ticket: int) -> None:
        self.closed.add(ticket)
        slot = _slot(ticket)
        await outbox.close_topic(turn, self.place(ticket), closed=True, key=f"{slot}:closed",
                                 subject=slot, then=topics.KIND)  # fmt: skip


def _slot(ticket: int) -> str:
    return f"ticket:{ticket}:topic"


def judge(forum: Forum, rows: Sequence[Delivery], slots: Sequence[Slot]) -> tuple[int, list[str]]:
    """How many tickets' topics were opened once more, and what is wrong."""
    known = {slot.name: slot.message_id for slot in slots}
    repeated = {row.subject for row in rows if row.attempts > 1}
    faults, twice = [], 0
    for ticket, title in forum.titles.items():
        opened = {topic.id: topic for topic in _topics(forum, forum.homes[ticket])
                  if topic.name.split()[0] == f"T-{ticket}"}  # fmt: skip
        own = opened.pop(int(known.get(_slot(ticket)) or 0), None)
        if own is None:
            faults.append(f"{title} has no topic")
        elif (own.name, own.closed) != (title, ticket in forum.closed):
            faults.append(f"the topic of {title} is {own.name!r}, closed: {own.closed}")
        else:
            faults += _said_elsewhere(forum, rows, ticket, own.id)
        if opened and _slot(ticket) not in repeated:
            faults.append(f"the topic of {title} was opened again without need")
        faults += [f"a second topic of {title} is open" for one in opened.values()
                   if not one.closed]  # fmt: skip
        twice += len(opened)
    return twice, faults


def _topics(forum: Forum, group: str) -> list[Topic]:
    return list(forum.telegram.world.chats[int(group)].topics.values())


def _said_elsewhere(forum: Forum, rows: Sequence[Delivery], ticket: int, topic: int) -> list[str]:
    """What was said of a ticket stands in its topic and nowhere else."""
    there = str(forum.place(ticket))
    group = forum.telegram.world.messages[int(forum.homes[ticket])]
    return [f"{row.key} is not in topic {topic}" for row in rows
            if row.address == there and row.kind == "message" and row.state == "sent"
            and group[int(row.platform_id)].thread != topic]  # fmt: skip
