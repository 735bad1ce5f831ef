#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clickhouse.py PORT CERT KEY USER PASSWORD DIR BUSY: ClickHouse's engine (chdb) in DIR behind what stands in for the HTTP
interface of its server, as its documentation has it: a query in the URL with settings beside it, its data or the query
itself in the body, a user. While the file BUSY exists, it answers 500 to all but /ping."""
import base64
import http.server
import os
import ssl
import sys
import threading
import urllib.parse

from chdb.session import Session

port, cert, key, user, password, path, busy = sys.argv[1:]
session, lock = Session(path), threading.Lock()
allowed = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Interface(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # an answer in one piece: in two, the second would wait for the acknowledgement of the first
    wbufsize = 65536

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        return self.answer(200, b"Ok.\n") if self.path == "/ping" else self.answer(404, b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.headers["Authorization"] != allowed:
            return self.answer(403, b"Code: 516. DB::Exception: Authentication failed")
        if os.path.exists(busy):
            return self.answer(500, b"Code: 241. DB::Exception: Memory limit exceeded")
        settings = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        query = settings.pop("query", "")
        if settings:
            words = ", ".join(f"{name} = '{value}'" for name, value in settings.items())
            query = query.replace(" FORMAT", f" SETTINGS {words} FORMAT", 1)
        try:
            with lock:
                got = session.query(f"{query}\n{body}", "TabSeparated").bytes()
        except Exception as e:
            return self.answer(400, str(e).encode())
        return self.answer(200, got)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Interface)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
