#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: nobody has others' usage counted as his own, or his own left out, by what he does with threads and children.
# Invariant: of processes whose threads end before the kernel has looked at how long they ran, and whose children are
# waited for before they have switched or faulted, characters and threads are their own, or left out.
# Oracle: what the processes did (tests/tools/usage_hostile.c).
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
TOOL=$MODULE_DIR/../../../tests/tools/usage_hostile # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" usage=\"bpf\")"
startup
wait_usage
cp "$TOOL" "$WORK/hostile"
chmod 711 "$WORK"
setpriv --reuid 65534 --regid 65534 --clear-groups "$WORK/hostile" "${ROUNDS:-500}" >"$WORK/told" ||
    error_exit "the processes did not run"
/bin/true "the end"
accton off >/dev/null
wait_content '"event":"synthetic"' "$OUT"
python3 "$srcdir/lib/usage.py" hostile "$WORK/told" "$OUT" || error_exit "see above"
shutdown
exit_test
