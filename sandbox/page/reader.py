"""For whose eyes something is drawn: a person's zone, the page's language, the names they see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Reader:
    """A pair of eyes; `people` and `rooms` turn ids into the names shown for them."""

    zone: str = "UTC"
    language: str = "en"
    people: Mapping[str, str] = field(default_factory=dict)
    rooms: Mapping[str, str] = field(default_factory=dict)
    me: str = ""
    origin: str = ""  # the sandbox's own address: only pictures from there are loaded

    def local(self, moment: datetime) -> datetime:
        """`moment` in the reader's zone; an unknown zone reads as UTC."""
        try:
            return moment.astimezone(ZoneInfo(self.zone))
        except (ZoneInfoNotFoundError, ValueError):
            return moment.astimezone(UTC)

    def clock(self, moment: datetime) -> str:
        return self.local(moment).strftime("%H:%M")

    def day(self, moment: datetime) -> str:
        """The date as a heading between two days of messages."""
        local = self.local(moment)
        weekday = _WEEKDAYS[self.language][local.weekday()]
        if self.language == "zh":
            return f"{local.month}月{local.day}日 {weekday}"
        return f"{weekday} {local.day} {_MONTHS[local.month - 1]}"

    def stamp(self, moment: datetime) -> str:
        return f"{self.day(moment)} {self.clock(moment)}"

    def slack_date(self, timestamp: int, pattern: str) -> str:
        """Slack's date tokens ({date}, {time}, …), as this reader would see them."""
        moment = datetime.fromtimestamp(timestamp, UTC)
        local = self.local(moment)
        words = {
            "date_num": local.strftime("%Y-%m-%d"),
            "date": self.day(moment),
            "date_short": self.day(moment),
            "date_long": f"{self.day(moment)} {local.year}",
            "date_pretty": self.day(moment),
            "date_short_pretty": self.day(moment),
            "date_long_pretty": f"{self.day(moment)} {local.year}",
            "day_divider_pretty": self.day(moment),
            "time": self.clock(moment),
            "time_secs": local.strftime("%H:%M:%S"),
            "ago": self.stamp(moment),
        }
        for token, word in words.items():
            pattern = pattern.replace("{" + token + "}", word)
        return pattern
