"""Slack's own sample payloads as neutral events, and what is refused as unreadable."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.chat import Address, Event
from bot.platforms.slack import inbound, payload
from bot.platforms.slack.inbound import Me, Unreadable

DATA = Path(__file__).parents[2] / "data" / "slack" / "payloads"
ME = Me("UBOT", "BBOT", "T111", prefix="hq-")
NOW = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)


def samples(name: str) -> list[dict[str, Any]]:
    found = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return [row["payload"] for row in found if isinstance(row["payload"], dict)]


def read(kind: str, body: dict[str, Any]) -> Event:
    (event,) = inbound.events(kind, body, ME, NOW)
    return event


def wrapped(event: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "event_callback", "event_id": "Ev1", "team_id": "T111", "event": event, **more}


def message(**more: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": "hi", "ts": "1606810819.000800",
            "channel": "C1", "event_ts": "1606810819.000800", "channel_type": "channel",
            "team": "T111", **more}  # fmt: skip


def test_a_message() -> None:
    event = read("events_api", samples("event_callback__message")[1])
    assert event.key == "slack:msg:C111:1596183880.004200"
    assert event.at == datetime(2020, 7, 31, 8, 24, 40, 4200, tzinfo=UTC)
    assert (event.kind, event.text, event.html) == ("message", "Hello World!", "Hello World!")
    assert (event.who.id, event.who.team) == ("W111", "T111")
    assert event.where == Address("slack", "C111")
    assert not event.direct


def test_one_message_under_two_event_ids_has_one_key() -> None:
    keys = {read("events_api", wrapped(message(), event_id=f"Ev{n}")).key for n in (1, 2)}
    assert len(keys) == 1


def test_a_file_share() -> None:
    event = read("events_api", samples("event_callback__message.file_share")[0])
    assert event.text == "Here is your file!"
    (file,) = event.files
    assert (file.name, file.mime, file.size) == ("test.png", "image/png", 42706)
    assert file.source == "slack:F111"


def test_a_file_of_another_company_comes_as_an_id() -> None:
    files = [{"id": "F9", "mode": "file_access", "file_access": "check_file_info"}]
    event = read("events_api", wrapped(message(subtype="file_share", files=files)))
    (file,) = event.files
    assert (file.name, file.size, file.source) == ("", 0, "slack:F9")


def test_an_edit_names_the_message_it_changed() -> None:
    body = samples("event_callback__message.message_changed")[0]
    event = read("events_api", body)
    assert (event.kind, event.text) == ("edited", "updated message")
    assert event.message_id == "1665102338.901939"
    assert event.at == datetime(2022, 10, 7, 0, 26, 2, tzinfo=UTC)
    assert event.key == "slack:Ev111"


def test_an_unfolded_link_is_no_edit() -> None:
    body = samples("event_callback__message.message_changed")[0]
    body["event"]["previous_message"]["text"] = body["event"]["message"]["text"]
    assert inbound.events("events_api", body, ME, NOW) == []


def test_a_deletion_names_what_is_gone() -> None:
    event = read("events_api", samples("event_callback__message.message_deleted")[0])
    assert (event.kind, event.message_id) == ("deleted", "1665368619.804829")
    assert event.who.id == "U111"
    assert event.at == datetime(2022, 10, 10, 2, 23, 49, 7100, tzinfo=UTC)


def test_a_deleted_first_message_of_a_thread_is_a_deletion() -> None:
    changed = {"type": "message", "subtype": "message_changed", "channel": "C1",
               "message": {"subtype": "tombstone", "user": "USLACKBOT", "ts": "1.000001"},
               "previous_message": {"user": "U1", "ts": "1.000001", "text": "x"},
               "ts": "2.000000", "event_ts": "2.000000"}  # fmt: skip
    event = read("events_api", wrapped(changed))
    assert (event.kind, event.message_id, event.who.id) == ("deleted", "1.000001", "U1")


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "BBOT"},
        {"bot_id": "BOTHER"},
        {"user": "UBOT"},
        {"subtype": "bot_message", "bot_id": "B2"},
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
        {"subtype": "message_replied"},
    ],
)
def test_what_no_person_said_is_no_event(more: dict[str, Any]) -> None:
    assert inbound.events("events_api", wrapped(message(**more)), ME, NOW) == []


@pytest.mark.parametrize("name", ["team_join", "file_shared", "emoji_changed"])
def test_what_concerns_nobody_is_no_event(name: str) -> None:
    assert inbound.events("events_api", wrapped({"type": name}), ME, NOW) == []


def test_a_status_of_our_own_people_is_told() -> None:
    profile = {"status_emoji": ":palm_tree:", "status_text": "Vacation",
               "status_expiration": 1606836010}  # fmt: skip
    user = {"id": "U1", "team_id": ME.team, "profile": profile}
    event = read("events_api", wrapped({"type": "user_change", "user": user}))
    assert (event.kind, event.value, event.who.id) == ("member", "status", "U1")
    assert event.values == {"emoji": ":palm_tree:", "text": "Vacation",
                            "until": "2020-12-01T15:20:10+00:00"}  # fmt: skip
    for other in ({"team_id": "T_OTHER"}, {"is_bot": True}):
        changed = wrapped({"type": "user_change", "user": user | other})
        assert inbound.events("events_api", changed, ME, NOW) == []


def test_a_thread_is_told_twice() -> None:
    event = read(
        "events_api", wrapped(message(thread_ts="1606810000.000100", parent_user_id="UBOT"))
    )
    assert event.where == Address("slack", "C1", "1606810000.000100")
    assert event.reply_to == "1606810000.000100"
    assert event.reply_to_bot


def test_the_first_message_of_a_thread_stands_in_the_channel() -> None:
    event = read("events_api", wrapped(message(thread_ts="1606810819.000800")))
    assert event.where == Address("slack", "C1")
    assert event.reply_to == ""


@pytest.mark.parametrize(
    ("more", "team"),
    [
        ({"user_team": "T2", "source_team": "T3", "team": "T4"}, "T2"),
        ({"source_team": "T3", "team": "T4"}, "T3"),
        ({"team": "T4"}, "T4"),
        ({"team": None, "user_profile": {"team": "T5", "display_name": "Jo"}}, "T5"),
        ({"team": None}, None),
    ],
)
def test_a_company_comes_under_four_names(more: dict[str, Any], team: str | None) -> None:
    event = read("events_api", wrapped(message(**more)))
    assert event.who.team == team
    assert event.shared is (team is not None)


def test_a_shared_channel_is_told_by_the_envelope() -> None:
    assert read("events_api", wrapped(message(), is_ext_shared_channel=True)).shared
    assert not read("events_api", wrapped(message(), is_ext_shared_channel=False)).shared


def test_a_direct_message_is_private() -> None:
    assert read("events_api", wrapped(message(channel_type="im", channel="D1"))).private
    assert not read("events_api", wrapped(message(channel_type="mpim"))).private


def test_a_direct_conversation_has_the_address_of_its_person() -> None:
    direct = Address("slack", "U1")
    written = message(channel_type="im", channel="D1", thread_ts="1606810000.000100")
    assert read("events_api", wrapped(written)).where == Address(
        "slack", "U1", "1606810000.000100"
    )
    reaction = {"type": "reaction_added", "user": "U1", "reaction": "x", "event_ts": "1.0",
                "item": {"type": "message", "channel": "D1", "ts": "1.0"}}  # fmt: skip
    assert read("events_api", wrapped(reaction)).where == direct
    command = {"command": "/x", "user_id": "U1", "channel_id": "D9", "trigger_id": "1.2"}
    assert read("slash_commands", command).where == direct
    press = samples("interaction__block_actions")[0]
    press["user"]["id"], press["container"]["channel_id"] = "U1", "D1"
    event = read("block_actions", press)
    assert (event.where, event.private) == (direct, True)


def test_a_reaction_tells_no_company() -> None:
    event = read("events_api", samples("event_callback__reaction_added")[0])
    assert (event.kind, event.value, event.text) == ("reaction", "heart_eyes", "added")
    assert event.message_id == "1599529504.000400"
    assert event.who.team is None
    assert event.at == datetime(2020, 9, 9, 2, 1, 21, 800, tzinfo=UTC)


def test_a_skin_tone_does_not_make_another_reaction() -> None:
    body = samples("event_callback__reaction_added")[0]
    body["event"]["reaction"] = "+1::skin-tone-3"
    assert read("events_api", body).value == "+1"


def test_home_is_opened_but_not_the_messages_tab() -> None:
    event = read("events_api", samples("event_callback__app_home_opened")[1])
    assert (event.kind, event.where.chat) == ("home", "home:U12345678")
    assert (
        inbound.events("events_api", samples("event_callback__app_home_opened")[0], ME, NOW) == []
    )


def test_people_and_the_bot_come_and_go() -> None:
    joined = samples("event_callback__member_joined_channel")[0]
    event = read("events_api", joined)
    assert (event.kind, event.value, event.who.is_bot) == ("member", "joined", False)
    joined["event"]["user"] = "UBOT"
    assert read("events_api", joined).who.is_bot
    left = read("events_api", wrapped({"type": "channel_left", "channel": "C1"}))
    assert (left.value, left.who.id, left.where.chat) == ("left", "UBOT", "C1")


def test_a_channel_changes() -> None:
    named = {"type": "channel_rename", "channel": {"id": "C1", "name": "acme", "created": 1}}
    event = read("events_api", wrapped(named))
    assert (event.value, event.where.chat, event.room_title) == ("renamed", "C1", "acme")
    moved = {"type": "channel_id_changed", "old_channel_id": "C1", "new_channel_id": "C2"}
    event = read("events_api", wrapped(moved))
    assert (event.value, event.where.chat, event.values) == ("migrated", "C1", {"chat": "C2"})
    shared = {"type": "channel_shared", "channel": "C1", "connected_team_id": "T2"}
    assert read("events_api", wrapped(shared)).shared


def test_a_command_without_slash_and_prefix() -> None:
    body = samples("slash_command")[1] | {
        "command": "/hq-ticket", "text": "take &lt;it&gt; <@U2|bo> <#C3|acme> T-1",
    }  # fmt: skip
    event = read("slash_commands", body)
    assert (event.route, event.text) == ("ticket", "take <it> @bo #acme T-1")
    assert event.values == {"mentions": {"@bo": "U2"}, "rooms": {"#acme": "C3"}}
    assert event.key == "slack:cmd:111.222.xxx"
    assert (event.at, event.direct) == (NOW, True)


def test_a_press() -> None:
    body = samples("interaction__block_actions")[0]
    body["actions"][0]["action_id"] = "ticket.take#3"
    event = read("block_actions", body)
    assert (event.route, event.value) == ("ticket.take", "click_me_123")
    assert (event.where.chat, event.message_id) == ("C111", "111.222")
    assert event.at == datetime(2020, 8, 4, 8, 39, 45, 194939, tzinfo=UTC)
    assert event.who.team == "T111"
    assert event.direct


def test_a_button_that_opens_a_link_is_no_event() -> None:
    body = samples("interaction__block_actions")[0]
    body["actions"][0]["action_id"] = "url#0"
    assert inbound.events("block_actions", body, ME, NOW) == []


def test_every_kind_of_value_in_a_modal() -> None:
    state = {
        "a": {"x": {"type": "plain_text_input", "value": None}},
        "b": {"x": {"type": "static_select", "selected_option": {"value": "gold"}}},
        "c": {"x": {"type": "multi_static_select",
                    "selected_options": [{"value": "p"}, {"value": "q"}]}},
        "d": {"x": {"type": "users_select", "selected_user": "U7"}},
        "e": {"x": {"type": "datepicker", "selected_date": "2026-12-10"}},
        "f": {"x": {"type": "datetimepicker", "selected_date_time": 1628633820}},
        "g": {"x": {"type": "number_input", "value": "12"}},
        "h": {"x": {"type": "file_input", "files": [{"id": "F1", "name": "a.png", "size": 3,
                                                    "mimetype": "image/png"}]}},
        "i": {"x": {"type": "external_select", "selected_option": None}},
        "j": {"x": {"type": "multi_users_select", "selected_users": ["U1", "U2"]}},
    }  # fmt: skip
    body = samples("interaction__view_submission")[0]
    body["view"]["state"] = {"values": state}
    event = read("view_submission", body)
    assert event.values == {
        "a": "", "b": "gold", "c": ["p", "q"], "d": "U7", "e": "2026-12-10",
        "f": "2021-08-10T22:17:00+00:00", "g": "12",
        "h": [{"name": "a.png", "mime": "image/png", "size": 3, "source": "slack:F1"}],
        "i": "", "j": ["U1", "U2"],
    }  # fmt: skip
    assert (event.route, event.value) == ("view-id", "This is for you!")
    assert (event.where.chat, event.private, event.direct) == ("W111", True, True)


def test_a_form_sent_twice_has_one_key_but_a_corrected_one_another() -> None:
    body = samples("interaction__view_submission")[0]
    once, twice = read("view_submission", body).key, read("view_submission", body).key
    assert once == twice
    body["view"]["state"]["values"]["hspI"]["maBWU"]["value"] = "other"
    assert read("view_submission", body).key != once


def test_a_message_shortcut_carries_the_message() -> None:
    event = read("message_action", samples("interaction__message_action")[0])
    assert (event.kind, event.route, event.message_id) == (
        "shortcut", "test-shortcut", "1583636382.000300",
    )  # fmt: skip
    assert event.text == "@U222 test"
    assert event.values == {
        "author": "W111", "by_bot": False, "at": "2020-03-08T02:59:42.000300+00:00",
    }  # fmt: skip


def test_a_global_shortcut_and_options_and_a_closed_form() -> None:
    event = read("shortcut", samples("interaction__shortcut")[0])
    assert (event.route, event.where.chat) == ("test-shortcut", "W111")
    body = samples("interaction__block_suggestion")[0] | {"action_id": "partner", "value": "nord"}
    event = read("block_suggestion", body)
    assert (event.kind, event.route, event.text) == ("options", "partner", "nord")
    event = read("view_closed", samples("interaction__view_closed")[0])
    assert (event.kind, event.direct) == ("form_closed", False)


def test_what_was_set_aside_reads_the_same_and_keeps_no_secret() -> None:
    body = samples("interaction__block_actions")[0]
    raw = inbound.to_raw("block_actions", body)
    assert "verification_token" not in raw
    assert "hooks.slack.com" not in raw
    assert inbound.from_raw(raw, ME, NOW) == inbound.events("block_actions", body, ME, NOW)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("dialog_submission", {}),
        ("events_api", {"event": {}}),
        ("events_api", {"event": "message"}),
        ("events_api", wrapped(message(ts="soon"))),
        ("events_api", wrapped(message(text=5))),
        ("events_api", wrapped(message(files=[{"name": "no id"}]))),
        ("events_api", wrapped(message(user=None))),
        ("events_api", {"event": {"type": "reaction_added", "user": "U1", "reaction": "x",
                                  "item": {"type": "message", "channel": "C1", "ts": "1.0"}}}),
        ("slash_commands", {"command": "/x", "user_id": "U1", "channel_id": "C1"}),
        ("block_actions", {"user": {"id": "U1"}, "actions": [{"value": "x"}]}),
        ("view_submission", {"user": {"id": "U1"}, "view": {}}),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_so(kind: str, body: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        inbound.events(kind, body, ME, NOW)


def rich(*elements: dict[str, Any]) -> Event:
    blocks = [{"type": "rich_text", "elements": list(elements)}]
    return read("events_api", wrapped(message(blocks=blocks, text="ignored")))


def section(*pieces: dict[str, Any], kind: str = "section", **more: Any) -> dict[str, Any]:
    return {"type": f"rich_text_{kind}", "elements": list(pieces), **more}


def words(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def test_styles_links_people_rooms_and_emoji() -> None:
    event = rich(section(
        words("a<b", bold=True), words(" "), words("c", italic=True, strike=True),
        {"type": "link", "url": "https://e.com/?a=1&b=2", "text": "here"},
        {"type": "user", "user_id": "U2"}, {"type": "channel", "channel_id": "C9"},
        {"type": "emoji", "name": "flag-de", "unicode": "1f1e9-1f1ea"},
        {"type": "emoji", "name": "party"}, {"type": "broadcast", "range": "here"},
    ))  # fmt: skip
    assert event.html == (
        '<b>a&lt;b</b> <s><i>c</i></s><a href="https://e.com/?a=1&amp;b=2">here</a>'
        '<a href="person:U2">@U2</a>#C9\U0001f1e9\U0001f1ea:party:@here'
    )
    assert event.text == "a<b chere@U2#C9\U0001f1e9\U0001f1ea:party:@here"


def test_lists_quotes_and_code() -> None:
    event = rich(
        section(words("Steps:")),
        section(section(words("one")), section(words("two")), kind="list", style="ordered"),
        section(section(words("deep")), kind="list", style="bullet", indent=1),
        section(words("said"), kind="quote"),
        section(words("x = 1\ny"), kind="preformatted"),
    )
    assert event.text == "Steps:\n1. one\n2. two\n  • deep\nsaid\nx = 1\ny"
    assert event.html == (
        "Steps:\n1. one\n2. two\n  • deep<blockquote>said</blockquote><pre>x = 1\ny</pre>"
    )


@pytest.mark.parametrize("call", ["<@UBOT> help", "<@UBOT>: help", " <@UBOT>， help"])
def test_a_call_is_taken_off_a_plain_text(call: str) -> None:
    event = read("events_api", wrapped(message(text=call)))
    assert (event.text, event.mentions_bot) == ("help", True)
    assert event.values["mentions"] == {}


def test_a_mention_in_the_middle_stays() -> None:
    event = read("events_api", wrapped(message(text="ask <@UBOT> or <@U2>")))
    assert (event.text, event.mentions_bot) == ("ask @UBOT or @U2", True)


def test_mrkdwn_entities_are_read_as_words() -> None:
    text = "<!here> <!subteam^S1|@team> <!date^1^{date}|1 Jan> <https://e.com|site> 1 &lt; 2"
    text += " <mailto:a@b.c|a@b.c>"
    event = read("events_api", wrapped(message(text=text)))
    assert event.text == "@here @team 1 Jan site 1 < 2 a@b.c"
    assert '<a href="https://e.com">site</a>' in event.html


def test_what_no_database_stores_is_replaced() -> None:
    event = read("events_api", wrapped(message(text="a\x00b\ud800c")))
    assert event.text == "a\ufffdb\ufffdc"
    assert payload.instant("1606810819.0008") == datetime(2020, 12, 1, 8, 20, 19, 800, tzinfo=UTC)
    assert payload.stamp(payload.instant("1606810819.000800")) == "1606810819.000800"
