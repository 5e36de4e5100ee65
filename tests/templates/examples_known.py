"""Examples for the templates of known issues."""

from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

DAY = datetime(2026, 12, 3, 8, 12, tzinfo=UTC)
ISSUE = SimpleNamespace(id=4, title="价格表打不开", state="fixed", fixed_at=DAY)
COUNT = SimpleNamespace(tickets=13, live=12, partners=12)
OUTCOME = SimpleNamespace(yes=7, no=1, silent=4, failed=1, waiting=2)
PLAN = SimpleNamespace(places=11, tickets=12, languages=Counter({"en": 8, "zh": 3}), solved=1,
                       partners=("华腾科技", "Nordwind GmbH"), nobody=("Kaito Denki",),
                       gone=("Bluepine Systems",))  # fmt: skip
FIX: dict[str, Any] = {
    "how": "draft", "fix": SimpleNamespace(id=3, en="It opens again.", zh=""), "issue": ISSUE,
    "plan": PLAN, "changed": True, "seconds": 60, "named": 1, "outcome": OUTCOME,
}  # fmt: skip

EXAMPLES: dict[str, dict[str, Any]] = {
    "tickets/known_list.html.j2": {"rows": [(ISSUE, COUNT)]},
    "tickets/known.html.j2": {
        "issue": ISSUE, "count": COUNT, "outcome": OUTCOME, "more": 3, "now": DAY,
        "changes": [{"at": DAY, "what": f"known.{what}", "who": "林", "before": "打不开"}
                    for what in ("renamed", "reopened", "fixed")],
        "rows": [{"id": 41, "ref": "T-41", "partner": "华腾科技", "who": "王总",
                  "title": "价格表打不开", "live": False}],
    },
    "tickets/known_done.html.j2": {"what": "renamed", "ref": "", "issue": ISSUE, "row": 17,
                                    "before": "打不开"},
    "tickets/known_fix.html.j2": FIX,
    "tickets/fixed.html.j2": {
        "words": "It opens again.", "own": False, "how": "",
        "title": "价格表打不开", "refs": "T-41", "value": "3:41",
    },
}  # fmt: skip
