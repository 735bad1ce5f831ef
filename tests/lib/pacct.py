#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An independent reader and writer of accounting files, the oracle of the end-to-end tests.

Written from acct(5) and the kernel's headers, with struct.unpack and exact fractions; shares nothing with the module.

    pacct.py generate FILE COUNT [--seed N] [--version V] [--big] [--ahz N] [--append] [--serial N]
                                 [--hostile] [--mixed]: each record in another version and byte order (0 by --big)
    pacct.py compare FILE OUT [--schema S] [--format json|cee|text] [--properties]
                                           every record of FILE, in order, is a line of OUT
    pacct.py ecstypes OUT.jsonl            every value has the type that the Elastic Common Schema gives it
    pacct.py dump FILE [--host-id ID]      JSON lines with the values that the records hold
    pacct.py count FILE                    number of records
"""
import argparse
import hashlib
import json
import math
import random
import socket
import struct
import sys
from datetime import datetime, timezone
from fractions import Fraction

AFORK, ASU, ACORE = 0x01, 0x02, 0x08
SIGNALS = {1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 6: "SIGABRT", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE",
           15: "SIGTERM"}
V3 = "BBHIIIIIIfHHHHHHHH16s"
V2 = "BBHHHIHHHHHHHHHHI17sBHII"
V1 = "BBHHHIHHHHHHHHHI17sBHII"
V0 = "BxHHHIHHHHHHHHH2xI17s11x"


def comp(c):
    return (c & 0x1FFF) * 8 ** (c >> 13)


def to_comp(value):
    exponent = 0
    while value > 0x1FFF:
        value >>= 3
        exponent += 1
    return exponent << 13 | value


def comp2(c):
    exponent, fraction = c >> 19, c & 0x7FFFF
    return fraction if exponent == 0 else (fraction | 0x80000) << (exponent - 1)


def to_comp2(value):
    exponent = 0
    while value >= 1 << 20:
        value >>= 1
        exponent += 1
    return value if value < 1 << 19 else (exponent + 1) << 19 | value & 0x7FFFF


def order_of(raw, v0_big):
    """Kernels do not set the bit in version 0; dump-acct does."""
    return ">" if (v0_big if raw[1] == 0 else raw[1] & 0x80) else "<"


def decode(raw, ahz=100, v0_big=False):
    """One record of whatever version as a dict of plain values; times in ticks."""
    order, version = order_of(raw, v0_big), raw[1] & 0x7F
    r = {"version": version, "byte_order": "big" if order == ">" else "little", "ahz": 100, "flag": raw[0]}
    if version == 3:
        (_, _, r["tty"], r["status"], r["uid"], r["gid"], r["pid"], r["ppid"], r["btime"], etime, utime, stime, mem, io,
         rw, minflt, majflt, swaps, comm) = struct.unpack(order + V3, raw[:64])
        r["etime"] = int(etime) if math.isfinite(etime) and etime >= 0 else None
    elif version in (1, 2):
        fields = list(struct.unpack(order + (V2 if version == 2 else V1), raw[:64 if version == 2 else 62]))
        if version == 1:
            fields.insert(15, ahz)
        (_, _, _, _, r["tty"], r["btime"], utime, stime, _, mem, io, rw, minflt, majflt, swaps, r["ahz"], r["status"],
         comm, hi, lo, r["uid"], r["gid"]) = fields
        r["etime"] = comp2(hi << 16 | lo)
    else:
        (_, r["uid"], r["gid"], r["tty"], r["btime"], utime, stime, etime, mem, io, rw, minflt, majflt, swaps,
         r["status"], comm) = struct.unpack(order + V0, raw[:64])
        r["etime"], r["ahz"] = comp(etime), ahz
    r["ahz"] = r["ahz"] or ahz
    for name, value in (("utime", utime), ("stime", stime), ("mem_kib", mem), ("io", io), ("rw", rw),
                        ("minor_faults", minflt), ("major_faults", majflt), ("swaps", swaps)):
        r[name] = comp(value)
    r["comm"] = comm.split(b"\0")[0]
    return r


def length(raw):
    return 62 if raw[1] & 0x7F == 1 else 64


def records(path):
    data = open(path, "rb").read()
    at = 0
    while at + 62 <= len(data):
        n = length(data[at:])
        yield data[at:at + n]
        at += n


def utc(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(ticks, ahz):
    """Two decimals, the nearest, halves up."""
    return float(Fraction(math.floor(Fraction(ticks * 100, ahz) + Fraction(1, 2)), 100))


def replace_invalid(raw):
    """UTF-8 with one U+FFFD for each byte that is not part of a well-formed sequence."""
    out, at = "", 0
    while at < len(raw):
        for n in (1, 2, 3, 4):
            try:
                out += raw[at:at + n].decode("utf-8")
                at += n
                break
            except UnicodeDecodeError:
                continue
        else:
            out += "\ufffd"
            at += 1
    return out


def machine_id():
    """A system that never booted has none; its short host name serves then."""
    try:
        found = open("/etc/machine-id").readline().strip()
    except FileNotFoundError:
        found = ""
    return found or socket.gethostname().split(".")[0]


def about(r):
    """What a record is about: "exit", "synthetic" or "uncertain". The kernel fills in memory when the last thread ends,
    and all else when any does; see event/event.h for what has no memory and is an exit."""
    kernel_thread = r["flag"] & AFORK and r["utime"] == 0
    killed = r["status"] & 0x7F or r["flag"] & ACORE
    if r["version"] == 0 or r["mem_kib"] or killed or kernel_thread:
        return "exit"
    counted = ("flag", "utime", "stime", "minor_faults", "major_faults", "status")
    return "uncertain" if any(r[name] for name in counted) else "synthetic"


def native(raw, host_id=None, ahz=100, v0_big=False):
    """What schema "native" has to say of a record; names of users, groups and terminals, and the host, left out."""
    r = decode(raw, ahz, v0_big)
    version = r["version"]
    synthetic = about(r) == "synthetic"
    e = {"event": "synthetic" if synthetic else "exit", "version": version, "byte_order": r["byte_order"],
         "comm": replace_invalid(r["comm"]), "uid": r["uid"], "gid": r["gid"], "start": utc(r["btime"]),
         "time": utc(r["btime"])}
    host_id = machine_id() if host_id is None else host_id
    e["id"] = hashlib.sha256(host_id.encode() + raw).hexdigest()[:32]
    try:
        r["comm"].decode("utf-8")
    except UnicodeDecodeError:
        e["comm_hex"] = r["comm"].hex()
    if version == 3:
        e["pid"], e["ppid"] = r["pid"], r["ppid"]
    if r["tty"]:
        e["tty_major"], e["tty_minor"] = r["tty"] >> 8, r["tty"] & 0xFF
    if r["etime"] is not None:
        e["elapsed"] = seconds(r["etime"], r["ahz"])
        end = r["btime"] + r["etime"] // r["ahz"]
        if end <= 253402300799:
            e["time"] = utc(end)
            if not synthetic:
                e["end"] = utc(end)
    if synthetic:
        return e
    e["cpu_user"], e["cpu_system"] = seconds(r["utime"], r["ahz"]), seconds(r["stime"], r["ahz"])
    for name in ("mem_kib", "minor_faults", "major_faults", "swaps", "io", "rw", "status"):
        e[name] = r[name]
    signal = r["status"] & 0x7F
    if signal:
        e["signal"] = signal
    if about(r) == "uncertain":
        e["exit_uncertain"] = True
    e["killed"] = bool(signal or r["flag"] & ACORE)
    if not e["killed"]:
        e["exit_code"] = r["status"] >> 8 & 0xFF
    if r["status"] & 0x80 or not r["flag"] & ACORE:
        e["core_dumped"] = bool(r["status"] & 0x80)
    e["forked"], e["privileged"] = bool(r["flag"] & AFORK), bool(r["flag"] & ASU)
    return e


# The same values under the names of the other schemas, written from the Elastic Common Schema, the semantic
# conventions of OpenTelemetry and the documentation of syslog-ng's pacct(). A name may be a list; what is not mentioned
# is called "pacct." and its native name. "" means that a schema has no such field.
ECS = {"event": ["event.action"], "id": ["process.entity_id", "event.id"], "time": ["@timestamp"],
       "comm": ["process.name"], "pid": ["process.pid"], "ppid": ["process.parent.pid"],
       "uid": ["process.real_user.id", "user.id"], "gid": ["process.real_group.id", "group.id"],
       "tty_major": ["process.tty.char_device.major"], "tty_minor": ["process.tty.char_device.minor"],
       "start": ["process.start", "event.start"], "end": ["process.end", "event.end"],
       "exit_code": ["process.exit_code"]}
OTEL = {"id": ["log.record.uid"], "time": ["time"], "pid": ["process.pid"],
        "ppid": ["process.parent_pid"], "uid": ["process.real_user.id"], "start": ["process.creation.time"],
        "end": ["process.exit.time"], "exit_code": ["process.exit.code"]}
ACCT = {"comm": "ac_comm", "pid": "ac_pid", "ppid": "ac_ppid", "uid": "ac_uid", "gid": "ac_gid", "mem_kib": "ac_mem",
        "minor_faults": "ac_minflt", "major_faults": "ac_majflt", "swaps": "ac_swaps", "io": "ac_io", "rw": "ac_rw",
        "status": "ac_exitcode"}
# names that come from the machine the test runs on
MACHINE = {"native": {"hostname", "user", "group", "tty", "signal_name"},
           "ecs": {"host.name", "host.id", "process.real_user.name", "user.name", "process.real_group.name",
                   "group.name", "pacct.tty", "pacct.signal_name"},
           "otel": {"host.name", "host.id", "process.real_user.name", "pacct.group", "pacct.tty", "pacct.signal_name"},
           "acct": {"hostname", "user", "group", "tty", "signal_name"}}


def ecs(e, r):
    out = {}
    for name, value in e.items():
        if name in ("uid", "gid"):
            value = str(value)
        for target in ECS.get(name, ["pacct." + name]):
            out[target] = value
    if "elapsed" in e:
        del out["pacct.elapsed"]
        hundredths = math.floor(Fraction(r["etime"] * 100, r["ahz"]) + Fraction(1, 2))
        if hundredths * 10 ** 7 < 2 ** 63:
            out["event.duration"] = hundredths * 10 ** 7
        out["process.uptime"] = hundredths // 100
    ended = e["event"] == "exit"
    out.update({"event.kind": "event", "event.category": ["process"], "event.type": ["end" if ended else "info"],
                "event.module": "impacct", "event.dataset": "impacct.process", "ecs.version": "9.4.0",
                "host.os.type": "linux"})
    if ended:
        out["event.outcome"] = "success" if e.get("exit_code") == 0 else "failure"
    return out


def otel(e, _):
    out = {target: value for name, value in e.items() if name != "event"
           for target in OTEL.get(name, ["pacct." + name])}
    out["event.name"] = "process.exit" if e["event"] == "exit" else "pacct." + e["event"]
    out["os.type"] = "linux"
    return out


def acct(e, r):
    out = {ACCT.get(name, name): value for name, value in e.items()}
    out.update({"ac_tty": r["tty"], "ac_btime": r["btime"]})
    if r["etime"] is not None:
        out["ac_etime"] = r["etime"]
    if e["event"] == "exit":
        out.update({"ac_flag": r["flag"], "ac_utime": r["utime"], "ac_stime": r["stime"]})
    return out


SCHEMAS = {"native": lambda e, _: e, "ecs": ecs, "otel": otel, "acct": acct}


def no_repeated_names(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name comes twice")
    return dict(pairs)


def no_constants(text):
    raise ValueError(f"{text} is not JSON")


def strict_json(line, by_rsyslog=False):
    """Python's parser without its liberties. rsyslog itself, printing properties, leaves DEL and C1 as they are."""
    text = line.decode("utf-8", "strict")
    if not by_rsyslog and any(c < " " or "\x7f" <= c <= "\x9f" or c in "\u2028\u2029" for c in text):
        raise ValueError("a control character")
    return json.loads(text, object_pairs_hook=no_repeated_names, parse_constant=no_constants)


