"""The words with which people ask us to be quiet; pure."""

from bot.fold import fold

STOP = frozenset(
    ["stop", "unsubscribe", "cancel subscription", "stop it", "stop please", "please stop"]
) | frozenset(["停", "退订", "停止", "取消订阅", "td",
     "别发了", "不要再发", "不要再发了"])  # fmt: skip


def is_stop(text: str) -> bool:
    """Whether a whole message is nothing but the wish to be left alone."""
    return fold(text).strip(" \t\r\n.,!?;:/\"'“”~…") in STOP
