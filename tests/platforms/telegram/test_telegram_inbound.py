"""Recorded and constructed updates as events: what each becomes, and that no damage escapes."""

import random
from typing import Any

import pytest
from telegram_rig import ME, NOW, mutated, samples

from bot.chat import Address, Event
from bot.platforms.telegram.inbound import ALLOWED_UPDATES, events
from bot.platforms.telegram.settings import Me

SAMPLES = samples()
OPS = Me("7000001", "ops_example_bot")
CHAT = {"id": -100123, "type": "supergroup", "title": "Nordwind"}
JO = {"id": 1001, "is_bot": False, "first_name": "Jo"}


def sample(name: str) -> list[Event]:
    found = [row["update"] for row in SAMPLES if row["name"] == name]
    return [event for update in found for event in events(update, OPS, NOW)]


def told(text: str, me: Me = ME, **more: Any) -> list[Event]:
    message = {"message_id": 5, "from": JO, "chat": CHAT, "date": 1795436000, "text": text, **more}
    return events({"update_id": 9, "message": message}, me, NOW)


@pytest.mark.parametrize(
    ("name", "kind", "route", "text", "where"),
    [
        ("private text", "message", "", "hello", "telegram:1001:"),
        ("/start deep link payload", "command", "start", "link_abc123", "telegram:1001:"),
        ("group command with @botname", "command", "poll", "5m", "telegram:-1001234567890:"),
        ("mention in group", "message", "", "help", "telegram:-1001234567890:"),
        ("forum topic message", "message", "", "in topic", "telegram:-1001234567890:17"),
        ("forum General topic (no thread id)", "message", "", "general",
         "telegram:-1001234567890:"),
        ("edited_message", "edited", "", "hello (edited)", "telegram:1001:"),
        ("callback_query", "press", "a:1", "", "telegram:1001:"),
        ("callback_query on inaccessible message", "press", "a:1", "", "telegram:1001:"),
        ("location", "message", "", "📍 52.52,13.405", "telegram:1001:"),
        ("message_reaction", "reaction", "", "added", "telegram:-1001234567890:"),
    ],
)  # fmt: skip
def test_samples(name: str, kind: str, route: str, text: str, where: str) -> None:
    [event] = sample(name)
    assert (event.kind, event.text) == (kind, text)
    assert event.route == route
    assert event.where == Address.parse(where)
    assert event.direct == (kind == "press")


@pytest.mark.parametrize(
    "name",
    ["group command for another bot", "poll_answer", "channel_post", "edited_channel_post",
     "my_chat_member: promoted", "pinned_message_works", "empty_message"],
)  # fmt: skip
def test_samples_that_do_not_concern_us(name: str) -> None:
    assert sample(name) == []


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("my_chat_member: user blocked bot", "blocked", "telegram:1001:"),
        ("my_chat_member: user unblocked bot", "unblocked", "telegram:1001:"),
        ("my_chat_member: added to group", "joined", "telegram:-4001:"),
        ("my_chat_member: removed from group", "left", "telegram:-1001234567890:"),
        ("chat_member: user joined", "joined", "telegram:-1001234567890:"),
        ("service: left_chat_member", "left", "telegram:-1001234567890:"),
        ("forum topic created", "renamed", "telegram:-1001234567890:17"),
    ],
)
def test_samples_of_coming_and_going(name: str, value: str, where: str) -> None:
    [event] = sample(name)
    assert (event.kind, event.value, str(event.where)) == ("member", value, where)


def test_a_topic_that_we_opened_ourselves_is_told_as_such() -> None:
    made = {"forum_topic_created": {"name": "T-1", "icon_color": 7322096},
            "is_topic_message": True, "message_thread_id": 17}  # fmt: skip
    [ours] = told("", **made, **{"from": {"id": int(ME.id), "is_bot": True, "first_name": "L"}})
    assert (ours.value, ours.room_title, ours.where.thread) == ("opened", "T-1", "17")


def test_both_tellings_of_a_migration_are_one_event() -> None:
    [here] = sample("migration: in old group")
    [there] = sample("migration: in new supergroup")
    assert here.key == there.key
    assert (here.where.chat, here.values["to"]) == ("-4001", "-1001234567890")
    assert there.where == here.where


def test_every_sample_is_read() -> None:
    for row in SAMPLES:
        for event in events(row["update"], OPS, NOW):
            assert event.key.startswith("telegram:"), row["name"]
            assert event.at.tzinfo is not None, row["name"]


