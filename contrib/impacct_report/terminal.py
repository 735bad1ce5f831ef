# SPDX-License-Identifier: Apache-2.0
"""The document on a terminal."""
from rich.console import Console
from rich.table import Table
from rich.text import Text

from . import text

BARS = " ▁▂▃▄▅▆▇█"
# key, title, how it is shown; the first have their place first, and those in which nothing is have none
COLUMNS = (("processes", "processes", text.count), ("cpu_seconds", "CPU s", lambda s: f"{s:,.2f}"),
           ("failed", "failed", text.count), ("max_rss_kib", "memory MiB", lambda kib: f"{kib / 1024:,.1f}"),
           ("max_mem_kib", "largest MiB", lambda kib: f"{kib / 1024:,.1f}"),
           ("elapsed_seconds", "elapsed s", lambda s: f"{s:,.2f}"), ("crashed", "crashed", text.count),
           ("started", "started", text.count), ("read_bytes", "read MiB", lambda n: f"{n / 2 ** 20:,.1f}"),
           ("write_bytes", "written MiB", lambda n: f"{n / 2 ** 20:,.1f}"),
           ("context_switches", "switches", text.count))
ALWAYS = ("processes", "cpu_seconds", "failed")
NAME, COLUMN = 24, 14  # characters that they take
TITLES = {"program": "Programs", "user": "Users", "host": "Hosts", "container": "Containers", "unit": "Units",
          "job": "Jobs"}
# of single processes: title, what they are the largest in, how that is shown
LARGEST = (("Longest processes", "elapsed", lambda p: text.duration(p["elapsed_seconds"])),
           ("Largest processes, by peak memory", "rss", lambda p: text.size(p["max_rss_kib"] * 1024)),
           ("Largest processes, by virtual size", "mem", lambda p: text.size(p["mem_kib"] * 1024)),
           ("Processes that wrote most to storage", "written", lambda p: text.size(p["write_bytes"])),
           ("Processes with most context switches", "switches", lambda p: text.count(p["context_switches"])))
ALARM_STYLES = {True: "bold red", False: "yellow"}


def shown(name):
    return Text(text.printable(name))


def new_table(title, *columns):
    """A column whose name begins with ">" holds numbers."""
    out = Table(title=title, title_justify="left", show_edge=False)
    for name in columns:
        out.add_column(name.lstrip(">"), justify="right" if name.startswith(">") else "left")
    return out


def bars(values):
    most = max(values) or 1
    return Text("".join(BARS[-(-int(n) * (len(BARS) - 1) // most)] for n in values))


def print_alarms(made, console):
    verdict, sentence = text.verdict(made)
    console.print(Text(sentence, style={"critical": "bold red", "warning": "yellow", "good": "green"}.get(verdict, "")))
    for alarm in made["alarms"]:
        until = "" if alarm["until"] is None else f" to {text.time(alarm['until'])}"
        stands = "stands since " if alarm["stands"] else ""
        console.print(Text(f"  {text.event(alarm['event'])} on {text.printable(alarm['host'])}, {stands}"
                           f"{text.time(alarm['since'])}{until} UTC: {text.printable(alarm['detail'])}",
                           style=ALARM_STYLES[alarm["stands"]]))
    console.print()


def print_activity(made, console):
    slots, step = made["activity"]["slots"], made["activity"]["step_seconds"]
    for key, title in (("processes", "Processes that ended"), ("failed", "Failures"),
                       ("started", "Programs that started")):
        values = [slot[key] for slot in slots]
        if any(values):
            console.print(f"{title}, a column for {text.step(step)}, at most {max(values):,}", style="italic",
                          highlight=False)
            console.print(bars(values))
    console.print(f"{text.time(slots[0]['begin'])} to {text.time(slots[-1]['begin'] + step)} UTC\n", highlight=False)


def print_totals(name, of, console, top):
    columns = [c for c in COLUMNS if c[0] in ALWAYS or any(row[c[0]] for row in of["rows"])]
    if any(c[0] == "max_rss_kib" for c in columns):
        columns = [c for c in columns if c[0] != "max_mem_kib"]
    columns = columns[:max(len(ALWAYS), (console.width - NAME) // COLUMN)]
    out = new_table(f"{TITLES[name]} by CPU", name, *(">" + c[1] for c in columns))
    for row in of["rows"][:top]:
        out.add_row(shown(row["name"]), *(show(row[key]) for key, _, show in columns))
    console.print(out, "")


def print_changes(changes, console):
    if "why_not" in changes or not changes["rows"]:
        return
    begin, split, end = (text.time(changes[name]) for name in ("begin", "split", "end"))
    out = new_table(f"{split} to {end} UTC against {begin} to {split} UTC", "of", "name", "what", ">before", ">after")
    for row in changes["rows"]:
        show = text.MEASURES[row["measure"]][1]
        what = row["change"] if row["change"] in ("new", "gone") else text.amount(row["change"], row["measure"])
        out.add_row(row["of"], shown(row["name"]), what, show(row["before"]), show(row["after"]))
    console.print(out, "")


def print_largest(made, console, top):
    largest = made["largest"]
    for title, key, show in LARGEST:
        if not largest[key] or key == "mem" and largest["rss"]:
            continue
        console.print(title, style="italic", highlight=False)
        for p in largest[key][:min(top, 5)]:
            console.print(Text(f"{show(p):>12}  {text.printable(p['program'])} by {text.printable(p['user'])} on "
                               f"{text.printable(p['host'])}, {text.time(p['end'])} UTC, {p['how']}"))
            if p["command_line"]:
                console.print(Text(f"{'':12}  {text.printable(p['command_line'][:200])}"))
        console.print()


def show(made, top):
    console = Console()
    totals, left = made["totals"], made["not_read"]
    console.print(f"{totals['processes']:,} processes, {totals['cpu_seconds']:,.2f} s of CPU, "
                  f"{totals['failed']:,} failed; {totals['repeats']:,} repeats and {left['lines']:,} other lines "
                  "left out\n", highlight=False)
    print_alarms(made, console)
    if made["activity"]:
        print_activity(made, console)
    print_changes(made["changes"], console)
    if made["failures"]["rows"]:
        failures = new_table("Failures", "program", "user", "how", ">times", "last")
        for row in made["failures"]["rows"]:
            failures.add_row(shown(row["program"]), shown(row["user"]), shown(row["how"]), f"{row['times']:,}",
                             text.time(row["last"]))
        console.print(failures, "")
    for name in TITLES:
        if made[name + "s"]["rows"]:
            print_totals(name, made[name + "s"], console, top)
    print_largest(made, console, top)
    if made["states"]:
        states = new_table("State messages", "time", "host", "event", "detail")
        for state in made["states"][-max(top, 10):]:
            detail = state["detail"] + (" (before it, rsyslogd ended without a word)" if state.get("unclean") else "")
            states.add_row(text.time(state["t"]), shown(state["host"]), shown(state["event"]), shown(detail))
        console.print(states, "")
    for note in made["notes"]:
        console.print(Text(note))
    for file in left["cut_off"]:
        console.print(Text(f"{text.printable(file)} ends within a line, which is left out: is it still being written?"))
