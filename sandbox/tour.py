"""Plays the story of tour.toml by itself and holds every word that people see against it.

Strict both ways: a watched person must see each written line, in that order, at that local time,
and nothing that is not written.
"""

import asyncio
import re
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.control import Control
from sandbox.journal import Entry, Journal
from sandbox.slack import SlackEmulator, Upload
from sandbox.telegram import TelegramEmulator

STORY = Path(__file__).parent / "tour.toml"
PATIENCE = 8.0  # real seconds a line may take to appear
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da63fcff"
    "1f0003030200efa2a75b0000000049454e44ae426082"
)  # one grey pixel
VERBS = ("types", "presses", "opens", "fills", "photo", "invites", "starts")
LINK = re.compile(r"https://t\.me/\S+")


class Differs(Exception):
    """The first difference between the story and what people saw."""


@dataclass(frozen=True)
class Player:
    """One of the cast: a person on one platform, with the zone of their clock."""

    name: str
    platform: str
    id: str
    zone: ZoneInfo
    alone: bool = False  # watched only where nobody else reads: direct messages, private answers
    rooms: tuple[str, ...] = ()  # watched only there, and where nobody else reads; () = everywhere


@dataclass
class Watch:
    """What a player has seen so far: the next entry that the story must speak of."""

    player: Player
    unread: list[Entry] = field(default_factory=list)
    homes: list[Entry] = field(default_factory=list)  # states of their App Home


