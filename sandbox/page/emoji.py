"""The emoji that people pick here, by Slack's names."""

import re

EMOJI = {
    "+1": "👍", "thumbsup": "👍", "-1": "👎", "thumbsdown": "👎", "eyes": "👀", "heart": "❤️",
    "tada": "🎉", "pray": "🙏", "ticket": "🎫", "white_check_mark": "✅", "heavy_check_mark": "✔️",
    "x": "❌", "warning": "⚠️", "fire": "🔥", "clap": "👏", "wave": "👋", "smile": "😄",
    "slightly_smiling_face": "🙂", "disappointed": "😞", "thinking_face": "🤔", "rocket": "🚀",
    "hourglass": "⌛", "alarm_clock": "⏰", "bell": "🔔", "no_bell": "🔕", "calendar": "📅",
    "memo": "📝", "pushpin": "📌", "bulb": "💡", "star": "⭐", "red_circle": "🔴", "lock": "🔒",
    "large_green_circle": "🟢", "large_yellow_circle": "🟡", "question": "❓", "sos": "🆘",
    "exclamation": "❗", "100": "💯", "raised_hands": "🙌", "ok_hand": "👌",
    "speech_balloon": "💬",
}  # fmt: skip
PICKER = (
    "+1",
    "eyes",
    "white_check_mark",
    "heart",
    "tada",
    "pray",
    "ticket",
    "warning",
    "sos",
    "-1",
)
TELEGRAM_PICKER = ("👍", "❤", "🔥", "🎉", "👏", "👀", "🙏", "👎", "🤔", "💯")
_NAME = re.compile(r":([a-z0-9_+-]{1,40}):")


def show(name: str) -> str:
    """The picture for a name, or the name between colons when we have none."""
    return EMOJI.get(name.split("::")[0], f":{name}:")


def replace(text: str) -> str:
    """`:eyes:` as people see it; anything that only looks like a name is left alone."""
    return _NAME.sub(lambda found: EMOJI.get(found[1], found[0]), text)
