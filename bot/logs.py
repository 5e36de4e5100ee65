"""How the log looks; each line written for an event, a delivery or due work names its key."""

import logging
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Literal


@contextmanager
def _left_out(package: str) -> Iterator[None]:
    """Meanwhile a package cannot be imported; who has it already keeps it."""
    hide = package not in sys.modules
    if hide:
        sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if hide:
            del sys.modules[package]


with _left_out("rich"):  # 5 MB for tracebacks that would show people's words, see below
    import structlog

Style = Literal["text", "json"]

# Their own logs carry URLs with tokens, or remark on our design.
QUIET = {"httpx": "WARNING", "httpcore": "WARNING", "slack_sdk": "WARNING", "telegram": "WARNING",
         "apscheduler": "WARNING", "slack_bolt": "ERROR"}  # fmt: skip


def configure(style: Style = "text", level: str = "INFO") -> None:
    """Log to standard error from `level` on: a line for people, or one JSON object a line."""
    seen_by_all: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    drawn: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if style == "json":
        drawn += [structlog.processors.format_exc_info,
                  structlog.processors.EventRenamer("message"),
                  structlog.processors.JSONRenderer(ensure_ascii=False)]  # fmt: skip
    else:  # plain: a richer traceback would show the values of variables, which are people's words
        drawn.append(structlog.dev.ConsoleRenderer(
            colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
        ))  # fmt: skip
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=seen_by_all, processors=drawn
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)


def about(**keys: str) -> AbstractContextManager[None]:
    """Every line logged inside, also by libraries, carries these: about(event_key="slack:Ev1")."""
    return structlog.contextvars.bound_contextvars(**keys)
