#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the pages in doc can become a part of rsyslog's documentation as they are.
# Invariant: each page is ASCII and has what is asked of pages there: a description of at most 160 characters, keywords, a
# summary, an index entry, a place in a table of contents; each reference leads to a label or page that exists.
# Oracle: rsyslog's rules for pages.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"

python3 - "$srcdir/../doc/source" <<'PYTHON' || error_exit "see above"
import os
import pathlib
import re
import sys

top = pathlib.Path(sys.argv[1]).resolve()
pages = {p: p.read_text(encoding="ascii") for p in sorted(top.rglob("*.rst"))}
labels = [label for text in pages.values() for label in re.findall(r"^\.\. _([^:]+):$", text, re.M)]
wrong = [f"the label {label} stands twice" for label in sorted(set(labels)) if labels.count(label) > 1]
listed = {top / "configuration/modules/impacct.rst"}  # rsyslog's list of inputs has it


def page_of(path, name):
    return pathlib.Path(os.path.normpath(path.parent / f"{name}.rst"))


for path, text in pages.items():
    name = path.relative_to(top)
    meta = re.findall(r"^\.\. meta::\n   :description: (.+)\n   :keywords: .+\n", text, re.M)
    for what, ok in (
        ("one description of at most 160 characters, and keywords", len(meta) == 1 and len(meta[0]) <= 160),
        ("one summary", len(re.findall(r"^\.\. summary-start\n\n(?:.+\n)+\n\.\. summary-end\n", text, re.M)) == 1),
        ("an index entry", re.search(r"^\.\. index::(?: ! impacct\n|\n(?:   single: .+\n)+)", text, re.M)),
    ):
        if not ok:
            wrong.append(f"{name} lacks {what}")
    for entries in re.findall(r"^\.\. toctree::\n(?:   :.*\n)*\n((?:   \S+\n)+)", text, re.M):
        listed |= {page_of(path, entry) for entry in entries.split()}
    for target in re.findall(r":ref:`(?:[^`<]*<)?([^`>]+)>?`", text):
        if target not in labels:
            wrong.append(f"{name} refers to the label {target}, which does not exist")
    for target in re.findall(r":doc:`(?:[^`<]*<)?([^`>]+)>?`", text):
        if page_of(path, target) not in pages:
            wrong.append(f"{name} refers to the page {target}, which does not exist")
wrong += [f"{path.relative_to(top)} is in no table of contents" for path in pages if path not in listed]
wrong += [f"a table of contents has {path}, which does not exist" for path in listed if path not in pages]
print("\n".join(wrong))
sys.exit(1 if wrong or len(pages) < 40 else 0)
PYTHON
exit_test
