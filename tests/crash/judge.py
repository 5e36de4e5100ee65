"""Judges by the platforms' own record what became of everything that was owed and done."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from bot.markup import plain
from bot.outbox import Class, from_json
from bot.platforms.slack.files import FILE
from storage.gates import DELETE
from storage.models_delivery import Delivery, DueWork, SeenEvent, SetAside, Slot
from storage.outbox import REPLACED
from tests.crash import forum
from tests.crash.arena import Arena
from tests.crash.load import PLATFORMS, Load
from tests.crash.probes import DECIDED, NOTED, PRESSED

# lines of Telegram's own in a topic
SERVICE = {f"forum_topic_{what}" for what in ("created", "edited", "closed", "reopened")}
Place = tuple[str, str, str]  # platform, chat (empty in Slack, whose ts is unique), message id


@dataclass(frozen=True)
class Verdict:
    """Numbers to print, and faults, of which there must be none."""

    states: Counter[str]
    slack_twice: int
    telegram_twice: Counter[int]  # by class
    topics: int
    topics_twice: int
    faults: list[str]

    def __str__(self) -> str:
        states = ", ".join(f"{count} {state}" for state, count in self.states.most_common())
        by_class = ", ".join(f"{count} of class {cls}" for cls, count in
                             sorted(self.telegram_twice.items())) or "0"  # fmt: skip
        return (f"{states}; twice in Slack {self.slack_twice}, in Telegram {by_class}; "
                f"{self.topics} topics, {self.topics_twice} opened twice")  # fmt: skip


async def judge(arena: Arena, flying: int) -> Verdict:
    """`flying` is how many rows were claimed and not recorded at all kills together."""
    async with arena.database.reading() as session:
        rows = list(await session.scalars(select(Delivery).order_by(Delivery.id)))
        seen = list(await session.scalars(select(SeenEvent.key)))
        aside = list(await session.scalars(select(SetAside.error)))
        work = list(await session.scalars(select(DueWork)))
        slots = list(await session.scalars(select(Slot)))
    posted = _posted(arena)
    stands = {_place(arena, row): row for row in rows
              if row.state == "sent" and row.kind == "message"}  # fmt: skip
    gone = {_place(arena, row) for row in rows if row.state == "sent" and row.kind == DELETE}
    twice = _twice(posted.keys() - stands.keys(), posted, rows)
    faults = [f"set aside: {error[-300:]}" for error in aside]
    faults += [f"{item.key} of {item.kind} is dead: {item.error}"
               for item in work if item.state == "dead"]  # fmt: skip
    faults += _of_places(stands, gone, posted, arena.load)
    faults += _of_rows(rows, arena.load, flying)
    topics_twice, of_topics = forum.judge(arena.load.forum, rows, slots)
    faults += of_topics
    faults += _of_doubles(rows, twice, posted, flying - topics_twice)
    faults += _of_events(rows, seen, arena.load)
    classes = {row.key if row.kind == REPLACED else _text(row): row.cls for row in rows}
    telegram = Counter(classes.get(posted[place], -1) for place in twice if place[0] != "slack")
    slack = sum(place[0] == "slack" for place in twice)
    return Verdict(Counter(row.state for row in rows), slack, telegram,
                   len(arena.load.forum.titles), topics_twice, faults)  # fmt: skip


def _posted(arena: Arena) -> dict[Place, str]:
    """Every message of the bot's that stands on a platform, with its text or its file's name."""
    found: dict[Place, str] = {}
    for channel in arena.slack.world.channels.values():
        for ts, message in channel.messages.items():
            if message.raw.get("bot_id"):
                names = [str(file["name"]) for file in message.raw.get("files", ())]
                found["slack", "", ts] = names[0] if names else str(message.raw.get("text", ""))
    me = arena.telegram.bot.id
    for chat, rows in arena.telegram.world.messages.items():
        for number, row in rows.items():
            if row.sender == me and not row.deleted and not row.body.keys() & SERVICE:
                file = row.body.get("document", {}).get("file_name", "")
                found["telegram", str(chat), str(number)] = str(file or row.body.get("text", ""))
    return found


def _place(arena: Arena, row: Delivery) -> Place:
    """Where a delivery says that its message stands (or stood)."""
    if row.platform == "telegram":
        return row.platform, row.chat.partition(":")[2], row.platform_id
    if row.platform_id.startswith(FILE):
        shares = arena.slack.world.files[row.platform_id.removeprefix(FILE)].shares
        return row.platform, "", str(shares[0]["ts"]) if shares else ""
    return row.platform, "", row.platform_id


def _text(row: Delivery) -> str:
    if row.kind != "message":
        return ""
    message = from_json(row.payload)
    return message.files[0].name if message.files else plain(message.html)


def _twice(
    spare: Iterable[Place], posted: Mapping[Place, str], rows: list[Delivery]
) -> list[Place]:
    """Places without a row, beyond one for each row that nobody can verify."""
    blind = Counter(_text(row) for row in rows if row.state == "unverified")
    twice = []
    for place in spare:
        if blind[posted[place]]:
            blind[posted[place]] -= 1
        else:
            twice.append(place)
    return twice


def _of_places(
    stands: Mapping[Place, Delivery], gone: set[Place], posted: Mapping[Place, str], load: Load
) -> list[str]:
    """What was sent stands there as it was last said, unless it was deleted."""
    faults = [f"deleted, but there: {posted[place]}" for place in gone & posted.keys()]
    for place, row in stands.items():
        if place in gone:
            continue
        if place not in posted:
            faults.append(f"not there: {row.key}")
        elif row.key in load.keys and posted[place] != _text(row):
            faults.append(f"{row.key} says {posted[place]}")
    last = {row.key for row in stands.values()}
    faults += [f"{slot} does not say {key}" for slot, key in load.slots.items() if key not in last]
    return faults


def _of_rows(rows: list[Delivery], load: Load, flying: int) -> list[str]:
    faults = []
    told = any(row.key.startswith("trouble:") and row.state == "sent" for row in rows)
    unverified = [row for row in rows if row.state == "unverified"]
    for row in rows:
        replaced = row.state == "skipped" and row.reason == "replaced"
        if row.state not in ("sent", "unverified") and not replaced:
            faults.append(f"{row.key} is {row.state}: {row.reason}")
    if len(unverified) > flying:
        faults.append(f"{len(unverified)} unverified, but {flying} calls were in flight")
    for row in unverified:
        if row.cls < Class.SURVEY or row.platform != "telegram":
            faults.append(f"{row.key} of class {row.cls} must not stay unverified")
        if not told:
            faults.append(f"nobody was told that {row.key} is unverified")
    lost = load.keys - {row.key for row in rows}
    return faults + [f"{key} is not there any more" for key in sorted(lost)]


def _of_doubles(
    rows: list[Delivery], twice: list[Place], posted: Mapping[Place, str], flying: int
) -> list[str]:
    """Never in Slack; in Telegram at most what was in flight, and only what may be repeated."""
    faults = [f"twice in Slack: {posted[place]}" for place in twice if place[0] == "slack"]
    if len(twice) > flying:
        faults.append(f"{len(twice)} doubles, but {flying} calls were in flight")
    repeated = {_text(row) for row in rows if row.attempts > 1 and row.cls <= Class.REMINDER}
    repeated |= _replaced_after_a_try(rows)
    return faults + [f"twice without need: {posted[place]}" for place in twice
                     if posted[place] not in repeated]  # fmt: skip


def _replaced_after_a_try(rows: list[Delivery]) -> set[str]:
    """What a slot said when its post was in doubt, and newer content came before the repeat.

    The first copy may stand there, but its own row says "replaced", with no attempt: only the row
    that holds the slot's content now has kept their number.
    """
    tried = {row.address for row in rows if row.slot_id is not None and row.attempts > 1}
    return {row.key for row in rows if row.kind == REPLACED and row.address in tried}


def _of_events(rows: list[Delivery], seen: list[str], load: Load) -> list[str]:
    """Each thing that was said or done was heard, and left exactly one row."""
    faults = []
    for platform in PLATFORMS:
        kinds = (f"reply:{platform}:", f"refused::{platform}:")
        answers = sum(row.key.startswith(kinds) for row in rows)
        marks = sum(key.startswith(f"{platform}:") for key in seen)
        if answers != load.said[platform] or marks < answers:
            faults.append(f"{load.said[platform]} messages in {platform}, {answers} answers, "
                          f"{marks} seen")  # fmt: skip
    left = Counter(row.key.rpartition(":")[0] for row in rows)
    wanted = {f"{DECIDED}:{key}": True for key in load.decided}
    wanted |= {f"{PRESSED}:{key}": sure for key, sure in load.pressed.items()}
    wanted |= {f"{NOTED}:{words}": sure for words, sure in load.noted.items()}
    return faults + [f"{name} left {left[name]} rows" for name, sure in wanted.items()
                     if left[name] > 1 or (sure and not left[name])]  # fmt: skip
