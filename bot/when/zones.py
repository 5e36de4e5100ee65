"""Time zones: how people name them, and where a local time stands in UTC."""

import difflib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m

# Cities that the zone database does not name, and Chinese names of those it does.
_CITIES = {
    "Asia/Shanghai": "beijing shenzhen guangzhou hangzhou china 中国 北京 上海 深圳 广州 杭州"
    " 成都 武汉 南京 重庆 苏州 天津 西安 宁波 青岛 厦门",
    "Asia/Hong_Kong": "香港",
    "Asia/Taipei": "taiwan 台北 臺北",
    "Asia/Singapore": "新加坡",
    "Asia/Tokyo": "osaka japan 东京 大阪 日本",
    "Asia/Seoul": "korea busan 首尔 韩国",
    "Asia/Kolkata": "mumbai delhi newdelhi bangalore bengaluru chennai india 孟买 新德里 印度",
    "Asia/Dubai": "abudhabi 迪拜",
    "Asia/Ho_Chi_Minh": "hanoi vietnam 胡志明市 河内 越南",
    "Asia/Bangkok": "thailand 曼谷 泰国",
    "Asia/Jakarta": "雅加达",
    "Asia/Kuala_Lumpur": "吉隆坡 马来西亚",
    "Asia/Manila": "马尼拉 菲律宾",
    "Europe/Berlin": "hamburg munich münchen frankfurt cologne köln stuttgart düsseldorf leipzig"
    " germany deutschland 柏林 汉堡 慕尼黑 法兰克福 科隆 德国",
    "Europe/London": "manchester uk england 伦敦 英国",
    "Europe/Paris": "lyon france 巴黎 法国",
    "Europe/Madrid": "barcelona 马德里 巴塞罗那",
    "Europe/Rome": "milan milano turin italy 罗马 米兰 意大利",
    "Europe/Amsterdam": "rotterdam netherlands 阿姆斯特丹 荷兰",
    "Europe/Zurich": "geneva basel switzerland 苏黎世 瑞士",
    "Europe/Vienna": "graz austria 维也纳 奥地利",
    "Europe/Warsaw": "krakow poland 华沙 波兰",
    "Europe/Stockholm": "gothenburg sweden 斯德哥尔摩 瑞典",
    "Europe/Moscow": "petersburg saintpetersburg 莫斯科",
    "Europe/Istanbul": "ankara turkey 伊斯坦布尔 土耳其",
    "America/New_York": "boston washington miami atlanta philadelphia eastern 纽约 波士顿 华盛顿",
    "America/Chicago": "houston dallas austin central 芝加哥 休斯敦",
    "America/Denver": "saltlakecity mountain 丹佛",
    "America/Los_Angeles": "sanfrancisco seattle sandiego sanjose pacific 洛杉矶 旧金山 西雅图",
    "America/Toronto": "ottawa montreal 多伦多",
    "America/Vancouver": "温哥华",
    "America/Mexico_City": "墨西哥城",
    "America/Sao_Paulo": "rio riodejaneiro brasilia 圣保罗",
    "Australia/Sydney": "canberra 悉尼",
    "Australia/Melbourne": "墨尔本",
    "Pacific/Auckland": "wellington 奥克兰",
    "Africa/Cairo": "开罗",
    "Africa/Johannesburg": "capetown pretoria 约翰内斯堡",
}
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?", re.ASCII)
_EAST, _WEST = 14, 12  # the whole-hour zones of the database: Etc/GMT-14 to Etc/GMT+12


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a local time stands. `local` differs from what was asked for when `shifted`."""

    local: datetime  # naive
    at: datetime  # the same in UTC
    shifted: bool = False  # the clocks jumped over it; read with the offset before the jump
    twice: bool = False  # the clocks showed it twice; the first one is meant


def place(local: datetime, zone: str) -> Placed:
    """RFC 5545 3.3.5: a gap shifts forward, of a time that occurs twice the first is meant."""
    here = ZoneInfo(zone)
    aware = local.replace(tzinfo=here, fold=0)
    at = aware.astimezone(UTC)
    shown = at.astimezone(here).replace(tzinfo=None, fold=0)
    twice = shown == local and aware.utcoffset() != aware.replace(fold=1).utcoffset()
    return Placed(shown, at, shown != local, twice)


def local_time(at: datetime, zone: str) -> datetime:
    """What a clock in `zone` shows, without a zone."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def parse_zone(text: str) -> str:
    """An IANA name for "Berlin", "europe/berlin", 北京, "UTC+8"; Refused names the nearest."""
    wanted = _squeeze(text)
    if found := _names().get(wanted):
        return found
    if offset := _OFFSET.fullmatch(fold(text).replace(" ", "")):
        return _fixed(text, offset)
    long = len(wanted) > 3  # "CST" is several zones and like many others
    near = difflib.get_close_matches(wanted, _names(), n=1, cutoff=0.6) if long else []
    if near:
        raise Refused(
            _m("“{word}” is not a time zone I know. Did you mean {nearest}?"),
            word=text,
            nearest=_names()[near[0]],
        )
    raise Refused(
        _m("“{word}” is not a time zone I know. Try: Europe/Berlin or a big city."), word=text
    )


def _fixed(text: str, offset: re.Match[str]) -> str:
    hours = int(offset[2])
    limit = _EAST if offset[1] == "+" else _WEST
    if int(offset[3] or 0) or hours > limit:
        raise Refused(
            _m("“{word}” is not a time zone of its own. Name a city, such as Mumbai."), word=text
        )
    if not hours:
        return "UTC"
    return f"Etc/GMT{'-' if offset[1] == '+' else '+'}{hours}"  # the database turns the sign round


def _squeeze(text: str) -> str:
    return re.sub(r"[\s_.\-]|时间$|time$", "", fold(text)) if not _is_offset(text) else ""


def _is_offset(text: str) -> bool:
    return bool(_OFFSET.fullmatch(fold(text).replace(" ", "")))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Every way to write a zone -> its IANA name; full names win over cities."""
    zones = sorted(zone for zone in available_timezones() if zone not in ("localtime", "Factory"))
    regions = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Pacific", "Indian")
    cities = {
        _squeeze(zone.rsplit("/", 1)[1]): zone
        for zone in zones
        if zone.split("/", 1)[0] in regions and "/" in zone
    }
    ours = {_squeeze(name): zone for zone, names in _CITIES.items() for name in names.split()}
    return cities | ours | {_squeeze(zone): zone for zone in zones if not _is_offset(zone)}
