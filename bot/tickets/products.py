"""Which product a ticket is about: one that promises or rules of liaison.toml name. Pure.

Read from the first words; one of ours corrects it.
"""

import re
from collections.abc import Iterable

from bot.config import Config
from bot.fold import bare

NONE = ("none", "no", "-", "无", "没有")


def known(config: Config) -> list[str]:
    """The products that promises or rules look at, in their order there."""
    promised = [name for policy in config.policies for name in policy.products]
    ruled = [name for rule in config.routing for name in rule.products]
    return list(dict.fromkeys(promised + ruled))


def guess(products: Iterable[str], text: str) -> str:
    """The product that stands first in these words; of two in one place the longer name."""
    said = bare(text)
    found = [(at, -len(name), name) for name in products if (at := _stands(bare(name), said)) >= 0]
    return min(found, default=(0, 0, ""))[2]


def _stands(name: str, said: str) -> int:
    """Where it stands as a word of its own; Chinese words have no spaces around them."""
    found = re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", said, re.ASCII)
    return found.start() if found is not None else -1


def named(products: Iterable[str], word: str) -> str | None:
    """The product that a person typed, "" for none of them; None for any other word."""
    typed = bare(word).strip()
    found = next((name for name in products if bare(name) == typed), None)
    return "" if found is None and typed in NONE else found
