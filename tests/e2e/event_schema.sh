#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/schema is what messages are, and a check that takes it at its word finds what is not.
# Invariant: both are JSON Schemas; messages of all kinds, whole and in hostile forms, are valid; whatever is wrong with
# one is found, and by tests/lib/event_schema.py, which looks at every test's messages, just as by a whole validator.
# Oracle: python3-jsonschema; messages that were changed here.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || skip_test "python3-jsonschema is not installed"
generate_conf
pacct_py generate "$WORK/pacct" 500 --hostile --mixed
for schema in native otel; do
    add_conf "ruleset(name=\"$schema\") { action(type=\"omfile\" file=\"$WORK/$schema.jsonl\" template=\"msg\") }
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"$schema\" stateRuleset=\"$schema\" schema=\"$schema\" stateFile=\"$schema\")"
done
startup
for schema in native otel; do
    wait_file_lines "$WORK/$schema.jsonl" 501
done
shutdown
/usr/bin/python3 - "$srcdir" "$WORK" <<'PY' || error_exit "see above"
import json, sys
import jsonschema
srcdir, work = sys.argv[1:]
sys.path.insert(0, f"{srcdir}/lib")
import event_schema
checked = 0
for which in ("native", "otel"):
    schema = json.load(open(f"{srcdir}/../contrib/schema/{which}.json", encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    whole = jsonschema.Draft202012Validator(schema)

    def both(event, valid):
        global checked
        checked += 1
        if whole.is_valid(event) != valid or (event_schema.wrong_event(event, schema) is None) != valid:
            sys.exit(f"{'refused' if valid else 'accepted'}, by one or both: {json.dumps(event)[:600]}")
    lines = open(f"{work}/{which}.jsonl", "rb").read().splitlines(True)
    if {event_schema.schema_of(line) for line in lines} != {which}:
        sys.exit(f"lines of {which} are not known for that")
    events = [json.loads(line) for line in lines]
    for event in events:
        both(event, True)
    event = next(e for e in events if len(e) == max(map(len, events)))
    for name, value in event.items():
        if name in schema["required"]:
            both({n: v for n, v in event.items() if n != name}, False)
        others = [None, {}, [1]] + ([-1, str(value), True] if type(value) in (int, float) else [7, "true"] if type(value) is bool else [7, True])
        if type(value) is str and "pattern" in schema["properties"][name]:
            others.append(value + " ")
        for other in others:
            # the name of a process's group is that of a summary's, which is an object
            both({**event, name: other}, other == {} and name in ("group", "pacct.group"))
    both({**event, "pacct.more": 1}, False)
print(f"{checked} events, as both say")
PY
exit_test
