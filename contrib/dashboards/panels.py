# SPDX-License-Identifier: Apache-2.0
"""The panels of the dashboards, one table for all of them; `make` writes the dashboards from it.

Each has its place on a grid 24 wide (x, y, width, height), what it asks contrib/postgresql/schema.sql for ("sql", see
asked), and what contrib/opensearch/template.json: a Lucene query, what it counts (metrics), and by what (buckets):
"time", or a field with the number of values, those first in which the given metric is largest (or "least").
"""
NO_VALUE = "-"
PROGRAM, USER = {"program": "comm"}, {"user": "coalesce(user_name, uid::text)"}
SIGNAL = {"signal": "coalesce(signal_name, signal::text)"}
PROCESSES = {"processes": "count(*)"}
EXIT = "event = 'exit'"
COUNT = ("count", None)
CPU_USER, CPU_SYSTEM = ("sum", "pacct.cpu_user"), ("sum", "pacct.cpu_system")


def terms(field, size, by=0, least=False):
    return {"field": field, "size": size, "by": by, "least": least}


def search(query, metrics, *buckets):
    return {"query": query, "metrics": metrics, "buckets": buckets}


def asked(table, by, values, order, limit, where=(), descending=True, timed=True):
    """A question to a table: of what (by) which values, as names and expressions. Values are of groups where there is
    something to group by. timed: of the span of time that is looked at."""
    return {"table": table, "by": by, "values": values, "order": order, "limit": limit, "where": where,
            "descending": descending, "timed": timed}


def over_time(title, place, values, found, unit="short"):
    return {"title": title, "kind": "timeseries", "place": place, "unit": unit, "search": found,
            "sql": asked("process", {}, values, None, None, [EXIT])}


def table(title, place, sql, found):
    return {"title": title, "kind": "table", "place": place, "unit": None, "sql": sql, "search": found}


def exits(by, values, order, limit, *where):
    return asked("process", by, values, order, limit, [EXIT, *where])


USED = {"processes": "count(*)", "cpu": "sum(cpu_user + cpu_system)", "cpu_user": "sum(cpu_user)",
        "cpu_system": "sum(cpu_system)", "mem_kib": "max(mem_kib)"}
USED_METRICS = [COUNT, CPU_USER, CPU_SYSTEM, ("max", "pacct.mem_kib")]


def used_most(title, place, how, *fields):
    """Of programs, those first in which the first field is largest, where usage is known."""
    return table(title, place, exits(PROGRAM, {field: f"{how}({field})" for field in fields}, fields[0], 20,
                                     "usage_source = 'exit'", f"{fields[0]} IS NOT NULL"),
                 search("event.action:exit AND pacct.usage_source:exit", [(how, f"pacct.{field}") for field in fields],
                        terms("process.name", 20)))


# summaries stand for many records each: what they say is added up, and they are not counted
SUMMED = {"processes": "sum(count)", "failed": "sum(failures)", "cpu": "sum(cpu_sum)", "elapsed_max": "max(elapsed_max)"}
SUMMED_METRICS = [("sum", "pacct.count"), ("sum", "pacct.failures"), ("sum", "pacct.cpu_sum"), ("max", "pacct.elapsed_max")]


def summed_over_time(title, place, values, metrics, unit="short"):
    return {"title": title, "kind": "timeseries", "place": place, "unit": unit,
            "sql": asked("summary", {}, values, None, None), "search": search("event.action:summary", metrics, "time")}


PANELS = [
    over_time("Processes that ended", (0, 0, 12, 8), PROCESSES, search("event.action:exit", [COUNT], "time")),
    over_time("CPU seconds", (12, 0, 12, 8), {"user": "sum(cpu_user)", "system": "sum(cpu_system)"},
              search("event.action:exit", [CPU_USER, CPU_SYSTEM], "time"), "s"),
    table("Programs by CPU", (0, 8, 12, 9), exits(PROGRAM, USED, "cpu", 20),
          search("event.action:exit", USED_METRICS, terms("process.name", 20, by=1))),
    table("Users by CPU", (12, 8, 12, 9), exits(USER, USED, "cpu", 20),
          search("event.action:exit", USED_METRICS, terms("user.name", 20, by=1))),
    over_time("Failures and signals", (0, 17, 8, 8),
              {"exit code": "count(*) FILTER (WHERE exit_code <> 0)", "signal": "count(*) FILTER (WHERE killed)"},
              search("event.outcome:failure", [COUNT], terms("pacct.killed", 2), "time")),
    table("Failures by program and user", (8, 17, 8, 8),
          exits(PROGRAM | USER, {"failures": "count(*)"}, "failures", 100, "(exit_code <> 0 OR killed)"),
          search("event.outcome:failure", [COUNT], terms("process.name", 20), terms("user.name", 5))),
    table("Signals by program", (16, 17, 8, 8), exits(SIGNAL | PROGRAM, PROCESSES, "processes", 100, "killed"),
          search("pacct.killed:true", [COUNT], terms("pacct.signal_name", 20), terms("process.name", 5))),
    table("Privileges used by others than root", (0, 25, 12, 8),
          exits(USER | PROGRAM, PROCESSES, "processes", 100, "privileged", "uid <> 0"),
          search("pacct.privileged:true AND NOT user.id:0", [COUNT], terms("user.name", 20), terms("process.name", 5))),
    table("Hosts, the longest silent first", (12, 25, 12, 8),
          asked("host", {}, {"hostname": "hostname", "last_record": "last_record",
                             "silent_seconds": "extract(epoch FROM now() - last_record)::bigint"},
                "last_record", 100, descending=False, timed=False),
          search("event.dataset:impacct.process", [("max", "@timestamp")], terms("host.name", 100, by=0, least=True))),
    used_most("Programs by peak memory (usage)", (0, 33, 8, 9), "max", "max_rss_kib"),
    used_most("Programs by bytes written (usage)", (8, 33, 8, 9), "sum", "write_bytes", "read_bytes"),
    used_most("Programs by context switches (usage)", (16, 33, 8, 9), "sum", "voluntary_switches", "involuntary_switches"),
    summed_over_time("Processes (summaries)", (0, 42, 12, 8), {"processes": "sum(count)"}, [("sum", "pacct.count")]),
    summed_over_time("CPU seconds (summaries)", (12, 42, 12, 8), {"cpu": "sum(cpu_sum)"}, [("sum", "pacct.cpu_sum")], "s"),
    table("Programs by CPU (summaries)", (0, 50, 12, 9),
          asked("summary", {"program": f"coalesce(grouped ->> 'comm', '{NO_VALUE}')"}, SUMMED, "cpu", 20),
          search("event.action:summary", SUMMED_METRICS, terms("pacct.group.comm", 20, by=2))),
    table("Windows of time (summaries)", (12, 50, 12, 9),
          asked("summary_window", {"host": "hostname", "complete": "complete"},
                {"processes": "sum(records)", "others": "sum(other_records)", "late": "sum(late_records)"}, "processes", 100),
          search("event.action:summary_window", [("sum", "pacct.records"), ("sum", "pacct.other_records"),
                                                 ("sum", "pacct.late_records")],
                 terms("host.name", 50), terms("pacct.complete", 2))),
    table("State messages", (0, 59, 24, 8),
          asked("state", {}, {c: c for c in ("at", "hostname", "event", "detail", "file")}, "at", 100),
          search("event.dataset:impacct.state", [])),
]
# fields that records or summaries may lack: they count, too
LACKING = ["user.name", "pacct.group.comm"]
# what a table of documents shows
STATE_COLUMNS = ["host.name", "event.action", "event.kind", "message", "log.file.path"]
