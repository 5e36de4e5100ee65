"""The two ways in which Slack says no: to an app by a code, to a person by a sentence."""

from typing import Any


class SlackError(Exception):
    """`{"ok": false, "error": code}`; `extra` are further keys of the body."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


class PlayRefused(Exception):
    """A person tried what Slack's own screen would not let them do; the text says why."""
