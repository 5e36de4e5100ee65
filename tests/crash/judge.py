"""Judges by the platforms' own record what became of everything that was owed and written."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from bot.markup import plain
from bot.outbox import Class, from_json
from storage.models_delivery import Delivery, SeenEvent, SetAside
from tests.crash.arena import Arena

Place = tuple[str, str, str]  # platform, chat (empty in Slack, whose ts is unique), message id


@dataclass(frozen=True)
class Verdict:
    """Numbers to print, and faults, of which there must be none."""

    sent: int
    unverified: int
    slack_twice: int
    telegram_twice: int
    faults: list[str]


def _posted(arena: Arena) -> dict[Place, str]:
    """Every message of the bot's that stands on a platform, with its text."""
    found: dict[Place, str] = {}
    for channel in arena.slack.world.channels.values():
        for ts, message in channel.messages.items():
            if message.raw.get("bot_id"):
                found["slack", "", ts] = str(message.raw.get("text", ""))
    me = arena.telegram.bot.id
    for chat, rows in arena.telegram.world.messages.items():
        for number, row in rows.items():
            if row.sender == me:
                found["telegram", str(chat), str(number)] = str(row.body.get("text", ""))
    return found


def _place(row: Delivery) -> Place:
    chat = row.chat.partition(":")[2] if row.platform == "telegram" else ""
    return row.platform, chat, row.platform_id


def _text(row: Delivery) -> str:
    return plain(from_json(row.payload).html)


async def judge(arena: Arena, flying: int) -> Verdict:
    """`flying` is how many rows were claimed and not recorded at all kills together."""
    async with arena.database.reading() as session:
        rows = list(await session.scalars(select(Delivery).where(Delivery.kind == "message")))
        seen = list(await session.scalars(select(SeenEvent.key)))
        aside = list(await session.scalars(select(SetAside.error)))
    posted = _posted(arena)
    sent = {_place(row): row for row in rows if row.state == "sent"}
    unverified = [row for row in rows if row.state == "unverified"]
    spare = {place: text for place, text in posted.items() if place not in sent}
    blind = Counter(_text(row) for row in unverified)
    twice = _twice(spare, blind)
    faults = [f"not there: {row.key}" for place, row in sent.items() if place not in posted]
    faults += [f"set aside: {error[-300:]}" for error in aside]
    faults += _of_rows(arena, rows, flying)
    faults += _of_doubles(rows, twice, flying)
    faults += _of_events(arena, rows, seen)
    slack_twice = sum(place[0] == "slack" for place in twice)
    return Verdict(len(sent), len(unverified), slack_twice, len(twice) - slack_twice, faults)


def _twice(spare: dict[Place, str], blind: Counter[str]) -> dict[Place, str]:
    """Messages that stand there without a row, beyond one for each row that nobody can verify."""
    twice = {}
    for place, text in spare.items():
        if blind[text]:
            blind[text] -= 1
        else:
            twice[place] = text
    return twice


def _of_rows(arena: Arena, rows: list[Delivery], flying: int) -> list[str]:
    states = Counter(row.state for row in rows)
    faults = [f"{row.key} is {row.state}: {row.reason}"
              for row in rows if row.state not in ("sent", "unverified")]  # fmt: skip
    if states["unverified"] > flying:
        faults.append(f"{states['unverified']} unverified, but {flying} calls were in flight")
    told = {row.key for row in rows if row.state == "sent"}
    for row in rows:
        if row.state != "unverified":
            continue
        if row.cls < Class.SURVEY or row.platform != "telegram":
            faults.append(f"{row.key} of class {row.cls} must not stay unverified")
        if not any(key.startswith("trouble:") for key in told):
            faults.append(f"nobody was told that {row.key} is unverified")
    keys = Counter(row.key for row in rows if row.key.startswith("probe:"))
    if set(keys) != {f"probe:{n}" for n in range(arena.load.owed)}:
        faults.append("rows that were owed are not there any more")
    return faults


def _of_doubles(rows: list[Delivery], twice: dict[Place, str], flying: int) -> list[str]:
    """Never in Slack; in Telegram at most what was in flight, and only what may be repeated."""
    faults = [f"twice in Slack: {text}" for place, text in twice.items() if place[0] == "slack"]
    if len(twice) > flying:
        faults.append(f"{len(twice)} doubles, but {flying} calls were in flight")
    repeated = {_text(row) for row in rows if row.attempts > 1 and row.cls <= Class.REMINDER}
    faults += [f"twice without need: {text}" for text in twice.values() if text not in repeated]
    return faults


def _of_events(arena: Arena, rows: list[Delivery], seen: list[str]) -> list[str]:
    """Each thing that was written was seen, and answered by exactly one row."""
    faults = []
    for platform, said in (("slack", arena.load.slack_said),
                           ("telegram", arena.load.telegram_said)):  # fmt: skip
        kinds = (f"reply:{platform}:", f"refused::{platform}:")
        answers = sum(row.key.startswith(kinds) for row in rows)
        marks = sum(key.startswith(f"{platform}:") for key in seen)
        if answers != said:
            faults.append(f"{said} messages in {platform}, {answers} answers")
        if marks < said:
            faults.append(f"{said} messages in {platform}, {marks} seen")
    return faults
