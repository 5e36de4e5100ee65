"""Examples for the templates of meetings."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

NOW = datetime(2026, 12, 3, 8, 12, tzinfo=UTC)
AT = datetime(2026, 12, 10, 7, 0, tzinfo=UTC)
MEETING = SimpleNamespace(
    id=7,
    title="季度回顾",
    place="深圳 A 座",
    rrule="FREQ=WEEKLY;BYDAY=TH",
    revision=1,
    state="sent",
)
PARTNER = SimpleNamespace(name="华腾科技")
SIDES = [{"names": "王总", "clock": "08:00", "hint": "early"}]
LATER = [
    {"day": "3-11", "clock": "15:00", "others": "08:00", "season": ""},
    {"day": "6-10", "clock": "15:00", "others": "09:00", "season": "summer"},
]
SAID: dict[str, Any] = {
    "yes": "王总", "no": "李工", "other": "赵工", "waiting": "钱工", "unmet": "孙工",
    "topics": [{"name": "王总", "text": "备件 <b>库存</b>"}],
}  # fmt: skip
TOLD: dict[str, Any] = {
    "meeting": MEETING, "partner": PARTNER, "names": "王总、李工", "when": "12-10 15:00",
    "handle": "7:1",
}  # fmt: skip
ASKED: dict[str, Any] = {
    "meeting": MEETING, "handle": "7:1", "who": "林经理（恒达）", "span": "12-10 08:00–09:00",
    "was": "12-09 08:00", "then": "3-11 08:00", "news": "moved",
}  # fmt: skip

EXAMPLES: dict[str, dict[str, Any]] = {
    "meetings/preview.html.j2": {
        "meeting": MEETING, "handle": "7:1", "partner": PARTNER, "at": AT, "sides": SIDES,
        "rhythm": "3 / 6 / 9 / 12", "later": LATER, "names": "王总", "absent": "李工",
        "better": "16:00",
    },
    "meetings/sent.html.j2": {"meeting": MEETING, "names": "王总", "absent": "李工"},
    "meetings/invitation.html.j2": {**ASKED, "guest": SimpleNamespace(answer="", note="")},
    "meetings/room_invitation.html.j2": {
        **ASKED, "names": "王总", "yes": "王总", "no": "李工", "other": "赵工",
    },
    "meetings/answers.html.j2": {
        "meeting": MEETING, "partner": PARTNER, "when": "12-10 15:00", **SAID,
    },
    "meetings/other_time.html.j2": {
        "meeting": MEETING, "partner": PARTNER, "state": "open", "name": "王总",
        "text": "周五 9:30", "to": "2026-12-11T16:30", "handle": "7:1", "contact_id": 12,
        "now_at": "12-10 15:00", "mine": "12-11 16:30", "theirs": "12-11 09:30",
    },
    "meetings/reminder.html.j2": {
        "meeting": MEETING, "days": 1, "span": "12-10 08:00–09:00", "who": "林经理（恒达）",
        "handle": "7:1", "unanswered": True, "due": NOW, "now": NOW,
    },
    "meetings/missed.html.j2": {
        "meeting": MEETING, "partner": PARTNER, "at": AT, "now": NOW, "names": "Jo, Kai",
    },
    "meetings/organiser_reminder.html.j2": {
        "meeting": MEETING, "partner": PARTNER, "at": AT, "now": NOW, "due": NOW,
        "tickets": "T-52", **SAID,
    },
    "meetings/move_preview.html.j2": {
        "meeting": MEETING, "partner": PARTNER, "sides": SIDES, "was": "12-10 15:00",
        "becomes": "12-11 17:00", "value": "7:1@2026-12-11T17:00",
    },
    "meetings/moved.html.j2": TOLD,
    "meetings/cancel.html.j2": TOLD,
    "meetings/cancel_held.html.j2": {**TOLD, "seconds": 60},
    "meetings/back.html.j2": TOLD,
    "meetings/cancelled.html.j2": {
        "meeting": MEETING, "who": "林经理（恒达）", "span": "12-10 08:00–09:00",
    },
    "meetings/kept.html.j2": {"meeting": MEETING, "name": "王总"},
    "meetings/noted.html.j2": {"meeting": MEETING},
    "meetings/list.html.j2": {
        "ours": False, "more": 3, "partner": None,
        "lines": [
            {"id": 7, "title": "季度回顾", "partner": "华腾科技", "who": "林经理（恒达）",
             "place": "深圳 A 座", "when": "12-10 15:00", "said": said}
            for said in ("yes", "no", "other", "", "-")
        ],
    },
    "meetings/meeting.html.j2": {
        "meeting": MEETING, "partner": PARTNER, "handle": "7:1", "when": "12-10 15:00",
        "theirs": [{"names": "王总", "when": "12-10 08:00"}], "rhythm": "3 / 6 / 9 / 12", **SAID,
    },
}  # fmt: skip
