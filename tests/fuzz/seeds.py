#!/usr/bin/env python3
"""Writes the seed corpora: seeds.py FOLDER makes FOLDER/record, FOLDER/follow and FOLDER/state."""
import os
import random
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import pacct  # noqa: E402


def put(target, name, data):
    os.makedirs(os.path.join(sys.argv[1], target), exist_ok=True)
    with open(os.path.join(sys.argv[1], target, name), "wb") as f:
        f.write(data)


rng = random.Random(1)
for n, (version, big) in enumerate(pacct.KINDS):
    put("record", f"v{version}{'-big' if big else ''}", pacct.make(rng, 1, version, big, 100, True) + bytes([99, n]))
put("record", "nan", pacct.make(rng, 1, 3, False, 100, False)[:28] + b"\0\0\xc0\x7f" + bytes(32))
put("follow", "grow", bytes([0, 0, *range(16), 246, 160, 9, 9, 3, 7, 246, 7, 1]))
put("follow", "torn", bytes([0, 64, *range(12), 2, 10, 1, 1, 0, *range(16), 246, 7, 2]))
put("follow", "garbage", bytes([0, 64, *range(12), 3, 90, *range(90), 64, *range(12), 246, 7, 3]))
put("follow", "truncate", bytes([0, 0, *range(16), 246, 4, 100, 0, *range(16), 246, 4, 0, 160, 1, 1, 246]))
put("follow", "rotate", bytes([1, 0, *range(16), 246, 5, 0, *range(16), 246, 5, 64, *range(12), 5, 246, 7, 5]))
line = b'{"format":1,"dev":1,"ino":2,"offset":64,"until":5,"head":"%s","before":"%s"}\n' % (b"0a" * 64, b"0b" * 64)
put("state", "good", b"\0" + line + b"%08x\n" % zlib.crc32(line))
put("state", "signed", b"\1" + line)
put("state", "short", b'\1{"format":1,"dev":1,"ino":2,"offset":1,"until":5,"head":"00","before":"ff"}\n')
put("state", "newer", b'\1{"format":2}\n')
put("state", "position", b"\2" + bytes(range(160)))
