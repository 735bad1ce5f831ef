#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: who forgets to give the ruleset of an input a queue is told: a slow output would then hold up all other inputs.
# Invariant: one warning for each input whose ruleset has no queue, with its name; none where the ruleset has one, of
# whatever type, and none for an input without a ruleset, which is rsyslog's default.
# Oracle: what is configured here.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
pacct_py generate "$WORK/pacct" 10
generate_conf
for queue in LinkedList FixedArray Direct Disk; do
    add_conf "ruleset(name=\"$queue\" queue.type=\"$queue\" queue.filename=\"$queue\") { stop }
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"$queue\" stateFile=\"$queue.state\")"
done
add_conf "ruleset(name=\"without\") { action(type=\"omfile\" file=\"$WORK/without\" template=\"msg\") }
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"without\" stateFile=\"without.state\")
input(type=\"impacct\" file=\"$WORK/pacct\")
local0.* action(type=\"omfile\" file=\"$WORK/default\" template=\"msg\")"
startup
wait_file_lines "$WORK/without" 10
wait_file_lines "$WORK/default" 10
wait_content "has no queue of its own"
shutdown
assert_eq "$(grep -c "has no queue of its own" "$SYS")" 1 "warnings"
content_check "impacct: ruleset \"without\" has no queue of its own"
exit_test
