"""A lease that ends during its call would put a message in doubt that is on its way."""

from typing import Any, cast

import pytest

from bot.delivery import LEASE, MARGIN, Courier
from bot.errors import ConfigError
from bot.outbox import Sender
from bot.platforms.slack.sender import SlackSender
from bot.platforms.telegram.sender import TelegramSender


class Slow:
    platform = "telegram"
    slowest = LEASE.total_seconds()


@pytest.mark.parametrize("sender", [SlackSender, TelegramSender])
def test_a_lease_outlasts_the_slowest_call(sender: type[SlackSender | TelegramSender]) -> None:
    assert sender.slowest + MARGIN.total_seconds() < LEASE.total_seconds()


def test_a_start_with_slower_calls_is_refused() -> None:
    nothing = cast("Any", None)
    with pytest.raises(ConfigError) as refused:
        Courier(nothing, nothing, cast("Sender", Slow()), nothing)
    assert refused.value.faults == [
        "telegram: a call may take 300 s, too long for a lease of 300 s; shorten its time-outs"
    ]
