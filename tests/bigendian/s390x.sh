#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a big-endian machine reads every record, its own and others', as a little-endian one does.
# Invariant: the unit tests that need no library pass there; records of all versions and byte orders give the same lines
# in every schema.
# Oracle: the unit tests' own; the lines of the same program on this machine, which other tests compare with oracles.
# Debian's cross compiler and qemu-user: gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user-static.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
CROSS=${CROSS:-s390x-linux-gnu-gcc}
QEMU=${QEMU:-qemu-s390x-static}
command -v "$CROSS" >/dev/null || skip_test "there is no $CROSS"
command -v "$QEMU" >/dev/null || skip_test "there is no $QEMU"
source=$srcdir/../plugins/impacct
echo '#define NDEBUG 1' >"$WORK/config.h"
parts=()
for part in base/fmt base/sys base/text base/utf8 file/record event/event event/fields event/name_cache event/tty output/json \
    output/line output/plan; do
    parts+=("$source/$part.c")
done
# build COMPILER OUTPUT MAIN [OPTION]
build() {
    "$1" ${4:+"$4"} -std=gnu11 -O1 -D_GNU_SOURCE -I"$WORK" -I"$source" -I"$srcdir/unit" -o "$2" "$3" "${parts[@]}" \
        "$srcdir/bigendian/no_id.c" -lm -pthread 2>"$WORK/errors" || error_exit "$(cat "$WORK/errors")"
}
for test in event fmt line plan record tty utf8; do
    build "$CROSS" "$WORK/test" "$srcdir/unit/${test}_test.c" -static
    "$QEMU" "$WORK/test" || error_exit "unit/${test}_test fails on s390x"
done
pacct_py generate "$WORK/pacct" 700 --mixed --hostile
build "$CROSS" "$WORK/big" "$srcdir/bigendian/lines.c" -static
build "${CC:-cc}" "$WORK/little" "$srcdir/bigendian/lines.c"
"$QEMU" "$WORK/big" "$WORK/pacct" >"$WORK/big.lines" || error_exit "it fails on s390x"
"$WORK/little" "$WORK/pacct" >"$WORK/little.lines" || error_exit "it fails here"
assert_eq "$(wc -l <"$WORK/little.lines")" 3500 "lines"
cmp "$WORK/big.lines" "$WORK/little.lines" || error_exit "s390x says something else"
exit_test
