# SPDX-License-Identifier: Apache-2.0
# Verbs of the tests with processes that nobody can read (tests/tools/hold_args.c). Sourced after diag.sh.
# shellcheck shell=bash
HOLD=$MODULE_DIR/../../../tests/tools/hold_args # where the module was built
[ -x "$HOLD" ] || error_exit "there is no $HOLD: make -C tests check builds it"
chmod 755 "$WORK"
mknod -m 666 "$WORK/fuse" c 10 229 2>/dev/null || skip_test "no device can be made"
mkfifo "$WORK/gate"
held=0
# holds COUNT [execs]: so many more processes of an ordinary user. They are held while GATE is open, anywhere.
holds() {
    local n at pid
    [ -n "${GATE:-}" ] || exec {GATE}<>"$WORK/gate"
    for ((n = 0; n < $1; n++)); do
        at=$WORK/held-$((++held))
        mkdir "$at"
        setpriv --reuid 65534 --regid 65534 --clear-groups "$HOLD" "$WORK/fuse" "$at" ${2:+"$2"} \
            <"$WORK/gate" >"$at.pid" 2>"$at.log" {GATE}>&- &
        told() { [ -s "$at.pid" ] || ! kill -0 "$!" 2>/dev/null; }
        wait_for "a process to be held" told
        pid=$(cat "$at.pid")
        [ -n "$pid" ] || skip_test "no process can be held here: $(cat "$at.log")"
        ! timeout 0.1 cat "/proc/$pid/cmdline" >"$at.args" || error_exit "process $pid can be read: $(cat "$at.args")"
    done
}
let_go() { exec {GATE}>&-; }
