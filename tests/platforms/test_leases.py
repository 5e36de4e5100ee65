"""A lease that ends during its call puts a message in doubt that is on its way."""

from datetime import timedelta

from bot.delivery import LEASE
from bot.platforms.slack import client, tiers
from bot.platforms.telegram import account

MARGIN = timedelta(seconds=30)


def test_a_lease_outlasts_the_slowest_call_to_telegram() -> None:
    pool, connect, write, read = account.READ, account.CONNECT, account.MEDIA_WRITE, account.READ
    assert timedelta(seconds=pool + connect + write + read) + MARGIN < LEASE


def test_a_lease_outlasts_the_slowest_call_to_slack() -> None:
    assert timedelta(seconds=tiers.PATIENCE + client.CALL) + MARGIN < LEASE
