#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what the module page says of queues of the least size and of $RepeatedMsgReduction.
# Invariant: a queue of 100 messages, also a disk-assisted one, takes everything; with $RepeatedMsgReduction the position
# does not lag behind the last record, so that after a kill nothing comes a second time.
# Oracle: the records of the file; the stored position.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
pacct_py generate "$WORK/pacct" 3000
# try QUEUE [FIRST LINE]
try() {
    rm -f "$OUT" "$WORK"/impacct-state*
    generate_conf
    add_conf "ruleset(name=\"small\" queue.type=\"linkedList\" queue.size=\"100\" $1) {
    action(type=\"omfile\" file=\"$OUT\" template=\"msg\") }
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"small\")"
    [ -z "${2:-}" ] || sed -i "1i $2" "$WORK/rsyslog.conf"
    startup
    wait_file_lines "$OUT" 3000
    wait_for "the position" grep -qs "\"offset\":$((3000 * 64))," "$(state_file "$WORK/pacct")"
    kill_immediate
    startup
    wait_content "] start"
    shutdown
    # once rsyslog has brought records to the disk, they come in any order
    sed 's/.*"pid":\([0-9]*\).*/\1 &/' "$OUT" | sort -n | cut -d' ' -f2- >"$WORK/sorted"
    pacct_py compare "$WORK/pacct" "$WORK/sorted"
}
try ''
try 'queue.filename="small"'
# shellcheck disable=SC2016 # rsyslog's own
try '' '$RepeatedMsgReduction on'
exit_test
