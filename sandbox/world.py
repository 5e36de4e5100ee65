"""The demo world: our company, and eighty partners' people, built from a CSV and a small file."""

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sandbox.slack.emulator import SlackEmulator
from sandbox.slack.world import Team
from sandbox.telegram.emulator import TelegramEmulator

DEMO = Path(__file__).parent / "demo"
PARTNERS = DEMO / "partners.csv"
WORLD = DEMO / "world.toml"
Row = Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """What the page knows of a person beyond what the platform does."""

    name: str
    company: str = ""
    zone: str = "UTC"
    called: str = ""
    known_by: str = ""
    main: bool = False
    ours: bool = False


@dataclass(frozen=True)
class Cast:
    """Everybody by platform id, in the order of the story; what an app offers in Slack."""

    our_team: str = ""
    parts: Mapping[str, Part] = field(default_factory=dict)
    first_room: str = ""
    commands: Sequence[Mapping[str, Any]] = ()
    shortcuts: Sequence[Mapping[str, Any]] = ()


def read_world(path: Path = WORLD) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def read_partners(path: Path = PARTNERS) -> list[dict[str, str]]:
    """The rows of the same CSV that the bot's import command reads."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cast(csv_path: Path = PARTNERS, toml_path: Path = WORLD) -> Cast:
    """Who is who, without touching an emulator: also for a world loaded from its dump."""
    world, rows = read_world(toml_path), read_partners(csv_path)
    parts: dict[str, Part] = {}
    for person in world["people"]:
        part = _our_part(world, person)
        parts[person["id"]] = part
        if "telegram" in person:
            parts[str(person["telegram"])] = replace(part, main=False)
    for shared in world["shared"]:
        for person in shared["people"]:
            parts[person["id"]] = _part(person, shared["partner"], person["real_name"])
    for person in world["telegram_people"]:
        parts[str(person["id"])] = _part(person, person["company"], _name(person))
    parts |= _csv_parts(rows, {str(one) for one in world["main_contacts"]["telegram"]})
    return Cast(
        our_team=world["company"]["team"],
        parts=parts,
        first_room=world["channels"][0]["id"],
        commands=world.get("commands", ()),
    )


def build(
    slack: SlackEmulator,
    telegram: TelegramEmulator,
    csv_path: Path = PARTNERS,
    toml_path: Path = WORLD,
) -> Cast:
    """Fill two fresh emulators with the demo world; nothing is announced to anybody."""
    world, rows = read_world(toml_path), read_partners(csv_path)
    _our_company(slack, world)
    for shared in world["shared"]:
        _shared_channel(slack, shared)
    _linked_channels(slack, rows, [person["id"] for person in world["people"]])
    _telegram_people(telegram, world, rows)
    for group in world["groups"]:
        _group(telegram, group)
    _linked_groups(telegram, rows, world)
    return cast(csv_path, toml_path)


def _our_company(slack: SlackEmulator, world: Mapping[str, Any]) -> None:
    """Our workspace under its own id; our people, each with the app's conversation; channels."""
    old = slack.world.teams.pop(slack.app.team)
    company = world["company"]
    slack.world.teams[company["team"]] = Team(company["team"], company["name"], company["domain"])
    slack.app.team = company["team"]
    for user in slack.world.users.values():
        if user.team == old.id:
            user.team = company["team"]
    for person in world["people"]:
        slack.add_user(
            person["name"],
            person["real_name"],
            tz=person["zone"],
            locale="zh-CN" if person["language"] == "zh" else "en-GB",
            email=person["email"],
            is_admin=person.get("admin", False),
            user_id=person["id"],
        )
        slack.dm(person["id"])
    for channel in world["channels"]:
        slack.add_channel(
            channel["name"],
            members=channel["members"],
            private=channel["private"],
            with_bot=channel["bot"],
            channel_id=channel["id"],
        )


def _shared_channel(slack: SlackEmulator, shared: Mapping[str, Any]) -> None:
    team = slack.add_team(shared["partner"], team_id=shared["team"])
    for person in shared["people"]:
        slack.add_user(
            person["name"],
            person["real_name"],
            team=team,
            tz=person["zone"],
            email=person["email"],
            user_id=person["id"],
        )
    members = [*shared["ours"], *(person["id"] for person in shared["people"])]
    slack.add_channel(
        shared["name"], members=members, with_bot=shared["bot"], channel_id=shared["id"]
    )


