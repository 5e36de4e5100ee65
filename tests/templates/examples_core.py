"""Examples for the templates of the walls."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

NOW = datetime(2026, 12, 3, 8, 12, tzinfo=UTC)

FORM = SimpleNamespace(title="新工单")
CHOICES = [SimpleNamespace(label="是"), SimpleNamespace(label="否")]
FIELD = SimpleNamespace(
    label="姓名", help="例如 12", choices=CHOICES, required=False, kind="text", initial="王伟"
)

EXAMPLES = {
    "forms/question.html.j2": {"form": FORM, "field": FIELD, "number": 2, "total": 3,
                               "handle": "1:2"},
    "forms/later.html.j2": {"form": FORM, "field": FIELD, "number": 1, "total": 2,
                            "handle": "1:2"},
    "forms/cancelled.html.j2": {"form": FORM, "field": FIELD, "number": 1, "total": 2,
                                "handle": "1:2"},
    "forms/done.html.j2": {"form": FORM, "field": FIELD, "number": 1, "total": 2, "handle": "1:2"},
    "partners/unreachable.html.j2": {
        "contact": SimpleNamespace(name="Jo Weber"), "partner": SimpleNamespace(name="Nordwind"),
        "room": SimpleNamespace(title="", chat="42"), "reason": "Forbidden: blocked",
    },
    "partners/restart.html.j2": {
        "since": NOW - timedelta(hours=1), "until": NOW, "off": timedelta(hours=1), "now": NOW,
        "late": 3, "caught_up": 2, "clean": False,
        "fate": SimpleNamespace(total=4, sent=3, repeated=1, unverified=1, failed=1, skipped=1,
                                open=1), "failed": 2, "useless": 1,
    },
    "partners/trouble.html.j2": {
        "since": "2026-12-03T08:12:00+00:00", "count": 9, "more": 4, "unverified": 1,
        "rows": [
            {"state": state, "what": what, "whom": "王伟", "reason": reason, "key": "ticket:1"}
            for state, what, reason in (
                ("dead", "a message", "rejected: 1"), ("dead", "a reminder", "unreachable: 2"),
                ("dead", "a ticket's message", "3"), ("unverified", "news", "4"),
                ("given_up", "", "5"), ("unverified", "a survey", "6"),
            )
        ],
    },
}  # fmt: skip
