#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a stream of records that has ended is noticed from outside, whatever the module can or cannot say about it.
# Invariant: contrib/check_impacct says OK only while records go from the kernel through the outputs: not when rsyslogd
# refuses the module or its configuration, does not run, stands still, or accounting is off, nor by files that are not
# impacct's, or where it cannot read them. Exit codes and the form of the line are Nagios'. With -l, what is not OK is logged at alert.
# Oracle: what is done to rsyslogd and to accounting here.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
check=$srcdir/../contrib/check_impacct
state=$WORK/state
mkdir "$WORK/bin" "$WORK/broken"
printf '#!/bin/sh\nprintf "%%s\\n" "$*" >>"%s"\n' "$WORK/logged" >"$WORK/bin/logger"
chmod +x "$WORK/bin/logger"

# says CODE WORD TEXT OPTION...: the check's exit code, the word in its line, and what else is in there
says() {
    local code=$1 word=$2 text=$3 status=0 line
    shift 3
    line=$(PATH=$WORK/bin:$PATH "$check" -r "$RSYSLOGD -N1 -f $WORK/rsyslog.conf -M $MODULE_DIR:$RSYSLOG_MODULES" -l "$@") ||
        status=$?
    assert_eq "$status" "$code" "exit code of check_impacct $*, which says: $line"
    [[ $line == "IMPACCT $word - "*"$text"* ]] || error_exit "expected '$word' and '$text', got: $line"
    assert_eq "$(wc -l <<<"$line")" 1 "lines"
    [ "$code" = 0 ] || assert_eq "$(tail -n 1 "$WORK/logged")" "-t check_impacct -p daemon.alert -- $line" "what is logged"
}

generate_conf
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" stateFile.directory=\"$WORK\" stateFile=\"state\"
    silenceAlarm=\"off\")"
: >"$WORK/pacct"
accton "$WORK/pacct" >/dev/null
says 2 CRITICAL "there is no state file $state" -s "$state" -a 60
says 2 CRITICAL "no position was stored in $state" -s "$state" -t 1
startup
says 0 OK "dealt with" -s "$state"
says 0 OK "within 60 s" -s "$state" -a 60
assert_eq "$(wc -l <"$WORK/logged")" 2 "what is logged while all is well"

accton off >/dev/null
wait_for "the last position" sh -c "[ -z \"\$(find '$state' -newermt '-2 seconds')\" ]"
says 2 CRITICAL "no position was stored in $state" -s "$state" -t 1
says 2 CRITICAL "s ago in $state" -s "$state" -a 1
accton "$WORK/pacct" >/dev/null
says 0 OK "dealt with" -s "$state"

# a state of an input that was there once; what is new, and not a state; no rsyslogd at all
cp "$state" "$WORK/old"
says 2 CRITICAL "no position was stored in $WORK/old since" -s "$state" -s "$WORK/old" -t 1
says 2 CRITICAL "remove it if no input uses it any more" -s "$WORK/old" -s "$state" -t 1
says 3 UNKNOWN "$WORK/pacct is not a state file" -s "$WORK/pacct" -s "$state"
says 3 UNKNOWN "$SYS is not a state file" -s "$state" -s "$SYS" -a 600
RSYSLOGD=$WORK/nowhere says 2 CRITICAL "may run without impacct: sh: " -s "$state"

kill -STOP "$RSYSLOGD_PID"
says 2 CRITICAL "no position was stored" -s "$state" -t 1
kill -CONT "$RSYSLOGD_PID"
says 0 OK "dealt with" -s "$state"
kill_immediate
says 2 CRITICAL "no position was stored" -s "$state" -t 1

# what rsyslogd accepts no more
echo 'no module' >"$WORK/broken/impacct.so"
good=$MODULE_DIR
MODULE_DIR=$WORK/broken
says 2 CRITICAL "may run without impacct: could not load module" -s "$state"
MODULE_DIR=$good
sed -i 's|silenceAlarm="off"|silenceAlarm="never"|' "$WORK/rsyslog.conf"
says 2 CRITICAL "parameter 'silenceAlarm'" -s "$state"
sed -i 's|silenceAlarm="never"|silenceAlarm="off"|' "$WORK/rsyslog.conf"

# what was said last about accounting
for event in accounting_stopped accounting_silent accounting_suspended module_stopped; do
    printf '{"event":"%s"}\n' module_started "$event" file_rotated >"$WORK/messages"
    echo '{"event":"exit","comm":"x","args":["{\"event\":\"accounting_started\""]}' >>"$WORK/messages"
    says 2 CRITICAL "is $event" -s "$state" -a 600 -m "$WORK/messages"
done
for event in module_started accounting_started accounting_resumed accounting_recovered; do
    printf '{"event":"%s"}\n' accounting_silent "$event" disk_low >"$WORK/messages"
    says 0 OK "" -s "$state" -a 600 -m "$WORK/messages"
done
echo '{"event":"records_held","id":"0"}' >>"$WORK/messages"
says 2 CRITICAL "records_held" -s "$state" -a 600 -m "$WORK/messages"
echo '{"event":"records_released","id":"0"}' >>"$WORK/messages"
says 0 OK "" -s "$state" -a 600 -m "$WORK/messages"
# what a power failure leaves at the end of a file
printf '\0\0\0\0\n{"event":"accounting_stopped"}\n' >>"$WORK/messages"
says 2 CRITICAL "is accounting_stopped" -s "$state" -a 600 -m "$WORK/messages"
echo 'Nov 29 host impacct: {"event":"accounting_stopped"}' >"$WORK/messages"
says 3 UNKNOWN "no messages of format json" -s "$state" -a 600 -m "$WORK/messages"
: >"$WORK/messages"
says 0 OK "" -s "$state" -a 600 -m "$WORK/messages"
says 3 UNKNOWN "cannot be read" -s "$state" -m "$WORK/nowhere"
says 3 UNKNOWN "cannot be read" -s "$state" -m "$WORK"
says 3 UNKNOWN "whole seconds" -t soon
says 3 UNKNOWN "whole seconds" -t ''
says 3 UNKNOWN "whole seconds" -a ''
says 3 UNKNOWN "" -x
exit_test
