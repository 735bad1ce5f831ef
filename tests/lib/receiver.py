#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""receiver.py PORT FILE: a TCP server that appends each line that comes to FILE; see start_receiver of tests/diag.sh.

It takes any number of connections, since rsyslog closes one when it likes, and makes another. At SIGTERM, or when who has
started it is gone, it takes no more, and ends when the last one does.
"""
import os
import signal
import socketserver
import sys
import threading

writing = threading.Lock()
parent = os.getppid()


class Lines(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            if line.endswith(b"\n"):
                with writing:
                    out.write(line)
                    out.flush()


class Receiver(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

    def service_actions(self):
        if os.getppid() != parent:
            sys.exit(1)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with open(sys.argv[2], "ab") as out, Receiver(("127.0.0.1", int(sys.argv[1])), Lines) as server:
    server.serve_forever()
