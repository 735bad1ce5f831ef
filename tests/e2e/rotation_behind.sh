#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: rsyslogd falls behind over two rotations, as when an output blocks: the file in between, which it never had open,
# is read, whatever has become of it, or its loss is told.
# Invariant: compressed with gzip, xz or zstd, or moved to the directory that is named, it is read, in order; compressed
# otherwise, moved elsewhere or deleted, records_lost says so once, with its name or the number of files; the files around
# it are whole. Rotations that lose nothing say nothing.
# Oracle: the records put into each of the files, in the order of putting, without those that nobody can read.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
F=$WORK/log/pacct
OLD=$WORK/old
alarms() { grep -c '"event":"records_lost"' "$STATES"; }
reads() { ldd "$MODULE_DIR/impacct.so" | grep -q "$1"; }

# behind WHAT [PARAMETERS]: between two rotations, WHAT becomes of the file in between; $gone is set to whether nobody can
# read it
behind() {
    rm -rf "$WORK/log" "$OLD" "$WORK/all" "$WORK"/impacct-state* "$OUT" "$STATES" "$SYS"
    # shellcheck disable=SC2034 # of rotate.sh
    SERIAL=0
    mkdir "$OLD"
    generate_rotation_conf "${2:-}"
    put 100 "$F"
    startup
    all_arrived
    kill -STOP "$RSYSLOGD_PID"
    put 10 "$F"
    touch -d '3 seconds ago' "$F" # bzip2 keeps whole seconds only: that of the next file is another one
    mv "$F" "$F.1"
    put 500 "$F"
    mv "$F.1" "$F.2"
    mv "$F" "$F.1"
    $1 "$F.2" # its end was not read either, but it is open
    if [ -n "${gone:-}" ]; then
        head -c -32000 "$WORK/all" >"$WORK/kept"
        mv "$WORK/kept" "$WORK/all"
    fi
    $1 "$F.1"
    put 20 "$F"
    kill -CONT "$RSYSLOGD_PID"
    wait_file_lines "$OUT" "$(($(stat -c %s "$WORK/all") / 64))"
    pacct_py compare "$WORK/all" "$OUT"
    # one more rotation, which is like any other
    mv "$F" "$F.0"
    put 5 "$F"
    wait_file_lines "$OUT" "$(($(stat -c %s "$WORK/all") / 64))"
    shutdown
    pacct_py compare "$WORK/all" "$OUT"
}
told() { # told COUNT
    assert_eq "$(alarms)" "$1" "alarms"
}
move_away() { mv "$1" "$OLD"; }

behind gzip
told 0
if reads liblzma; then
    behind xz
    told 0
fi
if reads libzstd; then
    behind 'zstd -q --rm'
    told 0
fi
behind move_away "rotatedFiles.directory=\"$OLD\""
told 0
gone=yes
behind bzip2
told 1
content_check "'$F.1.bz2', a rotated file of '$F', is compressed in a way that this build"
grep '"event":"records_lost"' "$STATES" | grep -qF "\"old_file\":\"$F.1.bz2\"" || error_exit "no name: $(cat "$STATES")"
for way in move_away rm; do
    behind $way
    told 1
    content_check "1 file that '$F' became when it was rotated cannot be found"
    grep '"event":"records_lost"' "$STATES" | grep -q '"lost_files":1[,}]' || error_exit "no number: $(cat "$STATES")"
done
exit_test
