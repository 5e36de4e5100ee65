"""Whether the status that somebody set in Slack says that they are not at work. Pure."""

import re

from bot.fold import fold

EMOJI = frozenset([
    "palm_tree", "desert_island", "beach_with_umbrella", "umbrella_on_ground",
    "face_with_thermometer", "face_with_head_bandage",
])  # fmt: skip
_AWAY = re.compile(
    r"\b(?:out of (?:the )?office|ooo|on vacation|vacation(?:ing)?|(?:on|public) holidays?|"
    r"(?:on|annual|sick|parental|maternity|paternity) leave|out sick|off sick|day off|pto)\b"
    r"|不在办公室|休假|度假|请假|年假|病假|产假|陪产假|调休|放假"
)
# About another time, or about coming back.
_NOT_NOW = re.compile(
    r"\bback from\b|\bafter\b|\bbefore\b|\bnext\b|\bsoon\b|\bfrom (?:mon|tues|wednes|thurs|fri)day"
    r"|回来了|结束|之后|之前|下周|明天起"
)


def means_away(emoji: str, text: str) -> bool:
    """Words count more than the picture: 🌴 with "back from vacation" is somebody at work."""
    words = fold(text).casefold()
    if _NOT_NOW.search(words):
        return False
    return emoji.strip(":") in EMOJI or bool(_AWAY.search(words))
