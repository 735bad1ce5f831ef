#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: records that a tool which is not ours wrote are read as that tool reads them, in every version and byte order.
# Invariant: a version 3 file that dump-acct converted says what it said before, as far as the new version can; ticks,
# ids, flags, exit code, terminal and start are what dump-acct prints of the converted file.
# Oracle: GNU dump-acct. It keeps no version 2 of other than 100 ticks a second right (it writes ac_ahz 100 whatever
# --ahz says), and prints the exit code only. It writes version 1 as m68k does, 62 bytes a record, but reads only 64: so
# version 1 is compared both as written and padded.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
command -v dump-acct >/dev/null || skip_test "there is no dump-acct (package acct)"
generate_conf
COUNT=400
pacct_py generate "$WORK/base" $COUNT
names=()
# add_inputs NAME AHZ: two inputs that read a file
add_inputs() {
    for schema in native acct; do
        add_conf "ruleset(name=\"$1-$schema\") { action(type=\"omfile\" file=\"$WORK/$1.$schema\" template=\"msg\") }
input(type=\"impacct\" file=\"$WORK/$1\" stateFile=\"$1-$schema\" ruleset=\"$1-$schema\" schema=\"$schema\"
      ahz=\"$2\" resolveNames=\"off\")"
    done
    names+=("$1")
}
# convert VERSION AHZ [--byteswap]
convert() {
    local name=v$1-$2${3:-}
    dump-acct --raw --format "$1" --ahz "$2" ${3:+"$3"} "$WORK/base" >"$WORK/$name" 2>/dev/null ||
        error_exit "dump-acct does not convert to version $1"
    add_inputs "$name" "$2"
    if [ "$1" = 1 ]; then
        python3 "$srcdir/lib/dumpacct.py" pad "$WORK/$name" >"$WORK/$name-padded" || error_exit "pad"
        add_inputs "$name-padded" "$2"
    fi
}
for swap in "" --byteswap; do
    for version in 3 2 1 0; do
        convert "$version" 100 $swap
    done
    convert 0 250 $swap
done
startup
for name in "${names[@]}"; do
    wait_file_lines "$WORK/$name.native" $COUNT
    wait_file_lines "$WORK/$name.acct" $COUNT
done
shutdown
for name in "${names[@]}"; do
    version=${name:1:1} ahz=${name#*-} ahz=${ahz%%-*}
    readable=$name
    [ -e "$WORK/$name-padded" ] && readable=$name-padded
    dump-acct --ahz "$ahz" "$WORK/$readable" >"$WORK/dump" || error_exit "dump-acct does not read its own $name"
    python3 "$srcdir/lib/dumpacct.py" converted "$WORK/base" "$WORK/$name.native" "$version" "$ahz" || error_exit "$name, native"
    python3 "$srcdir/lib/dumpacct.py" text "$WORK/dump" "$WORK/$name.acct" || error_exit "$name, acct"
done
exit_test
