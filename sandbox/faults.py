"""Faults that can be switched on: what a real platform does on a bad day."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

FaultKind = Literal[
    "error_500",  # the call answers 500 and did nothing
    "timeout",  # the call hangs `seconds`, then does nothing and closes
    "slow",  # the call is done after `seconds`
    "drop_before",  # the connection closes, nothing was done
    "drop_after",  # the call is done, then the connection closes without an answer
    "slow_after",  # the call is done, its answer comes after `seconds`
    "flood",  # 429 with retry after `seconds`
    "gone",  # the chat is gone: blocked by the user, channel not found
    "disconnect",  # Slack socket: closed without a word
    "refresh",  # Slack socket: `disconnect` with refresh_requested, then closed
    "redeliver",  # the next event is delivered again after its ack
    "new_event_id",  # the next message is delivered again under another event id
    "reorder",  # the next two events are delivered in the opposite order
]


@dataclass
class Fault:
    """`kind` for the next `times` calls or events matching the glob `on`, after `skip` of them."""

    kind: FaultKind
    on: str = "*"
    times: int = 1
    skip: int = 0
    seconds: float = 1.0


class Faults:
    """The switched-on faults of one platform, used up one by one."""

    def __init__(self) -> None:
        self._active: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._active.append(fault)

    def clear(self) -> None:
        self._active.clear()

    def take(self, name: str, *kinds: FaultKind) -> Fault | None:
        """The first fault for `name` (a method, "socket", "event") among `kinds`; uses it up."""
        for fault in self._active:
            if (kinds and fault.kind not in kinds) or not fnmatchcase(name, fault.on):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._active.remove(fault)
            return fault
        return None
