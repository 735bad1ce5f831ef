# SPDX-License-Identifier: Apache-2.0
# What contrib/rsyslog.d/files.conf writes of 6,000 generated records, summaries with them, for the tests that source this:
# $LINES, and one compressed file beside it.
# shellcheck shell=bash
LINES=$WORK/log/processes.jsonl
use_shipped files
sed 's/properties="none"/& summary.interval="60"/' "$TOP/contrib/rsyslog.d/files.conf" >"$WORK/files.conf"
sed -i "s|include(file=\"[^\"]*\"|include(file=\"$WORK/files.conf\"|" "$WORK/rsyslog.conf"
startup
pacct_py generate "$PACCT" 6000
all_lines() { [ "$(sent "$LINES")" -ge 6000 ]; }
wait_for "all lines" all_lines
shutdown
grep -q '"group":{' "$LINES" || error_exit "no summaries are among the lines"
head -n 2000 "$LINES" | gzip >"$LINES.2.gz"
sed -i 1,2000d "$LINES"
