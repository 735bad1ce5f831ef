# SPDX-License-Identifier: Apache-2.0
"""The document as one page that needs nothing else: no request is made, and no name can become markup or code.

jinja2 escapes all that is put in; what a browser would run or load beside that is forbidden by the page's own policy,
which names the one script by its hash."""
import base64
import hashlib
import os
import sys
import tempfile

import jinja2
from markupsafe import Markup

from . import text, times
from .charts import draw, time_unit
from .source import Unreadable, access

HERE = os.path.dirname(os.path.abspath(__file__))
# of a table: key, title, how it is shown, and whether the column is there although nothing is in it
COLUMNS = (("processes", "Processes", text.count, True), ("failed", "Failed", text.count, True),
           ("cpu_seconds", "CPU time", text.duration, True), ("crashed", "Crashed", text.count, False),
           ("started", "Started", text.count, False), ("elapsed_seconds", "Elapsed", text.duration, True),
           ("max_rss_kib", "Peak memory", lambda n: text.size(n * 1024), False),
           ("max_mem_kib", "Largest", lambda n: text.size(n * 1024), False),
           ("read_bytes", "Read", text.size, False), ("write_bytes", "Written", text.size, False),
           ("context_switches", "Switches", text.count, False),
           ("last", "Last", text.time, True))
TITLES = {"program": "Programs", "user": "Users", "host": "Hosts", "container": "Containers", "unit": "systemd units",
          "job": "Batch jobs"}
SILENT = ("accounting_silent", "accounting_stopped", "accounting_suspended")


