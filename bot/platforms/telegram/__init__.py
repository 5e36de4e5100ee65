"""Telegram: updates in, messages out; the only code that knows python-telegram-bot."""

import os
import sys

# The library's own opt-in: flood waits as timedelta, without a deprecation warning for each 429.
os.environ.setdefault("PTB_TIMEDELTA", "1")
# Left out: httpx's command line, which would bring some more megabytes into memory.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
