#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what happens to the file and to the module is in the stream, in order with the records, in every form.
# Invariant: start, rotation, damage, truncation and stop each give exactly one message, with what the schema promises
# of it, its own severity and a ruleset of its own where asked for; ids differ; a message about the file lies between the
# records it lay between.
# Oracle: what is done to the file here.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
mkdir "$WORK/log"
F=$WORK/log/pacct
generate_conf
add_conf "template(name=\"pri\" type=\"string\" string=\"%syslogseverity-text% %syslogfacility-text% %app-name% %\$!pacct!event%\n\")
template(name=\"tree\" type=\"string\" string=\"%\$!pacct%\n\")
ruleset(name=\"stream\") {
    action(type=\"omfile\" file=\"$OUT\" template=\"msg\")
    action(type=\"omfile\" file=\"$WORK/pri\" template=\"pri\")
    action(type=\"omfile\" file=\"$WORK/tree\" template=\"tree\")
}
ruleset(name=\"apart\") { action(type=\"omfile\" file=\"$WORK/apart\" template=\"msg\") }
ruleset(name=\"ecs\") { action(type=\"omfile\" file=\"$WORK/ecs\" template=\"msg\") }
ruleset(name=\"text\") { action(type=\"omfile\" file=\"$WORK/text\" template=\"msg\") }
input(type=\"impacct\" file=\"$F\" ruleset=\"stream\" properties=\"uid\" )
input(type=\"impacct\" file=\"$F\" stateFile=\"two\" ruleset=\"records2\" stateRuleset=\"apart\" schema=\"otel\")
input(type=\"impacct\" file=\"$F\" stateFile=\"three\" ruleset=\"ecs\" schema=\"ecs\")
input(type=\"impacct\" file=\"$F\" stateFile=\"four\" ruleset=\"text\" format=\"text\")
ruleset(name=\"records2\") { action(type=\"omfile\" file=\"$WORK/records2\" template=\"msg\") }"
# each of the four inputs has said COUNT things
all_said() {
    wait_file_lines "$OUT" "$1"
    wait_file_lines "$WORK/ecs" "$1"
    wait_file_lines "$WORK/text" "$1"
    wait_for "$1 messages of the second input" has_said "$1"
}
has_said() { [ $(($(lines_of "$WORK/records2") + $(lines_of "$WORK/apart"))) -ge "$1" ]; }
put 3 "$F"
startup
all_said 4
mv "$F" "$F.1"
put 2 "$F"
all_said 7
printf 'seven b' >>"$F"
put 2 "$F"
all_said 10
: >"$F"
all_said 11
put 1 "$F"
all_said 12
shutdown
python3 - "$WORK" "$F" <<'PYTHON' || error_exit "see above"
import json, os, socket, sys
work, file = sys.argv[1:]
def lines(name):
    return [json.loads(line) for line in open(os.path.join(work, name))]
order = ["module_started", "exit", "exit", "exit", "file_rotated", "exit", "exit", "file_damaged", "exit", "exit",
         "file_truncated", "exit", "module_stopped"]
stream = lines("out.jsonl")
assert [e["event"] for e in stream] == order, [e["event"] for e in stream]
assert len({e["id"] for e in stream}) == len(stream)
states = [e for e in stream if e["event"] != "exit"]
started, rotated, damaged, truncated, stopped = states
for e in states:
    assert e["file"] == file and e["detail"] and e["hostname"] and len(e["time"]) == 20 and len(e["id"]) == 32, e
    assert not {"comm", "pid", "uid", "version", "status"} & set(e), e
assert "position" not in started and rotated["position"] == 192 and truncated["position"] == 263, states
assert (damaged["position"], damaged["skipped_bytes"]) == (128, 7), damaged
assert stopped["position"] == 64, stopped
# properties: a chosen list leaves records short and states whole
tree = lines("tree")
for e, t in zip(stream, tree):
    assert t == ({"uid": e["uid"]} if e["event"] == "exit" else e), (e, t)
severities = {"module_started": "notice", "file_rotated": "notice", "file_damaged": "warning",
              "file_truncated": "warning", "module_stopped": "notice"}
for e, line in zip(stream, open(os.path.join(work, "pri")).read().splitlines()):
    name = e["event"]
    assert line == f"{severities.get(name, 'info')} local0 pacct {name if name in severities else ''}", line
# another ruleset, and the other schemas
otel = lines("apart")
assert [e["event.name"] for e in otel] == ["pacct." + e["event"] for e in states], otel
assert all(e["log.file.path"] == file and e["pacct.detail"] for e in otel)
assert len(lines("records2")) == 8
ecs = lines("ecs")
assert [e["event"]["action"] for e in ecs] == order
kinds = {"file_damaged": "alert"}
types = {"exit": "end", "module_started": "start", "module_stopped": "end", "file_rotated": "change",
         "file_truncated": "change", "file_damaged": "info"}
for e in ecs:
    name = e["event"]["action"]
    assert e["event"]["kind"] == kinds.get(name, "event") and e["event"]["type"] == [types[name]], e
    state = name != "exit"
    assert e["event"]["category"] == ["host" if state else "process"] and "@timestamp" in e, e
    assert ("entity_id" in e.get("process", {})) != state, e
    if state:
        assert e["message"] and e["log"]["file"]["path"] == file and "process" not in e, e
text = open(os.path.join(work, "text")).read().splitlines()
assert [t.split()[0] if t.split()[0] in severities else "exit" for t in text] == order, text
assert text[7].startswith("file_damaged time=") and f" file={file} position=128: '{file}' is damaged" in text[7], text[7]
PYTHON
exit_test
