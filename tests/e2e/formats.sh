#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: each format as %msg%, and the parts of the message that have places of their own in syslog.
# Invariant: "cee" is "json" behind the cookie; the message's time is the end of the process, whatever the time zone;
# host name, APP-NAME from the tag, PROCID the pid, PRI from facility and severity.
# Oracle: tests/lib/pacct.py, and RFC 5424's header as rsyslog's own template writes it, taken apart here.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
export TZ=XXX-5:30 # ahead of UTC by half hours
generate_conf
pacct_py generate "$WORK/json" 200 --seed 5
for format in cee text; do
    cp "$WORK/json" "$WORK/$format"
done
add_conf 'template(name="whole" type="list") {
    property(name="pri") constant(value=" ") property(name="timereported" dateFormat="rfc3339") constant(value=" ")
    property(name="hostname") constant(value=" ") property(name="app-name") constant(value=" ")
    property(name="procid") constant(value=" ") property(name="inputname") constant(value=" ")
    property(name="msg") constant(value="\n")
}'
# names would be left out of a record that would have to wait long for them, as on a slow machine
names='resolveNames="off"'
for format in json cee text; do
    add_conf "ruleset(name=\"$format\") {
        action(type=\"omfile\" file=\"$WORK/$format.whole\" template=\"whole\")
        action(type=\"omfile\" file=\"$WORK/$format.5424\" template=\"RSYSLOG_SyslogProtocol23Format\")
        action(type=\"omfile\" file=\"$WORK/$format.out\" template=\"msg\")
    }"
done
add_conf "input(type=\"impacct\" file=\"$WORK/json\" ruleset=\"json\" $names)
input(type=\"impacct\" file=\"$WORK/cee\" ruleset=\"cee\" $names format=\"CEE\" tag=\"my-tag:\" facility=\"authpriv\" severity=\"notice\")
input(type=\"impacct\" file=\"$WORK/text\" ruleset=\"text\" $names format=\"text\" facility=\"23\" severity=\"debug\" hostname=\"else.where\")"
startup
for format in json cee text; do
    for kind in whole 5424 out; do
        wait_file_lines "$WORK/$format.$kind" 200
    done
done
shutdown

pacct_py compare "$WORK/json" "$WORK/json.out"
sed 's/^@cee: //' "$WORK/cee.out" >"$WORK/uncookied"
cmp "$WORK/uncookied" "$WORK/json.out" || error_exit "cee is not json behind the cookie"
[ "$(grep -c '^@cee: {' "$WORK/cee.out")" = 200 ] || error_exit "a cookie is missing"

cat >"$WORK/check.py" <<'PY'
import json, re, sys
from datetime import datetime, timezone

work, local_name = sys.argv[1:]
events = [json.loads(line) for line in open(f"{work}/json.out")]
for form, pri, host, app in (("json", 134, local_name, "pacct"), ("cee", 85, local_name, "my-tag"),
                             ("text", 191, "else.where", "pacct")):
    messages = [line[:-1] for line in open(f"{work}/{form}.out")]
    wholes, headers = list(open(f"{work}/{form}.whole")), list(open(f"{work}/{form}.5424"))
    for event, message, whole, header in zip(events, messages, wholes, headers, strict=True):
        got = whole[:-1].split(" ", 6)
        want = [str(pri), None, host, app, str(event["pid"]), "impacct", message]
        stamp = datetime.fromisoformat(got[1])
        end = datetime.strptime(event.get("end") or event["time"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        assert stamp == end, (form, got[1], event)
        assert stamp.utcoffset().total_seconds() == 19800, got[1]
        got[1] = None
        assert got == want, (form, got, want)
        assert header[:-1] == f"<{pri}>1 {whole.split(' ')[1]} {host} {app} {event['pid']} - - {message}", header
        if form != "text":
            continue
        assert message.isprintable(), message
        assert message.startswith(event["comm"]), message
        for name in ("uid", "pid"):
            assert re.search(rf"\b{event[name]}\b", message) or event.get("user", "-") in message, (name, message)
        if "signal" in event:
            assert event.get("signal_name", str(event["signal"])) in message, message
        elif event["event"] == "exit":
            assert re.search(rf"\b{event['exit_code']}\b", message), message
PY
python3 "$WORK/check.py" "$WORK" "$(hostname)" || error_exit "a message is wrong: see above"
exit_test