@pytest.mark.parametrize(
    ("text", "route", "rest"),
    [
        ("/partner invite X", "partner", "invite X"),
        ("/partner@LiaisonDemoBot invite X", "partner", "invite X"),
        ("/Ticket@liaisondemobot", "ticket", ""),
        ("／伙伴 邀请 北风", "伙伴", "邀请 北风"),
        ("/伙伴 邀请", "伙伴", "邀请"),
        ("/ticket\nreply T-12 hello\nagain", "ticket", "reply T-12 hello\nagain"),
        ("@LiaisonDemoBot /ticket new", "ticket", "new"),
    ],
)
def test_commands(text: str, route: str, rest: str) -> None:
    [event] = told(text)
    assert (event.kind, event.route, event.text) == ("command", route, rest)


@pytest.mark.parametrize("text", ["/2026 was good", "/etc/passwd", "/", "1/2 /ticket"])
def test_what_only_looks_like_a_command(text: str) -> None:
    [event] = told(text)
    assert (event.kind, event.text) == ("message", text)


def test_a_command_for_another_bot_is_not_ours() -> None:
    assert told("/partner@OtherBot invite") == []


def test_the_prefix_is_taken_off() -> None:
    me = Me(ME.id, ME.username, prefix="li_")
    assert [e.route for e in told("/li_partner x", me) + told("/start x", me)] == [
        "partner", "start",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words", "named"),
    [
        ("@LiaisonDemoBot reply T-12 ok", "reply T-12 ok", True),
        ("@liaisondemobot: hello", "hello", True),
        ("@LiaisonDemoBot，你好", "你好", True),
        ("@LiaisonDemoBot", "", True),
        ("@LiaisonDemoBotX hello", "@LiaisonDemoBotX hello", False),
        ("ask @other", "ask @other", False),
    ],
)
def test_the_name_at_the_start(text: str, words: str, named: bool) -> None:
    [event] = told(text)
    assert (event.text, event.mentions_bot) == (words, named)


def test_a_name_within_is_a_mention_and_stays() -> None:
    text = "😀 ask @LiaisonDemoBot now"
    [event] = told(text, entities=[{"type": "mention", "offset": 7, "length": 15}])
    assert (event.text, event.mentions_bot) == (text, True)


def test_the_name_taken_off_moves_the_entities() -> None:
    entities = [
        {"type": "mention", "offset": 0, "length": 15},
        {"type": "bold", "offset": 10, "length": 11},
    ]
    [event] = told("@LiaisonDemoBot 😀bold<", entities=entities)
    assert event.html == "<b>😀bol</b>d&lt;"


def test_a_reply_to_the_topics_root_is_no_reply() -> None:
    root = {"message_id": 17, "chat": CHAT, "date": 1, "from": JO}
    [formal] = told("x", is_topic_message=True, message_thread_id=17, reply_to_message=root)
    ours = {**root, "message_id": 18, "from": {**JO, "id": int(ME.id)}}
    [real] = told("x", is_topic_message=True, message_thread_id=17, reply_to_message=ours)
    [chain] = told("x", message_thread_id=17, reply_to_message=root)
    assert (formal.reply_to, formal.where.thread) == ("", "17")
    assert (real.reply_to, real.reply_to_bot, real.mentions_bot) == ("18", True, False)
    assert (chain.reply_to, chain.where.thread) == ("17", None)


def test_an_anonymous_admin_speaks_as_the_group() -> None:
    bot = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    [event] = told("hello", **{"from": bot}, sender_chat=CHAT)
    assert (event.who.id, event.who.name, event.who.is_bot) == ("-100123", "Nordwind", False)


def test_several_people_added_at_once_are_several_events() -> None:
    added = [{**JO, "id": 1}, {**JO, "id": 2}, {**JO, "id": int(ME.id)}]
    message = {"message_id": 5, "from": JO, "chat": CHAT, "date": 9, "new_chat_members": added}
    found = events({"update_id": 9, "message": message}, ME, NOW)
    assert [event.who.id for event in found] == ["1", "2"]
    assert len({event.key for event in found}) == 2


