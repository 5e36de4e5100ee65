"""Examples for the templates of news and digests."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from bot.digests.plan import Count
from bot.digests.words import Line
from tests.templates.examples_campaigns import REACH, STOPPED

NOW = datetime(2026, 12, 7, 1, 0, tzinfo=UTC)
LINES = [Line(5, "水泵", "2027年价格表已发布 <b>", ""), Line(6, "", "新热线 +49 40 1234", "zh")]
COUNT = Count(31, 24, {"en": 23, "zh": 8}, {"nothing": 40, "address": 7, "stopped": 2})
ITEM = SimpleNamespace(id=5, text="2027年价格表已发布", product="水泵", urgent=False,
                       retracted_at=None)  # fmt: skip

EXAMPLES: dict[str, dict[str, Any]] = {
    "news/digest.html.j2": {"company": "恒达", "on": NOW, "stop": 12, "lines": LINES},
    "news/item.html.j2": {
        "item": ITEM, "count": 31, "partners": 24, "has": 3, "missing": "en", "to": "tier:gold",
        "next": NOW, "at": "09:00", "paused": False, "others": ["2027 ——"], "held": True,
        "seconds": 60, "left_out": {"address": 7}, "one": None, "edition": "urgent:5", "now": NOW,
        "new": True,
    },
    "news/list.html.j2": {
        "lines": [{"line": line, "at": NOW, "urgent": False, "retracted": True} for line in LINES],
    },
    "news/retracted.html.j2": {"item": ITEM, "has": 2, "reach": REACH, "campaign": STOPPED},
    "news/recall.html.j2": {"one": STOPPED, "reach": REACH, "now": NOW},
    "news/preview.html.j2": {
        "partner": None, "count": COUNT, "next": NOW, "paused": True, "at": "09:00", "zones": 12,
        "samples": [{"language": language, "company": "恒达", "lines": LINES, "partner": partner}
                    for language, partner in (("en", "Nordwind GmbH"), ("zh", "华腾科技"))],
    },
    "news/send.html.j2": {"count": COUNT},
    "news/held.html.j2": {"edition": "now:2026-12-03T08:12:00", "at": NOW, "count": "31"},
    "news/unsent.html.j2": {},
    "news/on_its_way.html.j2": {},
    "news/left_out.html.j2": {"left_out": COUNT.left_out},
    "news/status.html.j2": {"paused": None, "next": NOW, "count": COUNT, "at": "09:00", "now": NOW,
                            "campaigns": [STOPPED]},
    "news/stopped.html.j2": {"contact_id": 12},
    "news/going_on.html.j2": {},
}  # fmt: skip
