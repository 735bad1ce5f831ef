# SPDX-License-Identifier: Apache-2.0
"""The panels of the dashboards, one table for all of them; `make` writes the dashboards from it.

Each has its place on a grid 24 wide (x, y, width, height), a query in SQL for contrib/postgresql/schema.sql (with
Grafana's macros), and one for contrib/opensearch/template.json: a Lucene query, what it counts (metrics), and by what
(buckets): "time", or a field with the number of values, those first in which the given metric is largest (or "least").
"""
NO_VALUE = "-"
HOST = "hostname ~ '^(${host:regex})$'"
EXITS = f"FROM impacct.process WHERE $__timeFilter(at) AND {HOST} AND event = 'exit'"
USER = "coalesce(user_name, uid::text)"
COUNT = ("count", None)
CPU_USER, CPU_SYSTEM = ("sum", "pacct.cpu_user"), ("sum", "pacct.cpu_system")


def terms(field, size, by=0, least=False):
    return {"field": field, "size": size, "by": by, "least": least}


def search(query, metrics, *buckets):
    return {"query": query, "metrics": metrics, "buckets": buckets}


def over_time(title, place, columns, found, unit="short"):
    sql = f"SELECT $__timeGroupAlias(at, $__interval), {columns} {EXITS} GROUP BY 1 ORDER BY 1"
    return {"title": title, "kind": "timeseries", "place": place, "unit": unit, "sql": sql, "search": found}


def table(title, place, sql, found):
    return {"title": title, "kind": "table", "place": place, "unit": None, "sql": sql, "search": found}


USED = ("count(*) AS processes, sum(cpu_user + cpu_system) AS cpu, sum(cpu_user) AS cpu_user, "
        "sum(cpu_system) AS cpu_system, max(mem_kib) AS mem_kib")
USED_METRICS = [COUNT, CPU_USER, CPU_SYSTEM, ("max", "pacct.mem_kib")]


def used_most(title, place, columns, metrics):
    """Of programs, those first in which the first metric is largest, where usage is known."""
    return table(title, place, f"SELECT comm AS program, {columns} {EXITS} AND usage_source = 'exit' "
                 "GROUP BY 1 ORDER BY 2 DESC NULLS LAST LIMIT 20",
                 search("event.action:exit AND pacct.usage_source:exit", metrics, terms("process.name", 20)))


# summaries stand for many records each: what they say is added up, and they are not counted
SUMMARIES = f"FROM impacct.summary WHERE $__timeFilter(at) AND {HOST}"
SUMMED = "sum(count) AS processes, sum(failures) AS failed, sum(cpu_sum) AS cpu, max(elapsed_max) AS elapsed_max"
SUMMED_METRICS = [("sum", "pacct.count"), ("sum", "pacct.failures"), ("sum", "pacct.cpu_sum"), ("max", "pacct.elapsed_max")]


def summed_over_time(title, place, columns, metrics, unit="short"):
    sql = f"SELECT $__timeGroupAlias(at, $__interval), {columns} {SUMMARIES} GROUP BY 1 ORDER BY 1"
    return {"title": title, "kind": "timeseries", "place": place, "unit": unit, "sql": sql,
            "search": search("event.action:summary", metrics, "time")}


