"""What is owed to a platform: rows written with the change that causes them, sent afterwards.

Classes, states, lanes and slots: DESIGN.md rules 3 to 7. The loop that sends is bot/delivery.py.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Protocol

from bot import markup
from bot.chat import Address, Button, File, Message, Part
from bot.errors import Rejected
from bot.turn import Turn
from storage import outbox as rows
from storage.db import wake
from storage.gates import EDIT, TOPIC

PIECE = 3_500  # characters of one message: below Telegram's 4,096 and Slack's comfort of 4,000
SECTION = 2_800  # characters of one part: below Slack's 3,000, with room for escapes


class Class(IntEnum):
    """How urgent a delivery is; lower goes first."""

    INTERACTIVE = 0
    TICKET = 1
    REMINDER = 2
    SURVEY = 3
    DIGEST = 4


@dataclass(frozen=True, slots=True)
class Receipt:
    """A platform's word that it has the message."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One claimed delivery, as a Sender gets it.

    `message_id` is what an edit or a delete aims at; `delivery_id` marks a post so that it can be
    found again; `progress` is what `report` said in an earlier attempt.
    """

    id: int
    key: str
    address: Address
    message: Message | None  # None for asks and deletes
    question: dict[str, Any]  # of an ask: {"what": "...", ...}; of a topic {"title"} or {"closed"}
    message_id: str
    delivery_id: str
    started_at: datetime  # real time of the first attempt
    progress: str


class Sender(Protocol):
    """The small verbs of one bot account. Each raises only the four delivery errors."""

    platform: str
    slowest: float  # seconds that one call may take until it is given up

    async def post(self, parcel: Parcel) -> Receipt: ...

    async def edit(self, parcel: Parcel) -> Receipt: ...

    async def delete(self, parcel: Parcel) -> None: ...

    async def topic(self, parcel: Parcel) -> Receipt:
        """Open a topic, give the one of `message_id` its title, or close that of the address."""
        ...

    async def verify(self, parcel: Parcel) -> Receipt | None:
        """Look whether a post in doubt arrived; None = it did not. Unknowable raises InDoubt."""
        ...

    async def ask(self, parcel: Parcel) -> dict[str, Any]:
        """Read something from the platform; the answer comes back as an Event of kind "answer"."""
        ...


class OnlyAsked:
    """The rest of a Sender that answers questions and has no chats."""

    async def post(self, parcel: Parcel) -> Receipt:
        raise _only_asked(parcel)

    async def edit(self, parcel: Parcel) -> Receipt:
        raise _only_asked(parcel)

    async def delete(self, parcel: Parcel) -> None:
        raise _only_asked(parcel)

    async def topic(self, parcel: Parcel) -> Receipt:
        raise _only_asked(parcel)

    async def verify(self, _parcel: Parcel) -> Receipt | None:
        return None


def _only_asked(parcel: Parcel) -> Rejected:
    return Rejected(f"{parcel.address.platform} is only asked")


async def owe(
    turn: Turn,
    to: Address,
    message: Message,
    *,
    key: str,
    subject: str,
    cls: Class,
    slot: str = "",
    fresh: bool = False,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    then: str = "",
) -> None:
    """Owe `message` to `to`: sent once after this transaction commits; a known key does nothing.

    `subject` ("ticket:12", "meeting:7:r3") names the lane and what `drop` can withdraw. A `slot`
    names the message that this one replaces in place (see DESIGN.md 4); `fresh` takes the buttons
    off the old one and posts below. Long text becomes several messages, each file one of its own.
    `then` names a due kind that gets {"key", "state", "reason", "platform_id"} once it has ended.
    """
    if slot and message.files:
        raise ValueError(f"slot {slot}: a message that lives on has no files")
    pieces = pack(message)
    if slot and len(pieces) > 1:
        raise ValueError(f"slot {slot}: {len(markup.plain(message.html))} characters do not fit")
    new = rows.New(
        key=key, address=to, subject=subject, cls=int(cls), not_before=not_before,
        expires_at=expires_at, now=turn.now, then=then,
    )  # fmt: skip
    if slot:
        await rows.put_slot(turn.session, new, to_json(pieces[0]), slot, fresh=fresh)
    else:
        await rows.add(turn.session, new, [to_json(piece) for piece in pieces])
    wake(turn.session, "outbox")


@dataclass(frozen=True)
class Owed:
    """What owe_many takes: a message without slot, as owe would be told of it.

    `campaign` is the id of the campaign that it belongs to (bot/campaigns).
    """

    to: Address
    message: Message
    key: str
    subject: str
    cls: Class
    not_before: datetime | None = None
    expires_at: datetime | None = None
    campaign: int | None = None


async def owe_many(turn: Turn, owed: Sequence[Owed]) -> None:
    """Owe many messages at once, with few statements; known keys do nothing."""
    known = await rows.known_of(turn.session, [one.key for one in owed])
    news, payloads = [], _Payloads()
    for one in owed:
        new = rows.New(
            key=one.key, address=one.to, subject=one.subject, cls=int(one.cls),
            not_before=one.not_before, expires_at=one.expires_at, now=turn.now,
            campaign=one.campaign,
        )  # fmt: skip
        if one.key not in known:
            news += [(new, said, index) for index, said in enumerate(payloads.of(one.message))]
    await rows.add_many(turn.session, news)
    wake(turn.session, "outbox")


class _Payloads:
    """What messages become in the outbox; one that many get is taken apart once."""

    def __init__(self) -> None:
        self._message: Message | None = None
        self._payloads: list[dict[str, Any]] = []

    def of(self, message: Message) -> list[dict[str, Any]]:
        if message is not self._message:
            self._message, self._payloads = message, [to_json(piece) for piece in pack(message)]
        return self._payloads


async def take_back(turn: Turn, key: str, to: Address, message_id: str, cls: Class) -> None:
    """Owe that a message of ours is deleted where it stands."""
    new = rows.New(key=key, address=to, subject=key, cls=int(cls), now=turn.now, kind="delete",
                   target=message_id)  # fmt: skip
    await rows.add(turn.session, new, [{}])
    wake(turn.session, "outbox")


async def owe_topic(
    turn: Turn, to: Address, title: str, *, key: str, subject: str, slot: str, then: str,
    not_before: datetime | None = None,
) -> None:  # fmt: skip
    """Owe a topic of that title in a Telegram group, or its new title. The slot ends in
    TOPIC_SLOT; what is owed to the thread SLOT_THREAD + slot waits for it and goes into it.
    """
    new = rows.New(key=key, address=to, subject=subject, cls=int(Class.TICKET), now=turn.now,
                   not_before=not_before, kind=TOPIC, then=then)  # fmt: skip
    await rows.put_slot(turn.session, new, {"title": title}, slot, fresh=False)
    wake(turn.session, "outbox")


async def close_topic(
    turn: Turn, topic: Address, *, closed: bool, key: str, subject: str, then: str = ""
) -> None:
    """Owe that a topic is closed, or opened again."""
    new = rows.New(key=key, address=topic, subject=subject, cls=int(Class.TICKET), now=turn.now,
                   kind=TOPIC, then=then)  # fmt: skip
    await rows.add(turn.session, new, [{"closed": closed}])
    wake(turn.session, "outbox")


async def reword(turn: Turn, key: str, message: Message, not_before: datetime) -> bool:
    """Other words for a message that is still held; False when it is on its way or gone."""
    wake(turn.session, "outbox")
    return await rows.reword(turn.session, key, to_json(pack(message)[0]), not_before)


async def correct(
    turn: Turn, key: str, to: Address, message_id: str, message: Message, *, subject: str,
    cls: Class,
) -> None:  # fmt: skip
    """Owe that a message of ours says something else where it stands, if it still does."""
    new = rows.New(key=key, address=to, subject=subject, cls=int(cls), now=turn.now, kind=EDIT,
                   target=message_id)  # fmt: skip
    await rows.add(turn.session, new, [to_json(pack(message)[0])])
    wake(turn.session, "outbox")


async def ask(
    turn: Turn, platform: str, what: str, *, key: str, route: str, value: str = "",
    then: str = "", **args: Any,
) -> None:  # fmt: skip
    """Owe a question to a platform ("who", "room", "file"); the answer comes to `route`.

    `value` comes back unchanged in Event.value. Questions: bot/platforms/*/asks.py. `then` is the
    due kind that hears what became of it, as in owe(): a question refused has no answer.
    """
    question = {"what": what, "route": route, "value": value, **args}
    new = rows.New(key=key, address=Address(platform, "", None), subject=f"ask:{what}",  # type: ignore[arg-type]
                   cls=int(Class.INTERACTIVE), now=turn.now, kind="ask", then=then)  # fmt: skip
    await rows.add(turn.session, new, [question])
    wake(turn.session, "outbox")


async def drop(turn: Turn, subject: str, reason: str) -> int:
    """Withdraw what is queued for `subject`; returns how many deliveries were skipped."""
    return await rows.skip_subject(turn.session, subject, reason, turn.now)


async def drop_key(turn: Turn, key: str, reason: str) -> bool:
    """Withdraw one delivery while it is still queued; False when it is too late."""
    return await rows.skip_key(turn.session, key, reason, turn.now)


async def send_now(turn: Turn, key: str) -> bool:
    """End the hold of a queued delivery; False when it is gone already."""
    wake(turn.session, "outbox")
    return await rows.release(turn.session, key)


def pack(message: Message) -> list[Message]:
    """The messages that the strictest platform takes one by one; text first, then each file."""
    if not message.files and 2 * sum(len(part.html) for part in message.parts) <= SECTION:
        return [message]  # short whatever stands in it: characters count twice at most
    parts = [Part(html, part.buttons if last else ())
             for part in message.parts
             for html, last in _with_last(markup.split(part.html, SECTION))]  # fmt: skip
    pieces: list[list[Part]] = []
    filled = PIECE
    for part in parts:
        length = markup.size(markup.plain(part.html))
        if filled + length > PIECE:
            pieces.append([])
            filled = 0
        pieces[-1].append(part)
        filled += length
    texts = [Message(tuple(piece), speaker=message.speaker) for piece in pieces]
    return [*texts, *(Message(files=(file,), speaker=message.speaker) for file in message.files)]


def _with_last(pieces: list[str]) -> list[tuple[str, bool]]:
    return [(piece, index == len(pieces) - 1) for index, piece in enumerate(pieces)]


def to_json(message: Message) -> dict[str, Any]:
    """As dataclasses.asdict, which is ten times as slow for the parts of a text."""
    return {
        "parts": [{"html": part.html, "buttons": [asdict(button) for button in part.buttons]}
                  for part in message.parts],
        "files": [asdict(file) for file in message.files],
        "speaker": message.speaker,
    }  # fmt: skip


def from_json(payload: dict[str, Any]) -> Message:
    """The inverse of to_json."""
    parts = tuple(
        Part(part["html"], tuple(Button(**button) for button in part["buttons"]))
        for part in payload["parts"]
    )
    files = tuple(File(**file) for file in payload["files"])
    return Message(parts, files, payload["speaker"])
