"""Examples for the templates of reports."""

from datetime import date, timedelta
from typing import Any

from bot.tickets.performance import View
from bot.tickets.periods import Period

PERIOD = Period(date(2026, 11, 9), date(2026, 12, 7))
TOTAL = {"count": 14, "kept": 12, "percent": 85, "median": timedelta(minutes=40),
         "p90": timedelta(hours=30, minutes=10)}  # fmt: skip
TABLE = "         数量 按时 一半  90 %\n华腾科技   14 85 % 0:40 30:10"
LINE = {"id": 41, "ref": "T-41", "partner": "华腾科技", "used": timedelta(hours=2)}

EXAMPLES: dict[str, dict[str, Any]] = {
    "reports/sla.html.j2": {
        "view": View(PERIOD, "tgold", "p"), "period": PERIOD, "about": "金牌",
        "totals": [TOTAL | {"clock": clock, "promised": promised}
                   for clock in ("answer", "solve") for promised in (0, 14)],
        "tables": [{"clock": clock, "text": TABLE} for clock in ("answer", "solve")],
        "groups": [{"label": "华腾科技", "clock": "solve",
                    "value": View(PERIOD, "p1").on("w20261130")}],
        "more": True, "all": View(PERIOD, "tgold").on(""),
    },
    "reports/tickets.html.j2": {
        "clock": "answer", "period": PERIOD, "about": "华腾科技", "first": True,
        "rows": [LINE | {"target": target, "kept": kept} for target, kept in (
            (None, None), (timedelta(hours=4), True), (timedelta(hours=1), False))],
        "next": str(View(PERIOD, "p1", page=1)), "value": str(View(PERIOD, "p1")),
        "back": str(View(PERIOD, "p1", "p").back),
    },
}  # fmt: skip
