#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a user who has a process end as if it were the kernel's synthetic record, and fills the file system in the moment
# after that, has accounting suspended, and it is not said that somebody switched it off.
# Invariant: accounting_suspended, later accounting_resumed, never accounting_stopped; but accounting_stopped when it is
# switched off in the end, with a record that is as doubtful.
# Oracle: what an unprivileged user does to a small file system (tests/tools/no_memory.c); accton.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
TOOL=$MODULE_DIR/../../../tests/tools/no_memory # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
kernel_looks_each 5
small_disk
F=$WORK/disk/log/pacct
mkdir -m 700 "$WORK/disk/log"
: >"$F"
chmod 711 "$WORK"
cp "$TOOL" "$WORK/forger"
accton "$F" >/dev/null
follow
startup
run 3
wait_all
expect module_started
mkfifo -m 644 "$WORK/never"
exec 7<>"$WORK/never"
size=$(stat -f -c '%b %a %S' "$WORK/disk" | awk '{ print int(($2 - $1 / 100) * $3) }')
: >"$WORK/go"
# shellcheck disable=SC2016 # to be expanded in there
setpriv --reuid 65534 --regid 65534 --clear-groups bash -c '
    while [ -e "$1" ]; do
        "$4" 41 forged
        fallocate -l "$2" "$3" || exit
        read -rt 0.2 -u 7
        /bin/true # what may make the kernel look
        : >"$3"
    done
    rm "$3"' bash "$WORK/go" "$size" "$WORK/disk/ballast" "$WORK/forger" &
filler=$!
said() { # said EVENT...: one of them, without a process
    local lines event
    mapfile -t lines <"$STATES"
    for event; do
        [[ ${lines[*]} != *"\"event\":\"$event\""* ]] || return 0
    done
    return 1
}
deadline=$((SECONDS + TEST_TIMEOUT))
until said accounting_suspended accounting_stopped; do
    [ "$SECONDS" -lt "$deadline" ] || error_exit "nothing was said in $TEST_TIMEOUT s"
    read -rt 0.2 -u 7 || true
done
rm "$WORK/go"
wait "$filler" || error_exit "the file system could not be filled"
resumed() {
    run 1
    said accounting_resumed
}
content_absent accounting_stopped "$STATES"
wait_for "accounting to resume" resumed
content_check '"exit_uncertain":true' "$OUT"
content_absent accounting_stopped "$STATES"
accton off >/dev/null
wait_content accounting_stopped "$STATES"
shutdown
exit_test
