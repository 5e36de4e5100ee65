"""Examples for what is said of topics."""

from types import SimpleNamespace
from typing import Any

EXAMPLES: dict[str, dict[str, Any]] = {
    "tickets/no_topic.html.j2": {"ref": "T-41", "why": "", "reason": "rejected: <odd>",
                                 "stands": False},
    "tickets/topics_again.html.j2": {},
    "tickets/own_topic.html.j2": {"called": "王总", "ref": "T-41", "ours": True, "title": "发票",
                                  "link": "https://t.me/c/2000000101/7"},
    "tickets/no_topic_there.html.j2": {"ref": "T-41", "why": "no right", "reason": "",
                                       "room": "华腾 × 恒达",
                                       "command": "/partner topics 华腾科技 on"},
    "partners/topics.html.j2": {"partner": SimpleNamespace(id=3, name="华腾科技"),
                                "room": "华腾 × 恒达", "on": True},
}  # fmt: skip
