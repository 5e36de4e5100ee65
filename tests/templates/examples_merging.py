"""Examples for the templates of merged tickets."""

from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 12, 3, 8, 12, tzinfo=UTC)
SINCE = datetime(2026, 12, 3, 7, 12, tzinfo=UTC)

EXAMPLES: dict[str, dict[str, Any]] = {
    "tickets/merge.html.j2": {
        "ref": "T-42", "other": "T-41", "value": "42:41", "partner": "华腾科技", "now": NOW,
        "title": "打印机也坏了", "other_title": "价格表打不开", "live": False, "since": SINCE,
        "told": True, "who": "王伟", "elsewhere": True, "whom": "李娜", "mine": 4, "its": 5,
    },
    "tickets/merged.html.j2": {"how": "merged", "ref": "T-42", "id": 42, "other": 41},
    "tickets/merged_there.html.j2": {
        "how": "took_in", "ref": "T-42", "other": "T-41", "id": 42, "target": 41, "here": 0,
        "partner": "华腾科技", "title": "打印机也坏了", "by": "林", "since": SINCE, "now": NOW,
    },
}  # fmt: skip
