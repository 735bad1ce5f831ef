#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a rate limit discards records, and nothing but records: the reading goes on, and what is discarded is done with.
# Invariant: the first ratelimit.burst records of an interval come, in order, the others never do, also not after a
# restart; state messages are not limited; without the parameters there is no limit; rsyslog says that it discards.
# Oracle: tests/lib/pacct.py, an independent decoder; the position in the state file.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
pacct_py generate "$WORK/limited" 300
cp "$WORK/limited" "$WORK/free"
add_conf "ruleset(name=\"free\") { action(type=\"omfile\" file=\"$WORK/free.out\" template=\"msg\") }
input(type=\"impacct\" file=\"$WORK/limited\" ruleset=\"records\" ratelimit.interval=\"86400\" ratelimit.burst=\"25\")
input(type=\"impacct\" file=\"$WORK/free\" ruleset=\"free\")"
startup
wait_file_lines "$WORK/free.out" 300
wait_for "the position behind all records" grep -qs "\"offset\":$((300 * 64))," "$(state_file "$WORK/limited")"
wait_content "begin to drop messages due to rate-limiting"
: >"$WORK/limited" # a message of its own is not limited, although no record would come any more
wait_content file_truncated "$STATES"
shutdown
head -c $((25 * 64)) "$WORK/free" >"$WORK/first"
pacct_py compare "$WORK/first" "$OUT"
pacct_py compare "$WORK/free" "$WORK/free.out"

# a new process has an interval of its own; what was discarded does not come in it
pacct_py generate "$WORK/limited" 10 --serial 300 --append
startup
wait_file_lines "$OUT" 35
shutdown
tail -n +26 "$OUT" >"$WORK/second.out"
pacct_py compare "$WORK/limited" "$WORK/second.out"
exit_test
