#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: mode "polling", for filesystems that tell nothing.
# Invariant: appends arrive, and no file is watched.
# Oracle: tests/lib/pacct.py; the kernel's list of what rsyslogd watches, which is not empty in the default mode.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
watches() { cat "/proc/$RSYSLOGD_PID/fdinfo/"* 2>/dev/null | grep -c '^inotify wd'; }
: >"$WORK/pacct"
sum=0
for mode in inotify polling; do
    generate_conf
    add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" mode=\"$mode\" pollingInterval=\"0.05\")"
    startup
    for n in 1 20 300; do
        pacct_py generate "$WORK/pacct" $n --append --serial $sum --seed $sum
        sum=$((sum + n))
        wait_file_lines "$OUT" $sum
    done
    case $mode:$(watches) in
        polling:0 | inotify:[1-9]*) ;;
        *) error_exit "in mode $mode there are $(watches) watches" ;;
    esac
    shutdown
done
pacct_py compare "$WORK/pacct" "$OUT"
exit_test
