#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""otlp.py PORT OUT BUSY: stands in for what a collector sends to: logs by OTLP over HTTP, as JSON. Appends each log record
to OUT as a line, with the attributes of its resource. While the file BUSY exists, it answers 503."""
import gzip
import http.server
import json
import os
import sys

port, out_path, busy = sys.argv[1:]
out = open(out_path, "ab", buffering=0)


def value_of(value):
    (kind, held), = value.items()
    if kind in ("intValue", "doubleValue"):
        return int(held) if kind == "intValue" else float(held)
    if kind == "arrayValue":
        return [value_of(v) for v in held.get("values", [])]
    if kind == "kvlistValue":
        return members(held.get("values", []))
    return held


def members(pairs):
    return {p["key"]: value_of(p["value"]) for p in pairs}


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = 200
        if self.path != "/v1/logs":
            status = 404
        elif os.path.exists(busy):
            status = 503
        else:
            if self.headers["Content-Encoding"] == "gzip":
                body = gzip.decompress(body)
            self.keep(json.loads(body))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    @staticmethod
    def keep(message):
        lines = []
        for resource in message["resourceLogs"]:
            of_resource = members(resource["resource"]["attributes"])
            for scope in resource["scopeLogs"]:
                for record in scope["logRecords"]:
                    record["attributes"] = members(record["attributes"])
                    record["body"] = value_of(record["body"])
                    lines.append(json.dumps({"resource": of_resource, **record}) + "\n")
        out.write("".join(lines).encode())

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Receiver).serve_forever()
