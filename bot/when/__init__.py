"""Times, durations, rhythms and zones as people write them, in English and Chinese; all pure."""

from bot.when.durations import Duration, find_duration, parse_duration, read_duration
from bot.when.moments import Found, Moment, find_time, find_times, parse_time, time_at
from bot.when.rhythms import describe, find_rhythm, parse_rhythm
from bot.when.stretches import Stretch, parse_stretch
from bot.when.zones import Placed, local_time, parse_zone, place

__all__ = [
    "Duration",
    "Found",
    "Moment",
    "Placed",
    "Stretch",
    "describe",
    "find_duration",
    "find_rhythm",
    "find_time",
    "find_times",
    "local_time",
    "parse_duration",
    "parse_rhythm",
    "parse_stretch",
    "parse_time",
    "parse_zone",
    "place",
    "read_duration",
    "time_at",
]
