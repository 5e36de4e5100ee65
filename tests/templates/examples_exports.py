"""Examples for the templates of files that are ordered."""

from typing import Any

EXAMPLES: dict[str, dict[str, Any]] = {
    "exports/ordered.html.j2": {"total": 1000, "beyond": True, "about": "王芳 · 华腾科技"},
    "exports/made.html.j2": {"fault": "", "kind": "tickets", "rows": 12_345, "file": "xlsx",
                             "about": "华腾科技"},
}  # fmt: skip
