#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""receiver.py PORT FILE: a TCP server that takes one connection and appends what comes to FILE, until it ends."""
import socket
import sys

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen()
server.settimeout(60)
connection, _ = server.accept()
connection.settimeout(60)
with open(sys.argv[2], "ab") as f:
    while data := connection.recv(65536):
        f.write(data)
        f.flush()