def test_changed_reactions_are_taken_apart() -> None:
    change = {
        "chat": CHAT, "message_id": 7, "user": JO, "date": 9,
        "old_reaction": [{"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "❤"}],
        "new_reaction": [{"type": "emoji", "emoji": "❤"}, {"type": "emoji", "emoji": "😢"},
                         {"type": "custom_emoji", "custom_emoji_id": "1"}],
    }  # fmt: skip
    found = events({"update_id": 9, "message_reaction": change}, ME, NOW)
    assert [(e.key, e.value, e.text) for e in found] == [
        ("telegram:9", "👍", "removed"),
        ("telegram:9:1", "😢", "added"),
    ]


def test_what_no_database_takes_is_replaced() -> None:
    [event] = told("a\x00b\ud83dc")
    assert event.text == "a\ufffdb\ufffdc"
    event.html.encode()


def test_a_press_is_dated_by_the_caller() -> None:
    [event] = sample("callback_query")
    assert event.at == NOW


def test_all_that_is_asked_for_is_read() -> None:
    assert set(ALLOWED_UPDATES) == {
        "message", "edited_message", "callback_query", "message_reaction", "my_chat_member",
        "chat_member",
    }  # fmt: skip


def test_damage_is_an_expected_error_or_a_clean_event() -> None:
    """Whatever is broken in an update: KeyError, TypeError, ValueError, or events fit to store."""
    chance = random.Random(7)  # noqa: S311 - repeatable
    refused = 0
    for _ in range(3_000):
        update = mutated(chance, chance.choice(SAMPLES)["update"])
        try:
            for event in events(update, ME, NOW):
                assert isinstance(event.text, str)
                assert all(isinstance(f.name, str) and f.size >= 0 for f in event.files)
                f"{event.text}{event.html}{event.who.name}{event.room_title}".encode()
        except (KeyError, TypeError, ValueError, OverflowError):
            refused += 1
    assert 300 < refused < 2_700


def test_an_edit_carries_the_message_in_case_it_comes_first() -> None:
    [first] = told("hello")
    message = {"message_id": 5, "from": JO, "chat": CHAT, "date": 1795436000, "text": "hello!",
               "edit_date": 1795436060}  # fmt: skip
    [edited] = events({"update_id": 10, "edited_message": message}, ME, NOW)
    assert (edited.kind, edited.key) == ("edited", "telegram:10")
    assert edited.as_new is not None
    assert (edited.as_new.key, edited.as_new.text) == (first.key, "hello!")
    assert edited.as_new.at == first.at
    [command] = events({"update_id": 11, "edited_message": message | {"text": "/help"}}, ME, NOW)
    assert command.as_new is None


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ({"type": "user", "sender_user": JO}, "Jo"),
        ({"type": "hidden_user", "sender_user_name": "Somebody <b>"}, "Somebody <b>"),
        ({"type": "chat", "sender_chat": CHAT}, "Nordwind"),
        ({"type": "channel", "chat": CHAT, "message_id": 7}, "Nordwind"),
        ({"type": "what comes next"}, "…"),
    ],
)
def test_what_was_passed_on_says_who_wrote_it_and_is_no_command(
    origin: dict[str, Any], name: str
) -> None:
    [event] = told("/tickets @liaison_bot", forward_origin={"date": 1, **origin})
    assert (event.kind, event.mentions_bot) == ("message", False)
    assert event.text == f"↪ {name}\n/tickets @liaison_bot"
    assert event.html == event.text.replace("<", "&lt;").replace(">", "&gt;")


def test_an_answer_to_another_chat_quotes_it_and_brings_its_file() -> None:
    photo = [{"file_id": "P1", "file_unique_id": "u", "width": 9, "height": 9}]
    elsewhere = {"origin": {"type": "user", "date": 1, "sender_user": JO}, "photo": photo,
                 "chat": CHAT, "message_id": 5}  # fmt: skip
    [event] = told("This?", external_reply=elsewhere, quote={"text": "40 % off", "position": 0})
    assert event.text == "↩ Jo: “40 % off”\nThis?"
    assert (event.reply_to, [file.source for file in event.files]) == ("", ["telegram:P1"])
    [command] = told("/tickets", external_reply=elsewhere)
    assert (command.kind, command.route, command.text) == ("command", "tickets", "")


def test_a_live_location_that_moves_is_no_news() -> None:
    place = {"latitude": 53.5, "longitude": 9.9, "live_period": 900}
    moved = {"message_id": 5, "from": JO, "chat": CHAT, "date": 1, "edit_date": 2,
             "location": place}  # fmt: skip
    assert events({"update_id": 9, "edited_message": moved}, ME, NOW) == []
