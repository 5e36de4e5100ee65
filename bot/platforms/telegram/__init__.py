"""Telegram: updates in, messages out; the only code that knows python-telegram-bot."""

import os

# The library's own opt-in: flood waits as timedelta, without a deprecation warning for each 429.
os.environ.setdefault("PTB_TIMEDELTA", "1")