def flatten(value, prefix=""):
    out = {}
    for name, member in value.items():
        if isinstance(member, dict):
            out.update(flatten(member, prefix + name + "."))
        else:
            out[prefix + name] = member
    return out


def compare_one(expected, got, schema, where):
    for name, value in expected.items():
        if name not in got:
            sys.exit(f"{where}: no {name}, expected {value!r}: {got}")
        if got[name] != value or type(got[name]) is not type(value):
            sys.exit(f"{where}: {name} is {got[name]!r}, expected {value!r}: {got}")
    extra = set(got) - set(expected) - MACHINE[schema]
    if extra:
        sys.exit(f"{where}: has {sorted(extra)} which the record cannot know: {got}")
    prefix = "pacct." if schema in ("ecs", "otel") else ""
    signal = got.get(prefix + "signal")
    if signal in SIGNALS and got.get(prefix + "signal_name") != SIGNALS[signal]:
        sys.exit(f"{where}: signal {signal} is called {got.get(prefix + 'signal_name')}")


def compare_text(e, r, line, where):
    """The first word is the name with its escapes; flags and numbers follow."""
    text = line.decode("ascii")
    words = text.split(" ")
    if not all(" " <= c <= "~" for c in text) or "" in words:
        sys.exit(f"{where}: not words of printable characters: {line}")
    name = b"" if words[0] == "-" else bytes(words[0], "ascii").decode("unicode_escape").encode("latin-1")
    flags = "".join(letter if e.get(field) else "-" for letter, field in
                    (("S", "privileged"), ("F", "forked"), ("D", "core_dumped"), ("X", "killed")))
    values = dict(word.split("=", 1) for word in words[4:] if "=" in word)
    expected = {"start": e["start"]}
    for field in ("pid", "ppid", "end" if "end" in e else "time"):
        if field in e:
            expected[field] = str(e[field])
    if "exit_code" in e:
        expected["exit"] = str(e["exit_code"])
    if e.get("signal") in SIGNALS:
        expected["signal"] = SIGNALS[e["signal"]]
    if name != r["comm"] or words[1] != flags or any(values.get(k) != v for k, v in expected.items()):
        sys.exit(f"{where}: {line} does not say {r['comm']} {flags} {expected}")


