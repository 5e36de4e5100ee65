"""Which tickets a list shows: words of a command become filters, and fit into a button."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.config_tickets import PRIORITIES
from bot.marks import _m
from bot.tickets.kinds import KINDS, NAMES
from storage.finding import Place, Wanted

SOON = timedelta(hours=4)  # what is promised within that time is about to be late

# What somebody may type, in both languages, and the filter that it means.
WORDS: Mapping[str, tuple[str, Any]] = {
    "mine": ("mine", True), "my": ("mine", True), "me": ("mine", True), "我的": ("mine", True),
    "我": ("mine", True),
    "all": ("status", ""), "全部": ("status", ""), "所有": ("status", ""),
    "open": ("status", "live"), "未结": ("status", "live"),
    "new": ("status", "open"), "ours": ("status", "open"), "待处理": ("status", "open"),
    "waiting": ("status", "waiting"), "等待": ("status", "waiting"),
    "等待伙伴": ("status", "waiting"), "等伙伴": ("status", "waiting"),
    "hold": ("status", "hold"), "搁置": ("status", "hold"), "暂缓": ("status", "hold"),
    "solved": ("status", "done"), "resolved": ("status", "done"), "closed": ("status", "done"),
    "done": ("status", "done"), "已解决": ("status", "done"), "已关闭": ("status", "done"),
    "breached": ("due", "late"), "late": ("due", "late"), "overdue": ("due", "late"),
    "超时": ("due", "late"), "逾期": ("due", "late"), "已超时": ("due", "late"),
    "soon": ("due", "soon"), "即将超时": ("due", "soon"), "快超时": ("due", "soon"),
    "nobody": ("nobody", True), "unassigned": ("nobody", True), "untaken": ("nobody", True),
    "待认领": ("nobody", True), "无人": ("nobody", True),
    **{kind: ("kind", kind) for kind in KINDS},
    **{f"{kind}s": ("kind", kind) for kind in KINDS},
    **{word: ("kind", kind) for word, kind in NAMES.items()},
    **{priority: ("priority", priority) for priority in PRIORITIES},
    "紧急": ("priority", "urgent"), "高": ("priority", "high"), "普通": ("priority", "normal"),
    "低": ("priority", "low"),
}  # fmt: skip
LABELS: Mapping[str, str] = {
    "open": _m("our turn"), "waiting": _m("waiting for the partner"), "hold": _m("on hold"),
    "done": _m("solved"), "late": _m("overdue"), "soon": _m("due within 4 hours"),
    "nobody": _m("nobody yet"), "problem": _m("problem"), "question": _m("question"),
    "order": _m("order"), "request": _m("request"), "low": _m("low"), "normal": _m("normal"),
    "high": _m("high"), "urgent": _m("urgent"),
}  # fmt: skip
IGNORED = frozenset(("to", "about", "breach", "tickets", "ticket", "priority", "的", "工单"))


@dataclass(frozen=True)
class Filters:
    """What a list is of, without the moment at which it is looked at."""

    status: str = ""  # "" and "live": not solved; "done": solved; "any": both
    due: str = ""  # late, soon
    owner_id: int | None = None
    partner_id: int | None = None
    kind: str = ""
    priority: str = ""
    nobody: bool = False

    def code(self) -> str:
        """As short as a button needs: "o3 sw dl"."""
        said = (
            ("s", self.status),
            ("d", self.due),
            ("o", self.owner_id),
            ("p", self.partner_id),
            ("k", self.kind),
            ("y", self.priority),
            ("n", "1" if self.nobody else ""),
        )
        return " ".join(f"{letter}{value}" for letter, value in said if value)  # fmt: skip

    @classmethod
    def read(cls, code: str) -> "Filters":
        """The filters of a button; what is not one of ours filters nothing."""
        said = {part[0]: part[1:] for part in code.split()}
        ids = {letter: int(said[letter]) for letter in "op" if said.get(letter, "").isdecimal()}
        return cls(said.get("s", ""), said.get("d", ""), ids.get("o"), ids.get("p"),
                   said.get("k", ""), said.get("y", ""), "n" in said)  # fmt: skip

    def wanted(
        self, now: datetime, since: datetime | None = None, until: datetime | None = None
    ) -> Wanted:  # fmt: skip
        """What that is at this moment, or of a period."""
        wanted = Wanted(self.status, self.owner_id, self.partner_id, self.kind, self.priority,
                        self.nobody, since=since, until=until)  # fmt: skip
        if self.due == "late":
            return replace(wanted, due_until=now)
        if self.due == "soon":
            return replace(wanted, due_after=now, due_until=now + SOON)
        return wanted


def understood(words: list[str]) -> tuple[dict[str, Any], list[str]]:
    """The filters that words mean, and the words that mean none: names."""
    found: dict[str, Any] = {}
    names = []
    for word in words:
        filter_ = WORDS.get(word.casefold())
        if filter_ is not None:
            found[filter_[0]] = filter_[1]
        elif word.casefold() not in IGNORED:
            names.append(word)
    return found, names


def labels(filters: Filters) -> list[str]:
    """What a list says above itself; names apart."""
    said = (filters.status, filters.due, filters.kind, filters.priority,
            "nobody" if filters.nobody else "")  # fmt: skip
    return [LABELS[word] for word in said if word in LABELS]


def place_code(place: Place) -> str:
    """Where a page ended, for a button: "1796281920.41", ".41" when nothing is promised."""
    due, last = place
    return f"{due.timestamp():.6f}.{last}" if due is not None else f".{last}"


def place_of(code: str) -> Place | None:
    """The same read back; None = from the beginning."""
    due, _, last = code.rpartition(".")
    if not last.isdecimal():
        return None
    try:
        return (datetime.fromtimestamp(float(due), UTC) if due else None), int(last)
    except ValueError:
        return None
