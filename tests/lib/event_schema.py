#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Are a test's messages as contrib/schema promises them? The part of JSON Schema that these use, without a library, which
every end-to-end test asks for at its end (exit_test); e2e/event_schema.sh compares it with a validator that knows all of
JSON Schema.

    event_schema.py DIR FILE...    the messages of schemas native and otel among the first 3,000 lines of each file
"""
import json
import re
import sys

LINES = 3000
TYPES = {"string": (str,), "array": (list,), "integer": (int,), "number": (int, float), "boolean": (bool,), "object": (dict,)}


def wrong(value, schema):
    """What is wrong with it, or None."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(isinstance(value, TYPES[kind]) for kind in kinds) or isinstance(value, bool) and schema["type"] != "boolean":
        return f"{value!r} is not of type {schema['type']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return f"{value!r} does not match {schema['pattern']}"
    if "minimum" in schema and value < schema["minimum"]:
        return f"{value!r} is less than {schema['minimum']}"
    if "items" in schema:
        return next(filter(None, (wrong(item, schema["items"]) for item in value)), None)
    return None


def wrong_event(event, schema):
    missing = [name for name in schema["required"] if name not in event]
    if missing:
        return f"no {missing[0]}"
    for name, value in event.items():
        known = schema["properties"].get(name)
        found = "is not known" if known is None else wrong(value, known)
        if found:
            return f"{name}: {found}"
    return None


def schema_of(line):
    if line.startswith(b'{"event":"') and b'"ac_' not in line:
        return "native"
    return "otel" if line.startswith(b'{"event.name":"') else None


def main():
    schemas = {name: json.load(open(f"{sys.argv[1]}/{name}.json", encoding="utf-8")) for name in ("native", "otel")}
    for path in sys.argv[2:]:
        with open(path, "rb") as f:
            for n, line in zip(range(LINES), f):
                which = schema_of(line)
                if which and line.endswith(b"}\n"):
                    found = wrong_event(json.loads(line), schemas[which])
                    if found:
                        sys.exit(f"{path}:{n + 1}: not as contrib/schema/{which}.json has it: {found}: {line[:600]}")


if __name__ == "__main__":
    main()
