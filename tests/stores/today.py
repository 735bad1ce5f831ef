#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""today.py FILE [COUNT [START]]: the generated records of version 3, as of now: each started within the last minutes, and
ended within seconds. With COUNT, only so many, and not those that come without it; with START, they started then."""
import struct
import sys
import time

with open(sys.argv[1], "rb") as f:
    data = f.read()
count = int(sys.argv[2]) if len(sys.argv) > 2 else 0
start = int(sys.argv[3]) if len(sys.argv) > 3 else int(time.time()) - (7 if count else 600)
for n in range(count or len(data) // 64):
    raw = bytearray(data[64 * n:64 * n + 64])
    struct.pack_into("<If", raw, 24, start + n % 300 * (not count), float(n % 700))
    sys.stdout.buffer.write(raw)
