# SPDX-License-Identifier: Apache-2.0
"""Names, numbers and sentences for people."""
from .times import moment


def printable(name):
    """A process chooses its name: what could steer a terminal, or hide, shows as its escape."""
    name = str(name)
    if name.isprintable():
        return name
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in name)


def count(n):
    return f"{n:,}"


def duration(s):
    """Two units at most: 0.42 s, 12.3 s, 4 min 05 s, 3 h 07 min, 2 d 04 h."""
    if s < 10:
        return f"{s:.2f} s"
    if s < 59.95:
        return f"{s:.1f} s"
    s = round(s)
    if s < 3600:
        return f"{s // 60} min {s % 60:02d} s"
    if s < 86400:
        return f"{s // 3600} h {s % 3600 // 60:02d} min"
    return f"{s // 86400:,} d {s % 86400 // 3600:02d} h"


def size(n):
    """Bytes: 512 B, 3.0 KiB, 12.3 MiB."""
    value = float(n)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if value < 1023.95 or unit == "TiB":
            return f"{value:,.0f} B" if unit == "B" else f"{value:,.1f} {unit}"
        value /= 1024


def percent(part, whole):
    if not whole:
        return "0 %"
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "< 0.1 %"
    return f"{share:.1f} %" if share < 9.95 else f"{share:.0f} %"


def time(t):
    return moment(t).strftime("%Y-%m-%d %H:%M:%S") if t is not None else ""


def step(s):
    """As the width of a column of a chart: 15 minutes."""
    for unit, name in ((7 * 86400, "week"), (86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if s % unit == 0:
            return f"{s // unit} {name}{'s' if s != unit else ''}"


def plural(n, one, many=None):
    return f"{n:,} {one if n == 1 else many or one + 's'}"


MEASURES = {"processes": ("processes", count), "cpu_seconds": ("CPU time", duration), "failed": ("failures", count)}
EVENTS = {"accounting_stopped": "Accounting stopped", "accounting_suspended": "Accounting suspended",
          "accounting_silent": "Accounting is silent", "records_lost": "Records lost", "file_damaged": "File damaged",
          "file_truncated": "File truncated", "disk_low": "Disk space is low"}


def event(name):
    return EVENTS.get(name, printable(name).replace("_", " ").capitalize())


def amount(more, measure):
    """more failures, fewer failures, less CPU time"""
    if more == "less" and measure != "cpu_seconds":
        more = "fewer"
    return f"{more} {MEASURES[measure][0]}"


def change(before, after):
    """Of a figure."""
    if not before:
        return "as before" if not after else "none before"
    ratio = after / before
    if ratio >= 10:
        return f"{ratio:,.0f} times"
    if abs(ratio - 1) < 0.005:
        return "as before"
    return f"{100 * (ratio - 1):+.0f} %".replace("-", "\N{MINUS SIGN}")


def whose(made):
    hosts = made["hosts_seen"]
    if not hosts:
        return "no host"
    return printable(hosts[0]) if len(hosts) == 1 else plural(len(hosts), "host")


def verdict(made):
    """(how bad, one sentence)"""
    standing = sum(alarm["stands"] for alarm in made["alarms"])
    if standing:
        return "critical", f"{plural(standing, 'alarm stands', 'alarms stand')}: processes may go unrecorded now."
    if made["alarms"]:
        return "warning", f"{plural(made['alarms_number'], 'alarm')}; none stands any more."
    if made["not_read"]["lines"]:
        return "warning", "No alarm, but a part of the input could not be read."
    if not made["states_number"]:
        return "unknown", "No alarm here; the input holds no state messages at all, which may go elsewhere."
    return "good", "No alarms: accounting told of no interruption."
