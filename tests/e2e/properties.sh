#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: fields as message properties: all, none, or those of a list, in whatever container.
# Invariant: exactly the fields asked for are set, with the values and types that the JSON text has.
# Oracle: tests/lib/pacct.py for all of them; the JSON text of the same message for the rest.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
pacct_py generate "$WORK/all" 100 --hostile

# with NAME PROPERTY PARAMETERS: an input for a file of this name; its lines are MSG, a tab, the property
with() {
    [ "$1" = all ] || cp "$WORK/all" "$WORK/$1"
    add_conf "template(name=\"$1\" type=\"list\") {
        property(name=\"msg\") constant(value=\"\t\") property(name=\"$2\") constant(value=\"\n\")
    }
    ruleset(name=\"$1\") { action(type=\"omfile\" file=\"$WORK/$1.out\" template=\"$1\") }
    input(type=\"impacct\" file=\"$WORK/$1\" ruleset=\"$1\" $3)"
    names+=("$1")
}
names=()
with all '$!pacct' ''
with none '$!' 'properties="none"'
with list '$!pacct' 'properties=["comm", "pid", "elapsed", "forked", "comm_hex"]'
with words '$!pacct' 'properties="uid, exit_code signal"'
with deep '$!x!y' 'container="$!x!y"'
with root '$!' 'container="$!" properties="pid"'
with local '$.' 'container="$." properties=["pid"]'
with locald '$.z!pid' 'container="$.z"'
with one '$!pacct!uid' ''
startup
for name in "${names[@]}"; do
    wait_file_lines "$WORK/$name.out" 100
done
shutdown

cut -f 2 "$WORK/all.out" >"$WORK/all.tree"
pacct_py compare "$WORK/all" "$WORK/all.tree" --properties
cat >"$WORK/check.py" <<'PY'
import json, sys

LISTS = {"list": {"comm", "pid", "elapsed", "forked", "comm_hex"}, "words": {"uid", "exit_code", "signal"},
         "root": {"pid"}, "local": {"pid"}}
work = sys.argv[1]
for name in sys.argv[2:]:
    for line in open(f"{work}/{name}.out", encoding="utf-8", newline="\n"):
        msg, _, prop = line[:-1].partition("\t")
        msg = json.loads(msg)
        if name == "none":
            assert prop in ("", "{}"), line
        elif name == "one":
            assert prop == str(msg["uid"]), line
        elif name == "locald":
            assert prop == str(msg["pid"]), line
        else:
            want = {k: v for k, v in msg.items() if k in LISTS.get(name, msg)}
            got = json.loads(prop)
            assert got == want, (name, got, want)
            assert all(type(got[k]) is type(want[k]) for k in got), (name, got, want)
PY
python3 "$WORK/check.py" "$WORK" "${names[@]}" || error_exit "properties are wrong: see above"
exit_test