def _linked_channels(slack: SlackEmulator, rows: Sequence[Row], ours: Sequence[str]) -> None:
    """A Slack Connect channel for each partner that has one: its people, its owner, the bot."""
    owners = {slack.world.users[one].real_name: one for one in ours}
    by_channel: dict[str, list[Row]] = {}
    for row in rows:
        if row["slack_channel"]:
            by_channel.setdefault(row["slack_channel"], []).append(row)
    for channel, people in by_channel.items():
        first = people[0]
        word = channel.removeprefix("C1")
        team = slack.add_team(first["partner"], domain=word.lower(), team_id=f"T1{word}")
        for row in people:
            slack.add_user(
                row["email"].partition("@")[0],
                row["contact"],
                team=team,
                tz=row["contact_zone"],
                locale="zh-CN" if row["contact_language"] == "zh" else "en-GB",
                email=row["email"],
                user_id=row["slack_user"],
            )
        owner = owners.get(first["owner"], ours[0])
        slack.add_channel(
            f"{_handle(first['email'])}-hengda",
            members=[owner, *(row["slack_user"] for row in people)],
            channel_id=channel,
        )


def _telegram_people(
    telegram: TelegramEmulator, world: Mapping[str, Any], rows: Sequence[Row]
) -> None:
    """Strangers from the small file; contacts with a known id pressed Start long ago."""
    for person in world["people"]:
        if "telegram" in person:
            number, name = person["telegram"], person["real_name"]
            telegram.add_person(name, id=number, language_code=_code(person["language"]))
    for person in world["telegram_people"]:
        telegram.add_person(
            person["first_name"],
            person["last_name"],
            username=person["username"],
            language_code=_code(person["language"]),
            id=person["id"],
        )
    for row in rows:
        if row["telegram_user"]:
            first, _, last = row["contact"].partition(" ")
            known = telegram.add_person(
                first,
                last or None,
                language_code=_code(row["contact_language"]),
                id=int(row["telegram_user"]),
            )
            telegram.set_started(known)


def _group(telegram: TelegramEmulator, group: Mapping[str, Any]) -> None:
    admins = group["admins"]
    room = telegram.add_group(
        group["title"],
        [one for one in group["members"] if one not in admins],
        admins=admins,
        kind="supergroup" if group["forum"] else "group",
        forum=group["forum"],
        bot=group["bot"],
        id=group["id"],
    )
    room.last_message = 1  # the group's creation: topic 1 is General, others follow
    for topic in group["topics"]:
        telegram.add_topic(room, topic)


def _linked_groups(
    telegram: TelegramEmulator, rows: Sequence[Row], world: Mapping[str, Any]
) -> None:
    """Groups that partners in the CSV already share with us, with the bot as an administrator."""
    ours = [person["telegram"] for person in world["people"] if "telegram" in person]
    by_chat: dict[str, list[Row]] = {}
    for row in rows:
        if row["telegram_chat"] and row["telegram_user"]:
            by_chat.setdefault(row["telegram_chat"], []).append(row)
    for chat, people in by_chat.items():
        telegram.add_group(
            f"{people[0]['partner']} × {world['company']['name']}",
            [int(row["telegram_user"]) for row in people],
            admins=ours,
            bot_admin=True,
            id=int(chat),
        )


def _our_part(world: Mapping[str, Any], person: Mapping[str, Any]) -> Part:
    return replace(_part(person, world["company"]["name"], person["real_name"]), ours=True)


def _part(person: Mapping[str, Any], company: str, name: str) -> Part:
    return Part(
        name=name,
        company=company,
        zone=person["zone"],
        called=person.get("called", ""),
        known_by=f"{person.get('known_by', '')} {name}".strip(),
        main=person.get("main", False),
    )


def _csv_parts(rows: Sequence[Row], main: set[str]) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    for row in rows:
        for column in ("telegram_user", "slack_user"):
            if row[column]:
                parts[row[column]] = Part(
                    name=row["contact"],
                    company=row["partner"],
                    zone=row["contact_zone"],
                    called=row["called"] if column == "telegram_user" else "",
                    known_by=f"{row['contact']} {row['called']} {row['partner']} {row['tags']}",
                    main=row[column] in main,
                )
    return parts


def _name(person: Mapping[str, Any]) -> str:
    return f"{person['first_name']} {person['last_name']}"


def _handle(email: str) -> str:
    return email.partition("@")[2].partition(".")[0]


def _code(language: str) -> str:
    return "zh-hans" if language == "zh" else "en"