PANELS = [
    over_time("Processes that ended", (0, 0, 12, 8), "count(*) AS processes",
              search("event.action:exit", [COUNT], "time")),
    over_time("CPU seconds", (12, 0, 12, 8), 'sum(cpu_user) AS "user", sum(cpu_system) AS "system"',
              search("event.action:exit", [CPU_USER, CPU_SYSTEM], "time"), "s"),
    table("Programs by CPU", (0, 8, 12, 9),
          f"SELECT comm AS program, {USED} {EXITS} GROUP BY 1 ORDER BY cpu DESC LIMIT 20",
          search("event.action:exit", USED_METRICS, terms("process.name", 20, by=1))),
    table("Users by CPU", (12, 8, 12, 9),
          f"SELECT {USER} AS user, {USED} {EXITS} GROUP BY 1 ORDER BY cpu DESC LIMIT 20",
          search("event.action:exit", USED_METRICS, terms("user.name", 20, by=1))),
    over_time("Failures and signals", (0, 17, 8, 8), "count(*) FILTER (WHERE exit_code <> 0) AS \"exit code\", "
              "count(*) FILTER (WHERE killed) AS \"signal\"",
              search("event.outcome:failure", [COUNT], terms("pacct.killed", 2), "time")),
    table("Failures by program and user", (8, 17, 8, 8),
          f"SELECT comm AS program, {USER} AS user, count(*) AS failures {EXITS} AND (exit_code <> 0 OR killed) "
          "GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 100",
          search("event.outcome:failure", [COUNT], terms("process.name", 20), terms("user.name", 5))),
    table("Signals by program", (16, 17, 8, 8),
          f"SELECT coalesce(signal_name, signal::text) AS signal, comm AS program, count(*) AS processes {EXITS} "
          "AND killed GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 100",
          search("pacct.killed:true", [COUNT], terms("pacct.signal_name", 20), terms("process.name", 5))),
    table("Privileges used by others than root", (0, 25, 12, 8),
          f"SELECT {USER} AS user, comm AS program, count(*) AS processes {EXITS} AND privileged AND uid <> 0 "
          "GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 100",
          search("pacct.privileged:true AND NOT user.id:0", [COUNT], terms("user.name", 20), terms("process.name", 5))),
    table("Hosts, the longest silent first", (12, 25, 12, 8),
          "SELECT hostname, last_record, extract(epoch FROM now() - last_record)::bigint AS silent_seconds "
          f"FROM impacct.host WHERE {HOST} ORDER BY last_record LIMIT 100",
          search("event.dataset:impacct.process", [("max", "@timestamp")], terms("host.name", 100, by=0, least=True))),
    used_most("Programs by peak memory (usage)", (0, 33, 8, 9), "max(max_rss_kib) AS max_rss_kib",
              [("max", "pacct.max_rss_kib")]),
    used_most("Programs by bytes written (usage)", (8, 33, 8, 9),
              "sum(write_bytes) AS write_bytes, sum(read_bytes) AS read_bytes",
              [("sum", "pacct.write_bytes"), ("sum", "pacct.read_bytes")]),
    used_most("Programs by context switches (usage)", (16, 33, 8, 9),
              "sum(voluntary_switches) AS voluntary_switches, sum(involuntary_switches) AS involuntary_switches",
              [("sum", "pacct.voluntary_switches"), ("sum", "pacct.involuntary_switches")]),
    summed_over_time("Processes (summaries)", (0, 42, 12, 8), "sum(count) AS processes", [("sum", "pacct.count")]),
    summed_over_time("CPU seconds (summaries)", (12, 42, 12, 8), "sum(cpu_sum) AS cpu", [("sum", "pacct.cpu_sum")], "s"),
    table("Programs by CPU (summaries)", (0, 50, 12, 9),
          f"SELECT coalesce(grouped ->> 'comm', '{NO_VALUE}') AS program, {SUMMED} {SUMMARIES} GROUP BY 1 "
          "ORDER BY cpu DESC LIMIT 20",
          search("event.action:summary", SUMMED_METRICS, terms("pacct.group.comm", 20, by=2))),
    table("Windows of time (summaries)", (12, 50, 12, 9),
          "SELECT hostname AS host, complete, sum(records) AS processes, sum(other_records) AS others, "
          f"sum(late_records) AS late FROM impacct.summary_window WHERE $__timeFilter(at) AND {HOST} "
          "GROUP BY 1, 2 ORDER BY processes DESC LIMIT 100",
          search("event.action:summary_window", [("sum", "pacct.records"), ("sum", "pacct.other_records"),
                                                 ("sum", "pacct.late_records")],
                 terms("host.name", 50), terms("pacct.complete", 2))),
    table("State messages", (0, 59, 24, 8),
          f"SELECT at, hostname, event, detail, file FROM impacct.state WHERE $__timeFilter(at) AND {HOST} "
          "ORDER BY at DESC LIMIT 100",
          search("event.dataset:impacct.state", [])),
]
# fields that records or summaries may lack: they count, too
LACKING = ["user.name", "pacct.group.comm"]
# what a table of documents shows
STATE_COLUMNS = ["host.name", "event.action", "event.kind", "message", "log.file.path"]
