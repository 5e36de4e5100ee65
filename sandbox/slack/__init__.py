"""The local Slack: Web API, Socket Mode and HTTP delivery, and the people in it."""

from sandbox.slack.core import Timing
from sandbox.slack.emulator import SlackEmulator
from sandbox.slack.errors import PlayRefused
from sandbox.slack.play_base import Outcome
from sandbox.slack.play_talk import Upload

__all__ = ["Outcome", "PlayRefused", "SlackEmulator", "Timing", "Upload"]