class Tour:
    """Runs the scenes against the emulators; business time through the bot's control API."""

    def __init__(self, slack: SlackEmulator, telegram: TelegramEmulator, journal: Journal,
                 control: Control,
        say: Callable[[str], None],
                 story: Path = STORY) -> None:  # fmt: skip
        self._slack, self._telegram, self._journal = slack, telegram, journal
        self._control, self._say = control, say
        self._story = tomllib.loads(story.read_text("utf-8"))
        self._players = {name: _player(name, row) for name, row in self._story["cast"].items()}
        self._watches = {name: Watch(player) for name, player in self._players.items()}
        self._read = -1
        self._lines = 0
        self._link = ""

    async def run(self) -> None:
        """Every scene in order; Differs at the first line that is not as written."""
        began = time.monotonic()
        for scene in self._story["scene"]:
            self._say(f"· {scene['title']}")
            for number, step in enumerate(scene["step"], 1):
                try:
                    await self._step(step)
                except Differs as difference:
                    raise Differs(f"{scene['title']}, step {number}: {difference}") from None
            await self._nothing_more(scene["title"])
        taken = time.monotonic() - began
        self._say(f"{len(self._story['scene'])} scenes, {self._lines} lines seen as written, "
                  f"{taken:.0f} s")  # fmt: skip

    async def _step(self, step: Mapping[str, Any]) -> None:
        if "sees" in step:
            await self._sees(self._watches[step["who"]], step)
        elif "clock" in step:
            await self._move(step["clock"])
        else:
            await self._does(self._players[step["who"]], step)

    async def _move(self, clock: Mapping[str, Any]) -> None:
        if "to" in clock:
            await self._control.move_to(datetime.fromisoformat(clock["to"]))
        elif clock.get("next"):
            await self._control.move_to_next_due()
        else:
            await self._control.advance(timedelta(**clock))

    # What people do

    async def _does(self, player: Player, step: Mapping[str, Any]) -> None:
        act = getattr(self, f"_{player.platform}_{_verb(step)}", None)
        if act is None:
            raise Differs(f"{player.name} cannot do {dict(step)}")
        await act(player, step)

    async def _slack_types(self, player: Player, step: Mapping[str, Any]) -> None:
        text, room = step["types"], step.get("room", "C0TEAM")
        if text.startswith("/"):
            word, _, rest = text.partition(" ")
            await self._slack.command(player.id, room, word, rest)
            return
        thread = self._thread(player, step["thread"]) if "thread" in step else None
        await self._slack.post(player.id, room, text, thread_ts=thread)

    async def _slack_presses(self, player: Player, step: Mapping[str, Any]) -> None:
        entry = await self._button(player, step)
        await self._slack.press(player.id, entry.room, entry.message, label=step["presses"])

    async def _slack_fills(self, player: Player, step: Mapping[str, Any]) -> None:
        await self._until(lambda: self._slack.current_modal(player.id) is not None)
        await self._slack.submit_modal(player.id, step["fills"])

    async def _slack_invites(self, player: Player, step: Mapping[str, Any]) -> None:
        await self._slack.invite_bot(step["invites"], by=player.id)

    async def _slack_opens(self, player: Player, _step: Mapping[str, Any]) -> None:
        await self._slack.home(player.id)

    async def _slack_photo(self, player: Player, step: Mapping[str, Any]) -> None:
        upload = Upload(step["photo"], PHOTO, "image/png")
        await self._slack.post(player.id, step["room"], "", files=[upload])

    async def _telegram_types(self, player: Player, step: Mapping[str, Any]) -> None:
        chat = int(step.get("room", player.id))
        await self._telegram.write(int(player.id), chat, step["types"], topic=step.get("topic"))

    async def _telegram_starts(self, player: Player, _step: Mapping[str, Any]) -> None:
        await self._telegram.start(int(player.id))

    async def _telegram_opens(self, player: Player, step: Mapping[str, Any]) -> None:
        if not self._link:
            raise Differs("nobody was shown a t.me link")
        group = step.get("room")
        await self._telegram.open_link(int(player.id), self._link, int(group) if group else None)

    async def _telegram_presses(self, player: Player, step: Mapping[str, Any]) -> None:
        entry = await self._button(player, step)
        label = step["presses"]
        await self._telegram.press(int(player.id), int(entry.room), int(entry.message), label)

    async def _telegram_photo(self, player: Player, step: Mapping[str, Any]) -> None:
        chat = int(step.get("room", player.id))
        await self._telegram.photo(int(player.id), chat, PHOTO, step.get("caption", ""))

    async def _button(self, player: Player, step: Mapping[str, Any]) -> Entry:
        found: list[Entry] = []

        def there() -> bool:
            label, words = step["presses"], step.get("on", "")
            shown = _standing(self._journal, player)
            found[:] = [e for e in shown if label in e.buttons and words in e.text]
            return bool(found)

        await self._until(there, lambda: f"{player.name} has no button [{step['presses']}]")
        return found[-1]

    def _thread(self, player: Player, words: str) -> str:
        for entry in reversed(_standing(self._journal, player)):
            if words in entry.text:
                return entry.thread or entry.message
        raise Differs(f"{player.name} has no message with “{words}”")

    # What people see

    async def _sees(self, watch: Watch, step: Mapping[str, Any]) -> None:
        """The next state of one message on their screen must be as written.

        Two messages of one room may come in either order: the platforms pace them each.
        """
        found: list[Entry] = []

        def there() -> bool:
            self._take_in()
            seen = watch.homes[-1:] if step.get("home") else _states(watch.unread, step)
            found[:] = [entry for entry in seen if _is_as_written(entry, step)]
            return bool(found)

        await self._until(there, lambda: _missing(watch, step))
        entry = found[0]
        watch.unread[:] = [other for other in watch.unread if not _is_read(other, entry, step)]
        self._compare(watch.player, entry, step)
        self._lines += 1
        if link := LINK.search(entry.text):
            self._link = link[0]

    def _compare(self, player: Player, entry: Entry, step: Mapping[str, Any]) -> None:
        if "buttons" in step and tuple(step["buttons"]) != entry.buttons:
            raise Differs(f"{player.name}, “{entry.text}”: the buttons are {list(entry.buttons)}")
        here = f"{entry.at.astimezone(player.zone):%H:%M}"
        if "at" in step and step["at"] != here:
            raise Differs(f"{player.name} sees this at {here}, not {step['at']}:\n{entry.text}")
        if "edits" in step and bool(step["edits"]) != (entry.kind == "edit"):
            raise Differs(f"{player.name}, “{entry.text}”: it is a {entry.kind}")

    def _take_in(self) -> None:
        """Give each watched player what has newly appeared on their screen from the bot."""
        for entry in self._journal.entries[self._read + 1 :]:
            for watch in self._watches.values():
                if _concerns(entry, watch.player):
                    (watch.homes if entry.kind == "home" else watch.unread).append(entry)
        self._read = len(self._journal.entries) - 1

    async def _nothing_more(self, scene: str) -> None:
        await self._until(self._control_idle_soon, lambda: "the bot does not come to rest")
        self._take_in()
        left = [
            f"{watch.player.name} ({entry.kind} in {entry.room}): {entry.text}"
            for watch in self._watches.values()
            for entry in watch.unread
        ]
        if left:
            raise Differs(f"{scene}: people also see\n" + "\n---\n".join(left))

    async def _control_idle_soon(self) -> bool:
        await asyncio.sleep(0.05)
        await self._slack.delivery.idle(PATIENCE)
        return not self._telegram.feed.pending and await self._control.idle()

    async def _until(
        self, there: Callable[[], Any], otherwise: Callable[[], str] = lambda: "it never happens"
    ) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = there()
            if asyncio.iscoroutine(answer):
                answer = await answer
            if answer:
                return
            if time.monotonic() > deadline:
                raise Differs(otherwise())
            await asyncio.sleep(0.02)


