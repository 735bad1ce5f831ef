#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: who changes something can rely on what ARCHITECTURE.md says must not be, and finds the files that it names.
# Invariant: each file includes headers of its own floor and of those that the table of floors lets it use; what must not
# be is not; the module's page has all counters and state messages; all files that the documents name are there.
# Oracle: the sources, read as text without comments and strings.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"

python3 - "$srcdir/.." <<'PYTHON' || error_exit "see above"
import pathlib
import re
import sys

top = pathlib.Path(sys.argv[1]).resolve()
plugin = top / "plugins/impacct"
page = (top / "ARCHITECTURE.md").read_text(encoding="ascii")
wrong = []


def code(path):
    text = path.read_text(encoding="ascii")
    text = re.sub(r'/\*.*?\*/|//[^\n]*', " ", text, flags=re.S)
    return re.sub(r'(?m)(^\s*#\s*include.*$)|"(?:[^"\\\n]|\\.)*"', lambda m: m.group(1) or '""', text)


sources = {str(p.relative_to(plugin)): code(p) for p in sorted(plugin.rglob("*.[ch]"))
           if p.name != "exec_object.h"}

# ---- floors ----
rows = re.findall(r"^\| `([^`]+)`[^|]*\|[^|]*\| ([a-z, ]*)\|$", page, re.M)
floors = {name.rstrip("/"): uses for name, uses in rows}
folders = {str(p.parent) for p in map(pathlib.Path, sources)} - {"."}
if set(floors) != folders | {"impacct*.c"}:
    wrong.append(f"the table of floors has {sorted(floors)}, the sources {sorted(folders)}")
for name, text in sources.items():
    folder = str(pathlib.Path(name).parent)
    if folder == ".":
        continue
    allowed = {folder} | set(floors.get(folder, "").replace(" ", "").split(","))
    for used in re.findall(r'#\s*include "([a-z]+)/', text):
        if used not in allowed:
            wrong.append(f"{name} includes a header of {used}, which is not below {folder}")
below = list(floors)
for folder, uses in floors.items():
    for used in filter(None, uses.replace(" ", "").split(",")):
        if used != "all" and below.index(used) <= below.index(folder):
            wrong.append(f"{folder} uses {used}, which does not stand below it")

# ---- what must not be ----
host = set(re.findall(r'#\s*include "([^/"]+)"', sources["impacct_host.h"])) - {"config.h"}


def only(pattern, allowed, what):
    for name, text in sources.items():
        if name not in allowed and re.search(pattern, text):
            wrong.append(f"{name}: {what}")


in_folders = [name for name in sources if "/" in name]
glue = [name for name in sources if "/" not in name]
only("|".join(rf'#\s*include "{re.escape(h)}"' for h in host) + r"|\bLog(Error|Msg)\s*\(", glue, "knows rsyslog, or logs")
only(r"\bacct\s*\(", {"accounting/acct.c"}, "calls acct(2)")
only(r"\b(v?fork|clone|clone3|posix_spawnp?|system|popen)\s*\(", {"base/child.c"}, "makes a process")
only(r"\bpacct_state_store\s*\(", {"file/state.c", "file/state.h", "file/state_writer.c"}, "stores a position")
only(r"\bpacct_state_writer_put\s*\(", {"file/state_writer.c", "file/state_writer.h", "impacct_delivery.c"},
     "hands the state writer a position")
only(r"\biRefCount\b", {"impacct_abi.h"}, "looks into a structure of rsyslog")
only(r"#\s*(el)?if\b.*VERSION", set(), "asks for a version")
for name in ("capture/join.c", "accounting/silence.c", "event/summary.c", "event/summary_group.c", "file/record.c"):
    for call in re.findall(r"\b(clock_gettime|pacct_clock_ns|pacct_monotonic_ms|time|f?open|p?read|stat)\s*\(", sources[name]):
        wrong.append(f"{name} calls {call}()")
for call in re.findall(r"\b([mc]alloc|realloc|strdup)\s*\(", sources["file/record.c"]):
    wrong.append(f"file/record.c calls {call}()")

# ---- the module's page: counters and state messages ----
module_page = (top / "doc/source/configuration/modules/impacct.rst").read_text(encoding="ascii")
raw = {p.name: p.read_text(encoding="ascii") for p in plugin.rglob("*.[ch]")}
counters = [name for text in raw.values() for name in re.findall(r'\{"([a-z.]+)",[^{}]*CTR_FLAG_', text)]
rows = re.findall(r"^   \* - (``[a-z.]+``(?:, ``[a-z.]+``)*)\n     - [A-Z]", module_page.split("Statistic Counters")[1], re.M)
shown = [name for row in rows for name in re.findall(r"[a-z.]+", row)]
if counters == [] or sorted(counters) != sorted(shown):
    wrong.append(f"the module's page has the counters {shown}, the sources {counters}")
notices = re.findall(r'^X\(\w+,\s*"(\w+)"', raw["notice.h"], re.M)
rows = re.findall(r"^   \* - (``\w+``(?:, ``\w+``)*)\n     - (?:notice|warning|alert)$", module_page, re.M)
shown = [name for row in rows for name in re.findall(r"\w+", row)]
if notices == [] or sorted(notices) != sorted(shown):
    wrong.append(f"the module's page has the state messages {shown}, the sources {notices}")

# ---- files that are named ----
stems = {str(p.with_suffix("")) for p in map(pathlib.Path, sources)}
for name in re.findall(r"`((?:[a-z]+/)?[a-z_]+(?:\.bpf)?(?:\.[ch])?)`", page):
    if re.match(r"impacct_|[a-z]+/", name) and name not in sources and name not in stems and not (plugin / name).exists():
        wrong.append(f"ARCHITECTURE.md names {name}, which does not exist")
documents = [*top.glob("*.md"), *(top / "doc").rglob("*.rst"), *(top / "plugins").rglob("*.yaml")]
for document in documents:
    for name in re.findall(r"(?<![\w./-])((?:contrib|tests|plugins|doc|e2e|unit|fuzz|booted)/[\w./*-]*\w)", document.read_text()):
        at = top / "tests" if re.match("(e2e|unit|fuzz|booted)/", name) else top
        found = [name] if (at / name).exists() else list(at.glob(name + "*"))
        built = re.search(r"/\.libs/|NAME|\.log$", name)
        if not found and not built:
            wrong.append(f"{document.relative_to(top)} names {name}, which does not exist")
    for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
        if document.suffix == ".md" and not (document.parent / link).exists():
            wrong.append(f"{document.relative_to(top)} links to {link}, which does not exist")

print("\n".join(wrong))
sys.exit(1 if wrong else 0)
PYTHON
exit_test
