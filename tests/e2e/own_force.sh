#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: accounting="own" takes nothing from another program, unless told to, and then gives it back.
# Invariant: who owns accounting is named, and goes on to have its records, whichever of the files that other programs
# let it go to; with accounting.force="on" it is taken over until rsyslogd stops.
# Oracle: the size of the other program's file; processes that carry numbers; where GNU acct, atopacctd and atop let
# accounting go to.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
export F=$WORK/account/pacct
for directory in /var/log /var/cache /run; do
    mkdir -p "$WORK/machine$directory"
    mount --bind "$WORK/machine$directory" "$directory"
done
trap 'accton off >/dev/null; umount -l /var/log /var/cache /run' EXIT
accounting_to() { # accounting_to FILE: another program's
    OTHER=$1
    mkdir -p "$(dirname "$OTHER")"
    : >"$OTHER"
    accton "$OTHER" >/dev/null
}
other_has_records() { # other_has_records WHAT
    local size
    size=$(stat -c %s "$OTHER")
    /bin/true
    [ "$(stat -c %s "$OTHER")" -gt "$size" ] || error_exit "$1"
}

own
for file in /run/pacct_source /var/cache/atop.d/atop.acct /var/log/pacct /var/log/account/pacct; do
    accounting_to "$file"
    startup
    wait_content "accounting goes to '$OTHER', so another program owns it"
    other_has_records "accounting was taken away from $OTHER"
    shutdown
done
own 'accounting.force="on"' 'accounting.atStop="off"'
startup
wait_content "taken from $OTHER" "$STATES"
run 3
wait_all
shutdown
other_has_records "accounting was not given back"
exit_test
