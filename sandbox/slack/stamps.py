"""Slack's ts: seconds and microseconds as text, fixed width, so that text order is time order."""

from datetime import UTC, datetime, timedelta

from sandbox.slack.errors import SlackError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ts_of(moment: datetime) -> str:
    passed = moment - _EPOCH
    whole = passed // timedelta(seconds=1)
    return f"{whole:010d}.{passed.microseconds:06d}"


def seconds_of(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(seconds=1)


def moment_of(ts: str) -> datetime:
    whole, _, rest = ts.partition(".")
    return _EPOCH + timedelta(seconds=int(whole), microseconds=int((rest + "000000")[:6]))


def norm_ts(given: str, error: str) -> str:
    """`given` in the fixed width; anything that is not a time is refused with `error`."""
    whole, _, rest = given.partition(".")
    if not whole.isdigit() or (rest and not rest.isdigit()) or len(rest) > 6:
        raise SlackError(error)
    return f"{int(whole):010d}.{rest:0<6}"
