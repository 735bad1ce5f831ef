# SPDX-License-Identifier: Apache-2.0
"""Seconds since the epoch, the steps that time is counted in, and what --since and --until take."""
import functools
import re
from datetime import datetime, timedelta, timezone

# each divides the next, so that what was counted in one can be counted in a coarser one
STEPS = (1, 5, 15, 60, 300, 900, 1800, 3600, 10800, 21600, 43200, 86400, 7 * 86400, 28 * 86400, 364 * 86400)
DAY = 86400
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# RFC 3339; a fraction is cut: seconds are what a record knows
RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.\d+)?"
                     r"(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII)
OPTION = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
AGO = re.compile(r"(\d{1,6})([smhdw])")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": DAY, "w": 7 * DAY}


@functools.lru_cache(maxsize=64)
def _day(text):
    return int((datetime.fromisoformat(f"{text}T00:00:00+00:00") - EPOCH).total_seconds())


def seconds(text):
    """Of an RFC 3339 time. Raises ValueError."""
    found = RFC3339.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no time")
    date, hours, minutes, rest, sign, zone_hours, zone_minutes = found.groups()
    t = _day(date) + 3600 * int(hours) + 60 * int(minutes) + int(rest)
    if sign:
        zone = 3600 * int(zone_hours) + 60 * int(zone_minutes)
        t += zone if sign == "-" else -zone
    return t


def of_option(text, now):
    """Of what a user wrote: a date, a date and a time (UTC unless it says otherwise), or how long before now."""
    ago = AGO.fullmatch(text)
    if ago:
        return now - int(ago[1]) * UNITS[ago[2]]
    found = OPTION.fullmatch(text)
    if not found:
        raise ValueError("expected a date, a time like 2026-11-21T12:00 (UTC), or how long ago: 90m, 24h, 7d")
    date, minutes, rest, zone = found.groups()
    return seconds(f"{date}T{minutes or '00:00'}{rest or ':00'}{zone or 'Z'}")


def moment(t):
    """A datetime in UTC; what no calendar holds is cut to what it does."""
    return EPOCH + timedelta(seconds=min(max(t, -62135596800), 253402300799))


def rfc3339(t):
    return moment(t).strftime("%Y-%m-%dT%H:%M:%SZ") if t is not None else None


def coarser(step):
    """The next step, or the last one for ever."""
    return next((s for s in STEPS if s > step), step * 2)


def step_for(span, slots):
    """The finest step with which a span has at most so many slots."""
    step = STEPS[0]
    while span // step + 1 > slots:
        step = coarser(step)
    return step
