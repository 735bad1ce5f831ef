#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""day.py DIR [--scale N] [--schema S]: a day of three hosts as impacct writes it, in DIR/SCHEMA.jsonl for every schema.

The events are made by hand from the pages of fields, and not by the module: they have what a kernel gives only now and
then (usage, containers, jobs), names that attack whoever shows them, messages that come twice, and a night in which
something happens. What has to come out is in DIR/truth.json, counted here while they are made, and shares nothing with
the report. The day is 2026-11-20, and half of the day before."""
import argparse
import calendar
import collections
import json
import os
import random
import time

START = calendar.timegm((2026, 11, 19, 12, 0, 0))
MIDNIGHT = calendar.timegm((2026, 11, 20, 0, 0, 0))
END = calendar.timegm((2026, 11, 21, 0, 0, 0))
HOSTS = ("web1", "web2", "db1")
# program, user, uid, seconds a run, MiB, failures in a thousand, arguments, unit, container, weight
PROGRAMS = (
    ("nginx", "www-data", 33, 4.0, 40, 0, "nginx: worker process", "nginx.service", None, 6),
    ("php-fpm8.2", "www-data", 33, 1.5, 90, 3, "php-fpm: pool www", "php8.2-fpm.service", None, 14),
    ("sh", "root", 0, 0.05, 2, 30, "sh -c 'test -e /run/lock/report'", "cron.service", None, 30),
    ("grep", "root", 0, 0.02, 2, 400, "grep -q ready /run/status", "cron.service", None, 20),
    ("curl", "deploy", 1001, 0.4, 12, 20, "curl -fsS https://api.internal.example/v1/health", None, None, 8),
    ("postgres", "postgres", 70, 20.0, 180, 1, "postgres: 15/main: app orders 10.0.3.7(51432) SELECT", "postgresql@15-main.service", None, 5),
    ("python3", "ci", 1002, 9.0, 220, 40, "python3 -m pytest -q tests/api --maxfail=1 --junitxml=/builds/api/report.xml", None, "c0ffee12ab34", 5),
    ("node", "ci", 1002, 12.0, 400, 25, "node /builds/web/node_modules/.bin/webpack --mode production --config webpack.prod.js", None, "beef9876cd54", 3),
    ("cc1", "alice", 1003, 2.0, 150, 10, "/usr/lib/gcc/x86_64-linux-gnu/12/cc1 -quiet -O2 -o /tmp/ccA1b2C3.s solver.c", None, None, 6),
    ("simulate", "bob", 1004, 900.0, 3000, 15, "./simulate --grid 4096 --steps 20000 --out /scratch/bob/run-17", None, None, 0.12),
)
HOSTILE = ("<script>alert(1)</script>"[:15], "\x1b[31mred\x1b[0m", "</td></table>", "a\u202egpj.exe", "\"'><img src=x>"[:15],
           "--help", "\u0645\u0631\u062d\u0628\u0627", "x\u200by", "tab\there", "{{ 7*7 }}")
STATES = (  # hours after midnight, host, event, detail
    (-9.0, "web1", "module_started", "impacct 0.1.0 started; '{f}' is read from its start, without a stored position"),
    (-8.9, "web2", "module_started", "impacct 0.1.0 started; '{f}' is read from its start, without a stored position"),
    (-8.8, "db1", "module_started", "impacct 0.1.0 started; '{f}' is read from its start, without a stored position"),
    (0.01, "web1", "file_rotated", "'{f}' was rotated; the old file was read to its end"),
    (2.52, "web2", "accounting_silent", "accounting is silent: for 120 seconds no record of a process came into '{f}', "
                                        "although processes end, one of our own among them"),
    (2.74, "web2", "accounting_recovered", "records come into '{f}' again, after 912 seconds"),
    (3.2, "web1", "module_stopped", "impacct stopped; '{f}' was dealt with up to offset 182400"),
    (3.2, "web1", "module_started", "impacct 0.1.0 started; '{f}' is read on from offset 182400"),
    (9.5, "db1", "disk_low", "the file system of '{f}' has 3.41 % free; the kernel suspends accounting at 2 % and records "
                             "are lost then"),
    (14.0, "web2", "module_started", "impacct 0.1.0 started; '{f}' is read on from offset 90112"),
    (23.1, "db1", "accounting_suspended", "the kernel has suspended accounting to '{f}': its file system has 1.87 % free, "
                                          "and records are lost until there is 4 %"),
)
FILE = "/var/log/account/pacct"


def utc(t):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(t))


class Day:
    def __init__(self, rng):
        self.rng, self.events, self.serial = rng, [], 0

    def ident(self):
        self.serial += 1
        return f"{self.rng.getrandbits(96):024x}{self.serial:08x}"

    def exit(self, t, host, comm, user, uid, elapsed, mib, code=0, signal=None, args=None, core=False, forked=False,
             unit=None, container=None, job=None, oom=False, usage=True):
        rng = self.rng
        cpu = round(elapsed * rng.uniform(0.2, 0.9), 2)
        e = {"event": "exit", "id": self.ident(), "hostname": host, "version": 3, "byte_order": "little", "comm": comm,
             "pid": rng.randrange(300, 4000000), "ppid": rng.randrange(1, 300), "uid": uid, "user": user, "gid": uid,
             "group": user, "start": utc(t - int(elapsed)), "time": utc(t), "end": utc(t), "elapsed": round(elapsed, 2), "cpu_user": cpu,
             "cpu_system": round(cpu / 7, 2), "mem_kib": int(mib * 2.5 * 1024), "minor_faults": int(mib * 200),
             "major_faults": 0, "swaps": 0, "io": 0, "rw": 0,
             "status": signal | 128 * core if signal else code << 8}
        if signal:
            e.update(signal=signal, signal_name={9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM", 6: "SIGABRT"}[signal])
        else:
            e["exit_code"] = code
        e.update(forked=forked, privileged=uid == 0, core_dumped=core, killed=bool(signal))
        if args is not None:
            e.update(command_line=args, args=args.split(" "), args_length=len(args) + 1, args_truncated=False,
                     args_redacted=False)
        for name, value in (("container_id", container), ("systemd_unit", unit), ("job_id", job)):
            if value is not None:
                e[name] = value
        if usage and host != "db1":
            e.update(max_rss_kib=int(mib * 1024 * rng.uniform(0.5, 1)), read_bytes=rng.randrange(0, 1 << 16) * 512,
                     write_bytes=int(elapsed * rng.randrange(0, 1 << 12)) * 512, voluntary_switches=int(elapsed * 100),
                     involuntary_switches=rng.randrange(0, 50), usage_source="exit")
        if oom:
            e["oom_killed"] = True
        self.events.append((t, e))

    def state(self, t, host, event, detail):
        self.events.append((t, {"event": event, "id": self.ident(), "time": utc(t), "hostname": host, "file": FILE,
                                "detail": detail.replace("{f}", FILE)}))

    def exec(self, t, host, comm, user, uid, args):
        self.events.append((t, {"event": "exec", "id": self.ident(), "time": utc(t), "hostname": host, "comm": comm,
                                "pid": self.rng.randrange(300, 4000000), "ppid": 1, "uid": uid, "user": user,
                                "start": utc(t), "command_line": args, "args": args.split(" ")}))


def load(t):
    """Busier by day."""
    hour = (t - MIDNIGHT) / 3600 % 24
    return 1.0 if 8 <= hour < 19 else 0.45


def is_silent(t, host):
    return host == "web2" and 2.48 * 3600 <= t - MIDNIGHT < 2.74 * 3600


def make(scale, seed):
    rng = random.Random(seed)
    day = Day(rng)
    weights = [p[-1] for p in PROGRAMS]
    t = START
    while t < END:
        for _ in range(rng.randrange(int(2 * scale * load(t)) + 1)):
            comm, user, uid, seconds, mib, fail, args, unit, container, _ = rng.choices(PROGRAMS, weights)[0]
            host = "db1" if comm == "postgres" else rng.choice(HOSTS)
            if is_silent(t, host):
                continue
            code = rng.choice((1, 1, 1, 2, 127)) if rng.randrange(1000) < fail else 0
            job = str(40000 + int((t - START) / 7000)) if comm == "simulate" else None
            day.exit(t, host, comm, user, uid, rng.expovariate(1 / seconds), mib * rng.uniform(0.4, 1.6), code, args=args,
                     unit=unit, container=container, job=job)
        t += rng.randrange(20, 60)
    incident(day, rng, scale)
    for hour, host, event, detail in STATES:
        day.state(MIDNIGHT + int(hour * 3600), host, event, detail)
    for i, name in enumerate(HOSTILE):
        # some are the longest, and are shown with their command line
        day.exit(MIDNIGHT + 40000 + i, "web1", name, "mallory", 1666, 7.5 if 2 < i < 8 else 4000 * (i + 1), 500, 3,
                 args=f"{name} </code><script>document.title='owned'</script> \x1b]0;owned\x07 {{{{ 7*7 }}}} " + "A" * 40 * i)
    # impacct's own children, and a process that only has such a name
    for i in range(12):
        day.exit(MIDNIGHT + 7000 * i, "web1", f"impacct:{rng.getrandbits(28):07x}", "root", 0, 0, 9, forked=True)
    day.exit(MIDNIGHT + 500, "web1", "impacct:right", "root", 0, 0, 9, 2, forked=True)
    day.exit(MIDNIGHT + 900, "web1", "impacct:evil", "mallory", 1666, 0, 9, 2, args="impacct:evil --quietly")
    for i in range(60):
        day.exec(MIDNIGHT + 30000 + 60 * i, "web2", "sshd" if i % 2 else "sudo", "root", 0, "sudo -u deploy ./release.sh")
    synthetic = {"event": "synthetic", "id": day.ident(), "time": utc(MIDNIGHT + 100), "hostname": "db1", "version": 3,
                 "byte_order": "little", "comm": "accton", "pid": 77, "ppid": 1, "uid": 0, "user": "root", "gid": 0,
                 "group": "root", "start": utc(MIDNIGHT + 100), "elapsed": 0.0}
    day.events.append((MIDNIGHT + 100, synthetic))
    day.events.sort(key=lambda item: item[0])
    return [e for _, e in day.events]


def incident(day, rng, scale):
    """From 2:10 on, a backup fills memory, and everything that needs the database fails."""
    base = MIDNIGHT + 2 * 3600 + 600
    for i in range(int(60 * scale)):
        t = base + i * int(2400 / (60 * scale))
        day.exit(t, "db1", "pg_dump", "postgres", 70, rng.uniform(5, 30), 900, signal=9, oom=True,
                 args="pg_dump --format=custom --compress=9 --file=/backup/orders.dump orders", unit="backup.service")
        for _ in range(3):
            if not is_silent(t, "web1"):
                day.exit(t + 1, "web1", "php-fpm8.2", "www-data", 33, rng.uniform(20, 31), 95, 255,
                         args="php-fpm: pool www", unit="php8.2-fpm.service")
    for i in range(9):
        day.exit(base + 200 * i, "web1", "imgresize", "www-data", 33, 3.1, 700, signal=11, core=True,
                 args="/usr/local/bin/imgresize --in /srv/upload/8f3a.png --out /srv/thumb/8f3a.webp --width 1600",
                 unit="php8.2-fpm.service")
    day.exit(base + 5 * 3600, "db1", "rsync", "root", 0, 15000.0, 60, 0, args="rsync -aH --delete /srv/ backup@vault:/srv/db1/",
             unit="backup.service")


# ---- the same in the other schemas, written from the page of fields

ECS = {"event": "event.action", "id": "event.id", "time": "@timestamp", "hostname": "host.name", "comm": "process.name",
       "pid": "process.pid", "ppid": "process.parent.pid", "uid": "process.real_user.id user.id",
       "user": "process.real_user.name user.name", "gid": "process.real_group.id group.id",
       "group": "process.real_group.name group.name", "start": "process.start event.start",
       "end": "process.end event.end", "exit_code": "process.exit_code", "command_line": "process.command_line",
       "args": "process.args", "container_id": "container.id", "file": "log.file.path", "detail": "message"}
OTEL = {"id": "log.record.uid", "time": "time", "hostname": "host.name", "pid": "process.pid",
        "ppid": "process.parent_pid", "uid": "process.real_user.id", "user": "process.real_user.name",
        "start": "process.creation.time", "end": "process.exit.time", "exit_code": "process.exit.code",
        "args": "process.command_args", "container_id": "container.id",
        "file": "log.file.path"}
ACCT = {"comm": "ac_comm", "pid": "ac_pid", "ppid": "ac_ppid", "uid": "ac_uid", "gid": "ac_gid", "mem_kib": "ac_mem",
        "minor_faults": "ac_minflt", "major_faults": "ac_majflt", "swaps": "ac_swaps", "io": "ac_io", "rw": "ac_rw",
        "status": "ac_exitcode"}
ALERTS = {"accounting_stopped", "accounting_suspended", "accounting_silent", "file_damaged", "records_lost", "disk_low"}


def ecs(e):
    out = {}

    def put(path, value):
        at = out
        *above, name = path.split(".")
        for part in above:
            at = at.setdefault(part, {})
        at[name] = value

    for name, value in e.items():
        if name == "elapsed":
            put("event.duration", round(value * 100) * 10 ** 7)
            put("process.uptime", int(value))
            continue
        for path in ECS.get(name, "pacct." + name).split(" "):
            put(path, str(value) if name in ("uid", "gid") else value)
    put("event.kind", "alert" if e["event"] in ALERTS else "event")
    put("event.module", "impacct")
    put("ecs.version", "9.4.0")
    return out


def otel(e):
    out = {OTEL.get(name, "pacct." + name): value for name, value in e.items() if name != "event"}
    return {"event.name": ("process." if e["event"] in ("exit", "exec") else "pacct.") + e["event"], **out}


SCHEMAS = {"native": lambda e: e,
           "ecs": ecs,
           "otel": otel,
           "acct": lambda e: {ACCT.get(name, name): value for name, value in e.items()}}


# ---- the same as summaries, of an hour each, by user and program

def summary(events, host, window, user, comm, ident, revision):
    failed = [e for e in events if e.get("exit_code") != 0]
    codes = collections.Counter(e["exit_code"] for e in events if "exit_code" in e).most_common(5)
    e = {"event": "summary", "id": ident, "time": utc(window + 3600), "hostname": host, "window_start": utc(window),
         "window_end": utc(window + 3600), "group": {"user": user, "comm": comm}, "count": len(events),
         "failures": len(failed), "killed_count": sum(e["killed"] for e in events),
         "core_dumps": sum(e["core_dumped"] for e in events), "exit_codes": [{"code": c, "count": n} for c, n in codes],
         "minor_faults_sum": 0, "major_faults_sum": 0, "first_start": min(e["start"] for e in events),
         "last_end": max(e["end"] for e in events), "revision": revision}
    for name, values in (("elapsed", [e["elapsed"] for e in events]),
                         ("cpu", [e["cpu_user"] + e["cpu_system"] for e in events]),
                         ("max_rss_kib", [e["max_rss_kib"] for e in events if "max_rss_kib" in e]),
                         ("read_bytes", [e["read_bytes"] for e in events if "read_bytes" in e]),
                         ("write_bytes", [e["write_bytes"] for e in events if "write_bytes" in e])):
        if values:
            e[name + "_sum"], e[name + "_max"] = round(sum(values), 2), max(values)
            for p in (50, 95, 99):
                e[f"{name}_p{p}"] = sorted(values)[len(values) * p // 100]
    return e


def summaries(events, rng):
    groups = collections.defaultdict(list)
    for e in events:
        if e["event"] == "exit":
            end = calendar.timegm(time.strptime(e["end"], "%Y-%m-%dT%H:%M:%SZ"))
            groups[end // 3600 * 3600, e["hostname"], e["user"], e["comm"]].append(e)
    out = []
    for (window, host, user, comm), members in sorted(groups.items()):
        ident = f"{rng.getrandbits(128):032x}"
        # one record came late: the first revision is without it
        amended = len(members) > 3 and rng.randrange(5) == 0
        if amended:
            out.append(summary(members[1:], host, window, user, comm, ident, 0))
            if rng.randrange(2) == 0:
                out.append(out[-1])
        out.append(summary(members, host, window, user, comm, ident, int(amended)))
    out.append({"event": "summary_window", "id": f"{rng.getrandbits(128):032x}", "time": utc(END), "hostname": "db1",
                "window_start": utc(END - 3600), "window_end": utc(END), "records": len(events), "groups": len(groups),
                "other_records": 0, "late_records": 3, "complete": True})
    return out


# ---- what has to come out

def is_canary(e):
    return e["comm"].startswith("impacct:") and e["forked"]


def truth(events, since=None, until=None, wanted=lambda e: True):
    """Counted one event at a time. events: without repeats."""
    out = {"programs": {}, "users": {}, "hosts": {}, "containers": {}, "units": {}, "jobs": {}, "failures": {},
           "processes": 0, "failed": 0, "crashed": 0, "canaries": 0, "started": 0, "states": 0, "cpu": 0, "synthetic": 0}
    keys = {"programs": "comm", "users": "user", "hosts": "hostname", "containers": "container_id", "units": "systemd_unit",
            "jobs": "job_id"}
    for e in events:
        at = e.get("end") or e.get("time")
        if since and at < since or until and at >= until or "comm" in e and not wanted(e):
            continue
        if e["event"] == "exec":
            out["started"] += 1
        elif e["event"] == "synthetic":
            out["synthetic"] += 1
        elif e["event"] != "exit":
            out["states"] += 1
        else:
            canary = is_canary(e)
            failed = not canary and e.get("exit_code") != 0
            out["processes"] += 1
            out["canaries"] += canary
            out["failed"] += failed
            out["crashed"] += e.get("signal") in (6, 11)
            cpu = round(100 * e["cpu_user"]) + round(100 * e["cpu_system"])
            out["cpu"] += cpu
            for table, key in keys.items():
                if e.get(key) is not None:
                    name = "impacct (its own canaries)" if canary and table == "programs" else e[key]
                    row = out[table].setdefault(name, collections.Counter())
                    row["n"] += 1
                    row["cpu"] += cpu
                    row["failed"] += failed
                    row["mem"] = max(row["mem"], e["mem_kib"])
                    row["rss"] = max(row["rss"], e.get("max_rss_kib", 0))
                    row["written"] += e.get("write_bytes", 0)
                    row["switches"] += e.get("voluntary_switches", 0) + e.get("involuntary_switches", 0)
            if failed:
                how = f"exit {e['exit_code']}" if "exit_code" in e else e["signal_name"]
                how += ", core dumped" if e["core_dumped"] else ""
                how += ", out of memory" if e.get("oom_killed") else ""
                key = "\0".join((e["comm"], e["user"], how))
                out["failures"][key] = out["failures"].get(key, 0) + 1
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir")
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--schema", choices=SCHEMAS, help="only this one")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    events = make(args.scale, args.seed)
    os.makedirs(args.dir, exist_ok=True)
    for name, convert in SCHEMAS.items():
        if args.schema not in (None, name):
            continue
        with open(os.path.join(args.dir, name + ".jsonl"), "w", encoding="utf-8") as f:
            for i, e in enumerate(events):
                line = json.dumps(convert(e), separators=(",", ":"), ensure_ascii=i % 2 == 0)
                print(line, file=f)
                # rsyslogd was killed here, and has sent some again
                if i % 97 == 0:
                    print(line, file=f)
    made = summaries(events, random.Random(args.seed))
    with open(os.path.join(args.dir, "summaries.jsonl"), "w", encoding="utf-8") as f:
        for e in made:
            print(json.dumps(SCHEMAS["native"](e)), file=f)
    with open(os.path.join(args.dir, "truth.json"), "w", encoding="utf-8") as f:
        json.dump({"all": truth(events),
                   "day": truth(events, "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
                   "before": truth(events, "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"),
                   "morning": truth(events, "2026-11-20T00:00:00Z", "2026-11-20T12:00:00Z"),
                   "evening": truth(events, "2026-11-19T12:00:00Z", "2026-11-20T00:00:00Z"),
                   "web1": truth(events, wanted=lambda e: e["hostname"] == "web1"),
                   "ci": truth(events, wanted=lambda e: e["user"] == "ci"),
                   "php": truth(events, wanted=lambda e: e["comm"] == "php-fpm8.2" or e["comm"].startswith("p")),
                   "repeats": (len(events) + 96) // 97}, f)


if __name__ == "__main__":
    main()
