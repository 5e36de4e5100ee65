"""Examples for the templates of canned answers."""

from types import SimpleNamespace
from typing import Any

ROW = SimpleNamespace(id=2, name="新链接", en="{{contact}}: A <new> link.", zh="{{contact}}您好")

EXAMPLES: dict[str, dict[str, Any]] = {
    "tickets/canned.html.j2": {"rows": [ROW]},
    "tickets/canned_done.html.j2": {"what": "kept", "row": ROW},
}
