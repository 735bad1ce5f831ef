#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hec.py PORT CERT KEY TOKEN OUT BUSY: stands in for Splunk's HTTP Event Collector, as its documentation has it: TLS, a
token, events with a time and a host. Appends each event to OUT as a line. While the file BUSY exists, it answers 503."""
import http.server
import json
import os
import ssl
import sys
from datetime import datetime, timezone

port, cert, key, token, out_path, busy = sys.argv[1:]
out = open(out_path, "ab", buffering=0)


class Collector(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # an answer in one piece: in two, the second would wait for the acknowledgement of the first
    wbufsize = 65536

    def answer(self, status, code, text):
        body = json.dumps({"text": text, "code": code}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path != "/services/collector/health":
            return self.answer(404, 404, "not found")
        return self.answer(503, 9, "Server is busy") if os.path.exists(busy) else self.answer(200, 17, "HEC is healthy")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/services/collector/event":
            return self.answer(404, 404, "not found")
        if self.headers["Authorization"] != f"Splunk {token}":
            return self.answer(403, 4, "Invalid token")
        if os.path.exists(busy):
            return self.answer(503, 9, "Server is busy")
        got = json.loads(body)
        event = got["event"]
        when = datetime.fromtimestamp(float(got["time"]), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        times = {event.get(name) for name in ("end", "time", "start")}
        if got["host"] != event["hostname"] or when not in times or got["sourcetype"] != "_json":
            return self.answer(400, 6, "Invalid data format")
        out.write(json.dumps(event, separators=(",", ":")).encode() + b"\n")
        return self.answer(200, 0, "Success")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Collector)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
