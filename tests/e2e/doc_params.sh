#!/usr/bin/env bash
# Intent: what the documents say of the parameters is what the code does.
# Invariant: the table in impacct_params.c, the pages in doc/source/reference/parameters, the lists of the module page
# and the table in README.md hold the same parameters, with the same types, defaults and summaries; every choice of a
# parameter is named in its page.
# Oracle: the code's own tables and constants, read as text.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"

python3 - "$srcdir/.." <<'PYTHON' || error_exit "documents and code differ, see above"
import glob
import os
import re
import sys

top = sys.argv[1]
wrong = []


def read(path):
    with open(os.path.join(top, path), encoding="utf-8") as f:
        return f.read()


def one(pattern, text, what):
    found = re.findall(pattern, text, re.S | re.M)
    if len(found) != 1:
        sys.exit(f"{what}: found {len(found)} times, expected once")
    return found[0]


TYPES = {"TEXT": "string", "PATH": "string", "NAME": "string", "HOST": "string", "TAG": "string",
         "CONTAINER": "string", "CHOICE": "word", "SWITCH": "binary", "NUMBER": "integer", "SIZE": "size", "SECONDS": "number", "ALARM": "number",
         "FACILITY": "word", "SEVERITY": "word", "FIELDS": "array", "REDACT": "array"}
PAGES = "doc/source/reference/parameters/"
MODULE_PAGE = "doc/source/configuration/modules/impacct.rst"

# ---- the code ----
source = read("plugins/impacct/impacct_params.c")
table = one(r"struct param params\[\] = \{\n(.*?)\n\};", source, "the table of parameters")
choices = {name: re.findall(r'"([^"]+)"', values)
           for name, values in re.findall(r"const char\* const (\w+)\[\] = \{(.*?)\};", source, re.S)}
files = re.findall(r'"(/[^"]+)"', one(r"default_files\[\] = \{(.*?)\};", read("plugins/impacct/impacct.c"),
                                      "the default files"))
runtime = read("plugins/impacct/impacct_input.c")
seconds = {mode: int(one(rf"^#define {name} (\d+)$", runtime, name)) // 1000
           for mode, name in (("inotify", "POLL_BEHIND_INOTIFY_MS"), ("polling", "POLL_ALONE_MS"))}
silence = int(one(r"^#define SILENCE_ALARM_MS (\d+)$", source, "the silence")) // 1000
machine_id = one(r'^#define MACHINE_ID_FILE "([^"]+)"$', read("plugins/impacct/impacct_identity.c"), "the file with the machine's id")
# how an empty default is put into words
words = {
    "file": "the first that exists of " + " and ".join(f"``{f}``" for f in files),
    "pollingInterval": " , ".join(f"{s} in mode ``{mode}``" for mode, s in seconds.items()).replace(" ,", ","),
    "ruleset": "rsyslog's default ruleset",
    "stateRuleset": "that of ``ruleset``",
    "stateFile.directory": "rsyslog's workDirectory",
    "stateFile": "made from the path of the file",
    "silenceAlarm": f"{silence}; off where ``hostname`` is set",
    "hostname": "the host's own name",
    "hostId": f"first line of ``{machine_id}``",
}
params = {}
for row in re.split(r"\n(?=    \{)", table):
    name = one(r'\.name = "([^"]+)"', row, "a name")
    default = one(r'\.dflt = "([^"]*)"', row, f"default of {name}")
    params[name] = {
        "type": TYPES[one(r"\.kind = (\w+)", row, f"kind of {name}")],
        "default": default or words.get(name, "none"),
        "choices": [c for key in re.findall(r"\.choices = (\w+)", row) for c in choices[key]],
    }
if len(params) != table.count(".name") or not params:
    sys.exit(f"read {len(params)} of the {table.count('.name')} rows of the table of parameters")

# ---- the pages ----
slug = {name: name.lower().replace(".", "-") for name in params}
have = {os.path.basename(p)[len("impacct-"):-len(".rst")] for p in glob.glob(os.path.join(top, PAGES, "impacct-*.rst"))}
wrong += [f"{name}: has no page {PAGES}impacct-{slug[name]}.rst" for name in params if slug[name] not in have]
wrong += [f"{PAGES}impacct-{page}.rst: the code has no such parameter" for page in sorted(have - set(slug.values()))]
summaries = {}
for name, p in params.items():
    if slug[name] not in have:
        continue
    page = read(f"{PAGES}impacct-{slug[name]}.rst")
    summaries[name] = one(r"^\.\. summary-start\n\n(.*?)\n\n\.\. summary-end$", page, f"summary of {name}")
    facts = {"Name": name, "Scope": "input", "Type": p["type"], "Default": p["default"], "Required?": "no"}
    for key, value in facts.items():
        said = one(rf"^:{re.escape(key)}: ([^\n]*)$", page, f"{key} of {name}")
        if said != value:
            wrong.append(f"{name}: its page says {key} '{said}', the code '{value}'")
    wrong += [f"{name}: its page does not name the choice {c}" for c in p["choices"] if f'``"{c}"``' not in page and f"``{c}``" not in page]
    wrong += [f"{name}: its page has no label {label}" for label in
              (f".. _param-impacct-{slug[name]}:", f".. _impacct.parameter.input.{name.lower()}:") if label not in page]
    wrong += [f"{name}: its page has no example in {language}" for language in ("rsyslog", "yaml")
              if f".. code-block:: {language}\n" not in page]

# ---- the module page ----
module_page = read(MODULE_PAGE)
for what, pattern in (("list of parameters", r":ref:`param-impacct-([\w-]+)`\n     - "),
                      ("summaries", r"\.\. include:: \.\./\.\./reference/parameters/impacct-([\w-]+)\.rst"),
                      ("toctree", r"^   \.\./\.\./reference/parameters/impacct-([\w-]+)$")):
    listed = re.findall(pattern, module_page, re.M)
    if listed != list(slug.values()):
        wrong.append(f"{MODULE_PAGE}: its {what} differs from the code's table, or is in another order: "
                     f"{sorted(set(listed) ^ set(slug.values())) or listed}")

# ---- README.md ----
rows = re.findall(r"^\| `([\w.]+)` \| (.*?) \| (.*?) \|$", read("README.md"), re.M)
if [row[0] for row in rows] != list(params):
    wrong.append("README.md: its table of parameters differs from the code's, or is in another order: "
                 f"{sorted(set(row[0] for row in rows) ^ set(params)) or [row[0] for row in rows]}")
for name, default, summary in rows:
    if name in params and default.replace("`", "``") != params[name]["default"]:
        wrong.append(f"{name}: README.md says default '{default}', the code '{params[name]['default']}'")
    if name in summaries and summary.replace("`", "``") != " ".join(summaries[name].split()):
        wrong.append(f"{name}: README.md and its page have different summaries")

print("\n".join(wrong))
sys.exit(1 if wrong else 0)
PYTHON
exit_test
