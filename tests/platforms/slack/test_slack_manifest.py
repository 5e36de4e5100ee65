"""The manifest from which the Slack app is created."""

import json

import pytest

from bot.platforms.slack import inbound_events
from bot.platforms.slack.manifest import EVENTS, SCOPES, manifest

COMMANDS = [("ticket", "Tickets", "new acme …"), ("liaison", "Everything", "")]


def test_socket_mode_needs_no_address() -> None:
    made = manifest(COMMANDS)
    assert made["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in json.dumps(made)
    ticket, liaison = made["features"]["slash_commands"]
    assert (ticket["command"], ticket["should_escape"]) == ("/ticket", True)
    assert ticket["usage_hint"] == "new acme …"
    assert "usage_hint" not in liaison


def test_http_mode_names_its_address_everywhere() -> None:
    url = "https://bot.example.com/slack/events"
    made = manifest(COMMANDS, request_url=url)
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == url
    assert made["settings"]["interactivity"]["message_menu_options_url"] == url
    assert all(command["url"] == url for command in made["features"]["slash_commands"])
    assert "request_url" not in made["features"]["slash_commands"][0]


def test_every_right_has_its_reason_and_every_event_a_reader() -> None:
    assert all(SCOPES.values())
    assert "app_mention" not in EVENTS
    names = {name.split(".")[0] for name in EVENTS}
    assert names == set(inbound_events._READERS)


def test_shortcuts_are_of_two_types() -> None:
    made = manifest([], shortcuts=[("Reply", "message", "ticket.reply", "Answer the partner")])
    assert made["features"]["shortcuts"][0]["callback_id"] == "ticket.reply"
    with pytest.raises(ValueError, match="message or global"):
        manifest([], shortcuts=[("Reply", "button", "x", "y")])
