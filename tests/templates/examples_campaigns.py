"""Examples for the templates of what goes to many people."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.campaigns.service import Reach
from bot.campaigns.standing import Standing
from bot.texts import Reader
from storage.campaigns import Count

NOW = datetime(2026, 12, 7, 8, 1, tzinfo=UTC)
COUNT = Count(sent=300, unverified=3, waiting=15, later=4, flying=0, open=15,
              failed={"unreachable: blocked": 9, "rejected: too long": 2, "tried": 1})  # fmt: skip
STOPPED = Standing(
    id=5, kind="digest", title="2026-12-07", on=date(2026, 12, 7), state="stopped", braked=True,
    count=COUNT, why={"gone": 9, "refused": 2, "gave_up": 1}, more=False,
    left=timedelta(minutes=4), last=datetime(2026, 12, 7, 12, 0, tzinfo=UTC),
    there=Reader("zh", "America/Sao_Paulo"),
)  # fmt: skip

REACH = Reach(waiting=12, deletable=280, too_late=20)

EXAMPLES: dict[str, dict[str, Any]] = {
    "campaigns/standing.html.j2": {"one": STOPPED, "now": NOW},
    "campaigns/missed.html.j2": {
        "rows": [("王伟 (华腾科技)", "gone"), ("李娜 (启明)", "refused"), ("陈晓", "gave_up")],
        "more": 9,
    },
    "campaigns/reach.html.j2": {"reach": REACH},
    "campaigns/recalled.html.j2": {"reach": REACH},
}  # fmt: skip
