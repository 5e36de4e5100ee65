"""The demo world is what the story needs, and both platforms agree with the CSV."""

import csv
from zoneinfo import ZoneInfo

from sandbox.clock import SandboxClock
from sandbox.journal import Journal
from sandbox.slack import SlackEmulator
from sandbox.telegram import TelegramEmulator
from sandbox.world import PARTNERS, build, read_partners

COLUMNS = [
    "partner",
    "tier",
    "region",
    "zone",
    "language",
    "owner",
    "tags",
    "slack_channel",
    "telegram_chat",
    "contact",
    "called",
    "contact_language",
    "contact_zone",
    "email",
    "slack_user",
    "telegram_user",
]


def a_world() -> tuple[SlackEmulator, TelegramEmulator]:
    clock, journal = SandboxClock(), Journal()
    slack = SlackEmulator(clock, journal, "http://127.0.0.1:1")
    telegram = TelegramEmulator(clock, journal, "http://127.0.0.1:1")
    build(slack, telegram)
    assert journal.entries == []  # building is silent
    return slack, telegram


def test_the_csv_has_eighty_sound_partners() -> None:
    with PARTNERS.open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == COLUMNS
    rows = read_partners()
    partners = {row["partner"]: row for row in rows}
    assert len(partners) == 80
    assert {row["tier"] for row in rows} == {"gold", "silver", "bronze"}
    assert {row["language"] for row in rows} == {"en", "zh"}
    assert len({str(ZoneInfo(row["contact_zone"])) for row in rows}) >= 9
    assert {row["owner"] for row in rows} == {"Lin", "Bo", "Ana", ""}
    for column in ("email", "slack_user", "telegram_user"):
        given = [row[column] for row in rows if row[column]]
        assert len(given) == len(set(given)), column


def test_the_people_of_the_story_are_there() -> None:
    rows = {row["contact"]: row for row in read_partners()}
    assert rows["Jo Weber"]["telegram_user"] == rows["Jo Weber"]["slack_channel"] == ""
    assert (rows["王伟"]["called"], rows["王伟"]["telegram_user"]) == ("王总", "700137003")
    assert rows["Dana Miller"]["slack_user"] == ""


def test_slack_has_our_company_and_the_shared_channels() -> None:
    slack, _ = a_world()
    assert slack.app.team == "T0HENGDA"
    assert slack.bot.team == "T0HENGDA"
    triage = slack.world.channels["C0TRIAGE"]
    assert triage.kind == "private"
    assert slack.app.bot_user in triage.members
    acme = slack.world.channels["C0ACME"]
    assert acme.is_shared
    assert "U0DANA" in acme.members
    assert slack.app.bot_user not in acme.members
    for row in read_partners():
        if row["slack_user"]:
            assert row["slack_user"] in slack.world.channels[row["slack_channel"]].members
            assert slack.world.users[row["slack_user"]].team != "T0HENGDA"


def test_telegram_has_strangers_known_contacts_and_a_forum() -> None:
    _, telegram = a_world()
    assert not telegram.world.private(700000011).started
    for row in read_partners():
        if row["telegram_user"]:
            assert telegram.world.private(int(row["telegram_user"])).started
    forum = telegram.world.chats[-1002000000101]
    assert forum.is_forum
    assert [topic.name for topic in forum.topics.values()] == ["Support", "Orders"]
    assert 1 not in forum.topics  # General's own number
    assert not forum.has_bot