def compare(args):
    with open(args.out, "rb") as f:
        lines = f.read().split(b"\n")[:-1]
    raws = list(records(args.file))
    if len(raws) != len(lines):
        sys.exit(f"{len(raws)} records, {len(lines)} lines")
    for n, (raw, line) in enumerate(zip(raws, lines)):
        where = f"record {n}"
        r, e = decode(raw, args.ahz, args.v0_big), native(raw, args.host_id, args.ahz, args.v0_big)
        if args.format == "text":
            compare_text(e, r, line, where)
            continue
        if args.format == "cee":
            if not line.startswith(b"@cee: "):
                sys.exit(f"{where}: no cookie: {line}")
            line = line[6:]
        try:
            got = strict_json(line, args.properties)
        except ValueError as error:
            sys.exit(f"{where}: {error}: {line}")
        got = flatten(got) if args.schema == "ecs" else got
        compare_one(SCHEMAS[args.schema](e, r), got, args.schema, where)


# Types of Elastic's field reference (9.4)
KEYWORDS = """event.action event.id event.kind event.module event.dataset event.outcome process.entity_id process.name
    process.real_user.id process.real_user.name process.real_group.id process.real_group.name user.id user.name group.id
    group.name host.name host.id host.os.type ecs.version""".split()
KEYWORD_LISTS = ["event.category", "event.type"]
DATES = "@timestamp event.start event.end process.start process.end".split()
LONGS = """event.duration process.uptime process.pid process.parent.pid process.exit_code
    process.tty.char_device.major process.tty.char_device.minor""".split()
