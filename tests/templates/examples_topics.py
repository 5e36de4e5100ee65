"""Examples for what is said of topics."""

from typing import Any

EXAMPLES: dict[str, dict[str, Any]] = {
    "tickets/no_topic.html.j2": {"ref": "T-41", "why": "", "reason": "rejected: <odd>",
                                 "stands": False},
    "tickets/topics_again.html.j2": {},
}  # fmt: skip
