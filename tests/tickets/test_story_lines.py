"""Whatever is written in a ticket's log has a line of its own in its story."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Kinds that are chosen by the code around them, or come with due work "ticket.noted".
CHOSEN = {"sent", "unsent", "urgent", "calm", "waiting", "resumed", "resolved", "not_a_ticket",
          "reopened", "not_solved", "routed", "passed_on", "promise_kept", "promise_dropped",
          "promised", "promise_moved", "scored", "promise", "linked", "unlinked"}  # fmt: skip


def test_every_kind_of_the_log_is_told() -> None:
    template = (ROOT / "templates/tickets/story.html.j2").read_text("utf-8")
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    written = set(re.findall(r'tickets\.log\(\s*[\w.]+, [\w.]+, "(\w+)"', code))
    assert len(written) > 15
    told = set(re.findall(r'line\.kind == "(\w+)"', template))
    assert written | CHOSEN <= told
