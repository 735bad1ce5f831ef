#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/quickstart shows processes as JSON, and ends in each of the ways a user may end it.
# Invariant: afterwards accounting is as it was, and nothing of quickstart's own is left; what is missing is said.
# Oracle: commands with known exit codes; the use of a filesystem of its own, which accounting left on would hold a
# file in, even an unlinked one; the growth of the file of the distribution's accounting.
if [ "${1:-}" != inside ] && [ "$(id -u)" = 0 ]; then
    # accounting and mounts of its own
    exec unshare --mount --propagation unchanged --pid --fork --kill-child "$0" inside
fi
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_accounting
quickstart=$srcdir/../contrib/quickstart
[ -e "$srcdir/../config.status" ] || skip_test "quickstart builds in its own tree, not in this one"

# On directories that every system has. Where / is no mount point, in a chroot, mounts cannot be made private.
mount --make-rprivate / 2>/dev/null || true
mounted=()
hide() {
    mount -t tmpfs tmpfs "$1" || error_exit "cannot mount on $1"
    mounted=("$1" "${mounted[@]}")
}
trap 'umount -l "${mounted[@]}"' EXIT
hide /mnt
[ -d /var/log/account ] || { hide /var/log && mkdir /var/log/account; }
hide /var/log/account
[ ! -d /var/account ] || hide /var/account
use() { df --output=used,iused /mnt | tail -n 1; }
unused=$(use)

# start ARGUMENT...: as from a terminal, in a process group of its own that does not ignore Ctrl-C
start() {
    TMPDIR=/mnt setsid env --default-signal=INT,QUIT "$quickstart" "$@" >"$WORK/lines" 2>"$WORK/said" &
    run=$!
}

# shows STATUS: a process that ended with this status is among the lines
shows() {
    sh -c "exit $1"
    grep -qs "^{.*\"comm\":\"sh\".*\"exit_code\":$1[,}].*}\$" "$WORK/lines"
}

ended() {
    local status=0
    wait "$run" || status=$?
    cat "$WORK/said" >&2
    assert_eq "$status" "$1" "status of quickstart"
    assert_eq "$(use)" "$unused" "what is left in TMPDIR, blocks and files"
    python3 -c 'import json, sys; [json.loads(line) for line in open(sys.argv[1])]' "$WORK/lines" ||
        error_exit "a line is no JSON"
}

# by itself, and again
for again in 41 42; do
    start --seconds 2
    wait_for "process $again among the lines" shows "$again"
    ended 0
    content_check "switched accounting on" "$WORK/said"
done

# Ctrl-C
start
wait_for "a process among the lines" shows 43
kill -INT -- "-$run"
ended 0

# the reader of its output goes away
rm "$WORK/lines"
mkfifo "$WORK/lines"
start
head -n 1 <"$WORK/lines" >"$WORK/head"
reading_ended() { sh -c "exit 44"; ! kill -0 "$run" 2>/dev/null; }
wait_for "quickstart to end without a reader" reading_ended
rm "$WORK/lines"
mv "$WORK/head" "$WORK/lines"
ended 0

# accounting that is on is followed, and stays on
: >/var/log/account/pacct
accton /var/log/account/pacct >/dev/null
sh -c "exit 45"
start --seconds 2
wait_for "a process among the lines" shows 46
ended 0
content_check "following /var/log/account/pacct" "$WORK/said"
content_absent '"exit_code":45' "$WORK/lines"
size=$(stat -c %s /var/log/account/pacct)
sh -c "exit 47"
[ "$(stat -c %s /var/log/account/pacct)" -gt "$size" ] || error_exit "accounting is not on any more"
accton off >/dev/null

# what is missing is said
refused() {
    local status=0
    TMPDIR=/mnt "${@:2}" >"$WORK/lines" 2>"$WORK/said" || status=$?
    cat "$WORK/said" >&2
    assert_eq "$status" 1 "status of quickstart"
    content_check "$1" "$WORK/said"
    assert_eq "$(use)" "$unused" "what is left in TMPDIR, blocks and files"
}
refused "not '0'" "$quickstart" --seconds 0
refused "not ''" "$quickstart" --seconds
refused "unknown argument 'x'" "$quickstart" x
# a copy, since the tree may be in a home that is root's only
install -m 755 "$quickstart" /mnt/quickstart
unused=$(use)
refused "run this as root" setpriv --reuid 65534 --regid 65534 --clear-groups /mnt/quickstart
refused "CAP_SYS_PACCT" setpriv --bounding-set -sys_pacct --inh-caps -sys_pacct "$quickstart"
cat >"$WORK/nosys.c" <<C
#include <errno.h>
int acct(const char* file) { (void)file; errno = ENOSYS; return -1; }
C
${CC:-cc} -shared -fPIC -o "$WORK/nosys.so" "$WORK/nosys.c"
refused "CONFIG_BSD_PROCESS_ACCT" env LD_PRELOAD="$WORK/nosys.so" "$quickstart"
exit_test