ALLOWED = {"event.kind": {"event", "alert"}, "event.outcome": {"success", "failure", "unknown"},
           "event.category": {"process", "host"}, "event.type": {"end", "info", "start", "change", "error"}}
REQUIRED = {"@timestamp", "ecs.version", "event.kind", "event.category", "event.type", "process.name"}


def ecs_type_is_right(name, value):
    if name in KEYWORDS or name in KEYWORD_LISTS:
        values = value if name in KEYWORD_LISTS and isinstance(value, list) else [value]
        return all(isinstance(v, str) and v in ALLOWED.get(name, {v}) for v in values)
    if name in DATES:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ") is not None
    if name in LONGS:
        return type(value) is int and 0 <= value < 2 ** 63
    return name.startswith("pacct.") and not isinstance(value, list)


def ecstypes(args):
    seen = set()
    for n, line in enumerate(open(args.out, "rb").read().split(b"\n")[:-1]):
        got = flatten(strict_json(line))
        for name, value in got.items():
            if not ecs_type_is_right(name, value):
                sys.exit(f"line {n}: {name} is {value!r}, which ECS does not know or gives another type")
        if not REQUIRED <= set(got):
            sys.exit(f"line {n}: lacks {REQUIRED - set(got)}")
        seen |= set(got)
    unseen = set(KEYWORDS + KEYWORD_LISTS + DATES + LONGS) - seen
    if unseen:
        sys.exit(f"no line has {sorted(unseen)}")


