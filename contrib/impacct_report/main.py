# SPDX-License-Identifier: Apache-2.0
"""impacct-report: one run.

Exit status: 0 all was read; 1 the report is made, and lines were left out that are no messages of impacct; 2 no
report."""
import argparse
import fnmatch
import gc
import json
import re
import signal
import sys
import time

from . import document, times
from .block import Asked
from .collect import collect
from .source import Unreadable

ABOUT = """What ran on a machine, or on many, from the lines that impacct wrote: alarms, activity and failures over
time, what changed, programs, users, hosts, containers, units, jobs, and the longest and largest processes."""
MORE = """FILE: lines of JSON in any schema (native, ecs, otel, acct), as they are or compressed by gzip, bzip2 or xz;
"-" is the standard input. TIME: a date (2026-11-21), a time (2026-11-21T12:00, UTC unless it ends in an offset such as
+01:00), or how long ago (90m, 24h, 7d). Exit status: 0 all was read; 1 the report is made, but some lines were no
messages of impacct; 2 no report."""
LONGEST_NAME = 15  # of a process in a record


def parser():
    p = argparse.ArgumentParser(prog="impacct-report", description=ABOUT, epilog=MORE)
    p.add_argument("file", nargs="+", metavar="FILE")
    p.add_argument("--since", metavar="TIME", help="only what ended at or after it; the period before is compared with")
    p.add_argument("--until", metavar="TIME", help="only what ended before it")
    p.add_argument("--host", action="append", default=[], metavar="NAME", help="only of this host; may be repeated")
    p.add_argument("--user", action="append", default=[], metavar="NAME", help="only of this user, by name or number")
    p.add_argument("--program", action="append", default=[], metavar="NAME",
                   help="only of this name; * and ? stand for any text and any character")
    p.add_argument("--top", type=int, default=15, metavar="N", help="rows of a table, by each of its columns (15)")
    p.add_argument("--json", action="store_true", help="print one JSON document, with exact figures")
    p.add_argument("--html", metavar="PAGE.html", help='write one page that needs nothing else; "-": standard output')
    return p


def patterns(names):
    """One pattern for all of them. A name is longer than a record can hold: what it holds is looked for."""
    if not names:
        return None
    return re.compile("|".join(fnmatch.translate(name if set(name) & set("*?[") else
                                                 name.encode()[:LONGEST_NAME].decode("utf-8", "ignore"))
                               for name in names))


def asked_for(args, now):
    """Raises ValueError with a sentence."""
    period = {}
    for name in ("since", "until"):
        value = getattr(args, name)
        try:
            period[name] = None if value is None else times.of_option(value, now)
        except ValueError as error:
            raise ValueError(f"--{name} {value}: {error}") from None
    since, until = period["since"], period["until"]
    before = None
    if since is not None:
        until = now if until is None else until
        if until <= since:
            end = f"--until {args.until}" if args.until else "now"
            raise ValueError(f"--since {args.since}: is not before {end}")
        before = since - (until - since)
    if args.top < 1:
        raise ValueError(f"--top {args.top}: at least 1 is needed")
    return Asked(since, until, before, frozenset(args.host), frozenset(args.user), patterns(args.program), args.top)


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `impacct-report ... | head` is no error
    gc.disable()  # there are no cycles, and looking for them among the objects of a block takes a tenth of the time
    p = parser()
    args = p.parse_args()
    now = int(time.time()) + 1
    try:
        asked = asked_for(args, now)
    except ValueError as error:
        p.error(str(error))
    try:
        show = renderer(args)
        collection = collect(args.file, asked)
        filters = {"host": args.host, "user": args.user, "program": args.program}
        made = document.build(collection, now, {name: of for name, of in filters.items() if of})
        show(made, collection)
    except Unreadable as error:
        p.error(str(error))
    for source, line, why in collection.refused:
        print(f"{p.prog}: {source.name}: line {line} is left out: {why}", file=sys.stderr)
    left_out = made["not_read"]["lines"]
    if left_out > len(collection.refused):
        print(f"{p.prog}: {left_out:,} lines were left out in all", file=sys.stderr)
    return 1 if left_out else 0


def renderer(args):
    """What shows the document; it is made sure first that it can. Raises Unreadable."""
    if args.html:
        try:
            from .page import write
        except ImportError as error:
            raise Unreadable("--html needs the Python libraries jinja2 and pygal (Debian: python3-jinja2, "
                             f"python3-pygal): {error}") from None
        page = args.html

        def show_page(made, collection):
            write(made, collection.sources, page)
    else:
        def show_page(made, collection):
            pass
    if args.json:
        def show(made, collection):
            show_page(made, collection)
            json.dump(document.for_json(made), sys.stdout, indent=1, allow_nan=False)
            print()
        return show
    if args.html:
        return show_page
    try:
        from .terminal import show as show_text
    except ImportError as error:
        raise Unreadable(f"needs the Python library rich (Debian: python3-rich), or --json: {error}") from None
    return lambda made, collection: show_text(made, args.top)
