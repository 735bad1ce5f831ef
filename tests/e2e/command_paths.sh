#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: where a program lies and where it was started, in full.
# Invariant: the paths are complete for names of each length around those that the kernel keeps in another place, in file
# systems that are mounted in others, at a folder of their own or of another, and where nothing is mounted above.
# Oracle: the names that all of it was made with.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids # and in a mount namespace
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"bpf\")"
mkdir "$WORK/outer" "$WORK/bound"
mount -t tmpfs none "$WORK/outer"
mkdir "$WORK/outer/inner" "$WORK/outer/inner/a" "$WORK/outer/inner/a/b"
mount -t tmpfs none "$WORK/outer/inner/a/b"
mkdir "$WORK/outer/inner/a/b/part"
mount --bind "$WORK/outer/inner/a/b/part" "$WORK/bound"
startup
wait_command_lines bpf
# NAME: runs a program of this name in each folder, from a folder of this name in there
: >"$WORK/expected"
number=0
run() {
    for place in "$WORK" "$WORK/outer" "$WORK/outer/inner/a/b" "$WORK/bound"; do
        number=$((number + 1))
        mkdir -p "$place/in/$1"
        cp /bin/true "$place/$1"
        (cd "$place/in/$1" && "$place/$1" "path-$number")
        printf '%s %s %s\n' "path-$number" "$place/$1" "$place/in/$1" >>"$WORK/expected"
    done
}
for length in 1 6 7 8 9 15 16 17 23 24 25 30 31 32 33 38 39 40 41 64 200 255; do
    run "$(head -c "$length" /dev/zero | tr '\0' "n")"
done
(cd / && exec /bin/true root)
printf '%s %s %s\n' root "$(realpath /bin/true)" / >>"$WORK/expected"
/bin/true end
wait_content '/true end"' "$OUT"
umount "$WORK/bound" "$WORK/outer/inner/a/b" "$WORK/outer"
shutdown
python3 - "$OUT" "$WORK/expected" <<'PY' || error_exit "see above"
import json
import sys

found = {}
for line in open(sys.argv[1], encoding="utf-8"):
    event = json.loads(line)
    if len(event.get("args", [])) == 2 and event["command_source"] == "exec":
        found[event["args"][1]] = (event.get("executable"), event.get("cwd"))
expected = [line.split() for line in open(sys.argv[2], encoding="utf-8")]
wrong = [f"{name}: {found.get(name)} instead of {(exe, cwd)}" for name, exe, cwd in expected if found.get(name) != (exe, cwd)]
if len(expected) < 80 or wrong:
    sys.exit("\n".join([f"{len(wrong)} of {len(expected)} are wrong"] + wrong[:5]))
PY
exit_test
