# SPDX-License-Identifier: Apache-2.0
# What the tests of rotation share: records put into a file and into $WORK/all, in the order in which they are due.
# shellcheck shell=bash
SERIAL=0

# put COUNT FILE: append records, as one write
put() {
    pacct_py generate "$WORK/new" "$1" --serial "$SERIAL" --seed "$SERIAL"
    SERIAL=$((SERIAL + $1))
    cat "$WORK/new" >>"$WORK/all"
    cat "$WORK/new" >>"$2"
}

# all_arrived: every record that was put has been written to $OUT, once and in order
all_arrived() {
    wait_file_lines "$OUT" "$SERIAL"
    pacct_py compare "$WORK/all" "$OUT"
}

# one input for $WORK/log/pacct, and its directory
generate_rotation_conf() {
    generate_conf
    mkdir -p "$WORK/log"
    add_conf "input(type=\"impacct\" file=\"${2:-$WORK/log/pacct}\" ruleset=\"records\" ${1:-})"
}
