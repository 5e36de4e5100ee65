"""Which days are free where somebody lives: weekends and public holidays of that country."""

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from babel.core import get_global

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY = 5


def is_free(zone: str, day: date) -> bool:
    """Whether nobody in this IANA zone works that day, as far as a zone tells.

    A weekend that is worked in exchange (调休) is none. Holidays of a part of a country do not
    count; a zone of no country (UTC) has weekends only.
    """
    country = _country(get_global("zone_territories").get(zone, ""))
    return day.weekday() >= SATURDAY if country is None else not country.is_working_day(day)


@lru_cache(maxsize=300)
def _country(code: str) -> "HolidayBase | None":
    import holidays  # costs memory that only those pay who use it

    try:
        return holidays.country_holidays(code) if code else None
    except NotImplementedError:
        return None