KINDS = ((3, False), (2, True), (1, False), (3, True), (0, False), (2, False), (1, True))


def make(rng, serial, version, big, ahz, hostile):
    order = ">" if big else "<"
    v = version | (0x80 if big and version else 0)
    if hostile:
        comm = bytes(rng.randrange(1, 256) for _ in range(rng.randrange(0, 16)))
    else:
        comm = b"p%d" % serial
    status = rng.choice((0, 0, 0, 256 * rng.randrange(256), 9, 11, 15, 134))
    flag = rng.choice((0, 1, 2, 3)) | (0x10 if status & 0x7F else 0) | (0x08 if status & 0x80 else 0)
    btime = 1700000000 + serial // 7
    etime = rng.choice((0, 1, rng.randrange(200), rng.randrange(1 << 24), rng.randrange(1 << 30)))
    comps = [to_comp(rng.choice((0, rng.randrange(100), rng.randrange(1 << 20), rng.randrange(1 << 33))))
             for _ in range(8)]
    comps[2] = to_comp(rng.randrange(1, 1 << 20))  # no memory would be a synthetic record
    uid, gid = rng.choice((0, 1000, 70000, 4294967294)), rng.choice((0, 100, 65534, 80000))
    tty = rng.choice((0, 0, 0x8800, 0x8805, 0x0441, 0x0501))
    if version == 3:
        return struct.pack(order + V3, flag, v, tty, status, uid, gid, 2 + serial % 4194300, 1 + rng.randrange(30000),
                           btime, float(etime), *comps, comm)
    head = [flag, v, uid & 0xFFFF, gid & 0xFFFF, tty, btime, comps[0], comps[1], to_comp(etime), *comps[2:]]
    if version == 0:
        del head[1]
        return struct.pack(order + V0, *head, status, comm)
    packed = to_comp2(etime)
    tail = [status, comm, packed >> 16, packed & 0xFFFF, uid, gid]
    if version == 1:
        return struct.pack(order + V1, *head, *tail)
    return struct.pack(order + V2, *head, ahz, *tail)


def generate(args):
    rng = random.Random(args.seed)
    with open(args.file, "ab" if args.append else "wb") as f:
        for n in range(args.count):
            version, big = KINDS[n % len(KINDS)] if args.mixed else (args.version, args.big)
            f.write(make(rng, args.serial + n, version, args.big if version == 0 else big, args.ahz, args.hostile))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = parser.add_subparsers(required=True)
    p = sub.add_parser("generate")
    p.add_argument("file")
    p.add_argument("count", type=int)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--version", type=int, default=3)
    p.add_argument("--big", action="store_true")
    p.add_argument("--ahz", type=int, default=100)
    p.add_argument("--append", action="store_true")
    p.add_argument("--serial", type=int, default=0)
    p.add_argument("--hostile", action="store_true")
    p.add_argument("--mixed", action="store_true")
    p.set_defaults(run=generate)
    p = sub.add_parser("compare")
    p.add_argument("file")
    p.add_argument("out")
    p.add_argument("--host-id")
    p.add_argument("--ahz", type=int, default=100)
    p.add_argument("--v0-big", action="store_true")
    p.add_argument("--schema", choices=SCHEMAS, default="native")
    p.add_argument("--properties", action="store_true")
    p.add_argument("--format", choices=("json", "cee", "text"), default="json")
    p.set_defaults(run=compare)
    p = sub.add_parser("ecstypes")
    p.add_argument("out")
    p.set_defaults(run=ecstypes)
    p = sub.add_parser("dump")
    p.add_argument("file")
    p.add_argument("--host-id")
    p.set_defaults(run=lambda a: [print(json.dumps(native(raw, a.host_id))) for raw in records(a.file)])
    p = sub.add_parser("count")
    p.add_argument("file")
    p.set_defaults(run=lambda a: print(sum(1 for _ in records(a.file))))
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