def file(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return f.read()


def columns_of(table):
    """Those that say something."""
    rows = table["rows"]
    known = [c for c in COLUMNS if c[3] or any(row[c[0]] for row in rows)]
    # the virtual size says little where the memory in use is known
    if any(c[0] == "max_rss_kib" for c in known):
        known = [c for c in known if c[0] != "max_mem_kib"]
    return known


def peak(slots, key):
    return max(slots, key=lambda slot: slot[key])


def charts(made, when):
    activity = made["activity"]
    if not activity:
        return []
    slots, step = activity["slots"], activity["step_seconds"]
    end = slots[-1]["begin"] + step
    gaps = [(a["since"], end if a["until"] is None else a["until"],
             f"{text.event(a['event'])} on {text.printable(a['host'])}")
            for a in made["alarms"] if a["event"] in SILENT]
    each = f"{text.step(step)} a column"

    def values(key):
        return [slot[key] for slot in slots]

    def words(key, show, what):
        top = peak(slots, key)
        return f"{each}; most at {when(top['begin'])} UTC: {show(top[key])} {what}"

    out = []
    processes = made["totals"]["processes"]
    if processes:
        fine = [slot["processes"] - slot["failed"] for slot in slots]
        out.append(("Processes that ended", words("processes", text.count, "processes"),
                    draw("Processes that ended", words("processes", text.count, "processes"), slots, step,
                         (("fine", fine, "without failure", text.count),
                          ("bad", values("failed"), "failed", text.count)),
                         gaps=gaps), (("fine", "without failure"), ("bad", "failed"))))
    if made["totals"]["failed"]:
        out.append(("Failures", words("failed", text.count, "failures"),
                    draw("Failures", words("failed", text.count, "failures"), slots, step,
                         (("bad", values("failed"), "failed", text.count),), gaps=gaps), ()))
    if made["totals"]["cpu_seconds"]:
        out.append(("CPU time", words("cpu_seconds", text.duration, "of CPU, by when a process ended"),
                    draw("CPU time of the processes that ended", words("cpu_seconds", text.duration, "of CPU"), slots,
                         step,
                         (("cpu", values("cpu_seconds"), "of CPU", text.duration),),
                         time_unit(max(values("cpu_seconds"))), gaps), ()))
    if made["totals"]["started"]:
        out.append(("Programs that started", words("started", text.count, "starts"),
                    draw("Programs that started", words("started", text.count, "starts"), slots, step,
                         (("start", values("started"), "started", text.count),), gaps=gaps), ()))
    return out


def tiles(made):
    """(name, figure, what is beside it, how it changed)"""
    totals, compared = made["totals"], made["changes"].get("totals")
    if made["changes"].get("later_half"):
        compared = None  # of another period than the figures

    def change(key):
        if not compared:
            return None
        before, after = compared[key]
        return f"{text.MEASURES[key][1](before)} before" + (f" ({text.change(before, after)})" if before else "")

    out = []
    if totals["processes"] or not totals["started"]:
        share = text.percent(totals["failed"], totals["processes"])
        out += [("Processes", text.count(totals["processes"]), None, change("processes"), ""),
                ("Failed", text.count(totals["failed"]), f"{share} of them", change("failed"),
                 "bad" if totals["failed"] else ""),
                ("Crashed", text.count(totals["crashed"]), "by a fault or an abort", None,
                 "bad" if totals["crashed"] else ""),
                ("CPU time", text.duration(totals["cpu_seconds"]), None, change("cpu_seconds"), "")]
    if totals["started"]:
        out.append(("Started", text.count(totals["started"]), "programs executed", None, ""))
    if totals["max_rss_kib"]:
        out.append(("Peak memory", text.size(totals["max_rss_kib"] * 1024), "of one process", None, ""))
    if totals["read_bytes"] or totals["write_bytes"]:
        out.append(("Storage", text.size(totals["read_bytes"] + totals["write_bytes"]),
                    f"{text.size(totals['write_bytes'])} written", None, ""))
    out.append(("Users", text.count(made["users"]["number"]), f"on {text.plural(made['hosts']['number'], 'host')}",
                None, ""))
    return out


def memory(p):
    return text.size(p["max_rss_kib"] * 1024)


def virtual_size(p):
    return text.size(p["mem_kib"] * 1024)


def storage(p):
    return text.size((p["read_bytes"] or 0) + (p["write_bytes"] or 0))


def written(p):
    return text.size(p["write_bytes"])


def switches(p):
    return text.count(p["context_switches"])


def elapsed(p):
    return text.duration(p["elapsed_seconds"])


def cpu(p):
    return text.duration(p["cpu_seconds"])


def standouts(made):
    """(title, note, how its value is shown, processes)"""
    largest = made["largest"]
    out = [("Longest", "from start to end", elapsed, largest["elapsed"]),
           ("Most CPU time", "of all its threads", cpu, largest["cpu"])]
    if largest["rss"]:
        out.append(("Largest", "by peak memory", memory, largest["rss"]))
    else:
        out.append(("Largest", "by virtual size at exit", virtual_size, largest["mem"]))
    out += [("Most storage I/O", "read and written", storage, largest["io"]),
            ("Most written", "to storage", written, largest["written"]),
            ("Most context switches", "voluntary or not", switches, largest["switches"])]
    return [part for part in out if part[3]]


def facts(p, value, when):
    """Of one process, beside its value."""
    yield f"ended {when(p['end'])}"
    if p["how"] != "exit 0":
        yield p["how"]
    for name, show in (("elapsed", elapsed), ("CPU", cpu)):
        if show is not value:
            yield f"{name} {show(p)}"
    if p["max_rss_kib"] and value is not memory:
        yield f"memory {memory(p)}"
    if not p["max_rss_kib"] and p["mem_kib"] and value is not virtual_size:
        yield f"virtual size {virtual_size(p)}"
    if p["pid"] is not None:
        yield f"pid {p['pid']}"
    for name in ("unit", "job", "container"):
        if p[name]:
            yield f"{name} {text.printable(p[name])}"


def clock(begin, end):
    """How times are shown: without the day where all are of one, without the year where it is clear."""
    if begin is None or end - begin > 300 * times.DAY:
        return text.time
    pattern = "%H:%M:%S" if begin // times.DAY == max(begin, end - 1) // times.DAY else "%-d %b %H:%M"
    return lambda t: times.moment(t).strftime(pattern) if begin <= t <= end else text.time(t)


def render(made):
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True,
                             lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    env.filters.update(name=text.printable, number=text.count, duration=text.duration, size=text.size, moment=text.time,
                       rfc3339=times.rfc3339, event=text.event, amount=text.amount, step=text.step)
    script, style = file("page.js"), file("page.css")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    period = made["period"]
    begin = period["since"] if period["since"] is not None else period["first"]
    end = period["until"] if period["since"] is not None or period["until"] is not None else period["last"]
    when = clock(min(t for t in (begin, period["first"]) if t is not None), end) if begin is not None else text.time
    env.filters["when"] = when
    return env.get_template("page.html").render(
        text=text, made=made, script=Markup(script), style=Markup(style), digest=digest, begin=begin, end=end,
        whose=text.whose(made), verdict=text.verdict(made), tiles=tiles(made), standouts=standouts(made), titles=TITLES,
        charts=[(*c[:2], Markup(c[2]), c[3]) for c in charts(made, when)], columns_of=columns_of,
        facts=lambda p, value: facts(p, value, when), change_of=text.change, measures=text.MEASURES)


def write(made, sources, path):
    """Whoever may not read an input may not read the page. Raises Unreadable."""
    page = render(made).encode("utf-8", "backslashreplace")
    if path == "-":
        sys.stdout.buffer.write(page)
        return
    try:
        path = os.path.realpath(path)
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as f:
                f.write(page)
            return
        _write_file(page, path, *access(sources))
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None


def has_group(fd, group):
    """Whether the file has this group now."""
    if group is not None and os.fstat(fd).st_gid != group:
        try:
            os.fchown(fd, -1, group)
        except OSError:
            return False
    return group is not None


def _write_file(page, path, mode, group):
    """A new file, which takes the old one's place when it is whole."""
    fd, new = tempfile.mkstemp(prefix=".impacct-report-", dir=os.path.dirname(path))
    try:
        with os.fdopen(fd, "wb") as f:
            f.write(page)
            mask = os.umask(0o077)
            os.umask(mask)
            # another group than the input's must not read it
            if not mode & 0o004 and not has_group(fd, group):
                mode &= ~0o070
            os.fchmod(fd, mode & ~mask)
        os.rename(new, path)
    except BaseException:
        os.unlink(new)
        raise
