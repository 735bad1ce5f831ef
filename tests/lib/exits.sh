# SPDX-License-Identifier: Apache-2.0
# Verbs of the tests of source="bpf" with a storm of processes (tests/tools/usage_storm.c), which are told in $WORK/told;
# what is still missing is in $WORK/seen. Sourced after diag.sh. To count is to have the same ends in an accounting file.
# shellcheck shell=bash
TOOL=$MODULE_DIR/../../../tests/tools/usage_storm # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
use_ring
# storm COUNT [FIRST]: so many processes, of which the first writes FIRST bytes, each a byte more than the one before
storm() { "$TOOL" "${2:-1}" "$1" 4 >>"$WORK/told" || error_exit "the storm did not run"; }
# mark NAME: a process of that name ends
mark() { "$BASH" -c "printf $1 >/proc/\$\$/comm"; }
all_there() { python3 "$srcdir/lib/exits.py" storm "$WORK/told" "$1" "$STATES" >"$WORK/seen" 2>&1; }
# wait_storm FILE: until all processes of storms are in there
wait_storm() { wait_for "the storm in $1" all_there "$1"; }

# begin_counting: into an accounting file of one's own, from a process "first" on
begin_counting() {
    : >"$WORK/pacct"
    accton "$WORK/pacct" >/dev/null
    mark first
    wait_content '"comm":"first"' "$OUT"
}
caught_up() { mark caught && grep -q '"comm":"caught"' "$OUT"; }
all_told() { python3 "$srcdir/lib/exits.py" lost "$WORK/pacct" "$WORK/told" "$OUT" "$STATES" >"$WORK/seen" 2>&1; }
# end_counting: with a process "last"; all that ended until then are in the output, or told to be lost
end_counting() {
    wait_for "rsyslogd to catch up" caught_up
    mark last
    wait_content '"comm":"last"' "$OUT"
    accton off >/dev/null
    wait_for "all to be told" all_told
    cat "$WORK/seen"
}
