#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/rsyslog.d/files.conf and contrib/logrotate.d/processes, as they are shipped.
# Invariant: while the real logrotate rotates and compresses, each record is written once.
# Oracle: tests/lib/pacct.py on the accounting file of a storm of real processes and of generated records.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
command -v logrotate >/dev/null || skip_test "logrotate is not installed"
# shellcheck disable=SC2016 # expanded when it runs
printf '#!/bin/sh\nexec kill -HUP "$(cat %s/pid)"\n' "$WORK" >"$WORK/rotate"
chmod 755 "$WORK/rotate"
# logrotate takes no configuration that others can write
install -m 644 "$TOP/contrib/logrotate.d/processes" "$WORK/logrotate.conf"
OUT=$WORK/log/processes.jsonl
use_shipped files
startup
pacct_py generate "$PACCT" 5000 --append
for n in 1 2 3; do
    storm 1 &
    wait_for "lines" test -s "$OUT"
    "$srcdir/stores/private" "$WORK" logrotate -f -s "$WORK/logrotate.state" "$WORK/logrotate.conf" ||
        error_exit "logrotate failed"
    wait_for "a new file after rotation $n" test -e "$OUT"
    wait $!
done
total=$(records)
all_lines() { [ "$({ zcat "$OUT".*.gz; cat "$OUT".1 "$OUT"; } | sent -)" -ge "$total" ]; }
wait_for "$total lines in all files" all_lines
shutdown
compare_ids "$OUT" "$OUT".1 "$OUT".*.gz
content_check ", 0 repeats" "$WORK/result"
assert_eq "$(stat -c %a "$OUT")" 640 "mode of the file"
bytes=$({ zcat "$OUT".*.gz; cat "$OUT".1 "$OUT"; } | grep '"comm":' | wc -c)
echo "$((bytes / total)) bytes a record as JSON"
exit_test