def _player(name: str, row: Mapping[str, Any]) -> Player:
    return Player(name, row["platform"], str(row["id"]), ZoneInfo(row["zone"]),
                  bool(row.get("alone")), tuple(row.get("rooms", ())))  # fmt: skip


def _verb(step: Mapping[str, Any]) -> str:
    return next((verb for verb in VERBS if verb in step), "nothing")


def _concerns(entry: Entry, player: Player) -> bool:
    unseen = entry.platform != player.platform or player.id not in entry.readers
    if unseen or entry.kind in ("modal", "reaction"):
        return False
    elsewhere = bool(player.rooms) and entry.room not in player.rooms
    if (player.alone or elsewhere) and len(entry.readers) > 1:
        return False
    return entry.by_bot or entry.kind in ("toast", "modal_error")


def _standing(journal: Journal, player: Player) -> list[Entry]:
    """The last state of each message on the player's screen, oldest first."""
    latest: dict[tuple[str, str], Entry] = {}
    for entry in journal.entries:
        if (
            entry.platform == player.platform
            and player.id in entry.readers
            and (entry.kind in ("new", "edit", "delete"))
        ):
            latest[entry.room, entry.message] = entry
    return [entry for entry in latest.values() if entry.kind != "delete"]


def _states(unread: list[Entry], step: Mapping[str, Any]) -> list[Entry]:
    """The oldest unread state of each message: states of one message keep their order.

    Where the step is `settled`, the newest: how often it was edited in between says nothing.
    """
    newest_first = bool(step.get("settled"))
    states: dict[tuple[str, str], Entry] = {}
    for entry in reversed(unread) if newest_first else unread:
        states.setdefault((entry.room, entry.message), entry)
    return list(states.values())


def _is_read(other: Entry, entry: Entry, step: Mapping[str, Any]) -> bool:
    """Whether a step that saw `entry` has `other` behind it."""
    same = (other.room, other.message) == (entry.room, entry.message)
    return other is entry or (same and bool(step.get("settled")))


def _is_as_written(entry: Entry, step: Mapping[str, Any]) -> bool:
    wanted = _pattern(str(step["sees"]).strip())
    return re.fullmatch(wanted, entry.text.strip(), re.DOTALL) is not None


def _missing(watch: Watch, step: Mapping[str, Any]) -> str:
    seen = "\n---\n".join(f"({e.kind}) {e.text} {list(e.buttons)}" for e in watch.unread)
    return (f"{watch.player.name} should see:\n{str(step['sees']).strip()}\n"
            f"but there is only:\n{seen or 'nothing new'}")  # fmt: skip


def _pattern(wanted: str) -> str:
    """The written line, with … standing for anything."""
    return ".*?".join(re.escape(part) for part in wanted.split("…"))
