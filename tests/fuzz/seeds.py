#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the seed corpora: seeds.py FOLDER makes FOLDER/record, FOLDER/follow, FOLDER/state, FOLDER/decompress
and FOLDER/exec. Takes the command zstd."""
import gzip
import lzma
import os
import random
import struct
import subprocess
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
put("state", "newer", b'\1{"format":3}\n')
put("state", "holes", b'\1{"format":2,"dev":1,"ino":2,"offset":1,"until":5,"head":"00","before":"ff","holes":[{"records":9,'
    b'"held":2,"dev":1,"ino":2,"offset":0,"until":0,"head":"","before":""}]}\n')
put("state", "position", b"\2" + bytes(range(160)))
put("state", "hole", b"\2" + bytes(i % 251 for i in range(400)))


def filled(piece):
    return piece + bytes(-len(piece) % 8)


def event(kind, args=b"", exe=(), cwd=(), cgroup=(), flags=0):
    """As in plugins/impacct/capture/wire.h."""
    paths = [b"".join(filled(part + b"\0") for part in reversed(path)) for path in (exe, cwd, cgroup)]
    life = struct.pack("=6H3I4Q16s", kind, flags, *map(len, paths), len(args), len(args), 5, 4, 10**9, 10**8, 10**8,
                       10**7, b"maker")
    if kind == 1:
        return life
    return life + struct.pack("=4I16s", 1000, 1000, 3, 0, b"name") + filled(args) + b"".join(paths)


put("exec", "fork", event(1))
put("exec", "exec", event(2, b"/bin/ls\0-l\0a b\0", (b"bin", b"ls"), (), (b"system.slice", b"cron.service")))
put("exec", "secret", event(2, b"mysql\0-psecret\0--password\0x\0http://u:p@h/\0K_TOKEN=\xff\n'", (b"x",), (b"home", b"me"), ()))
put("exec", "container", event(2, b"", (b"x",), (), (b"docker", b"0123456789abcdef" * 4)))
put("exec", "job", event(2, b"x", flags=2, cgroup=(b"slurm", b"uid_7", b"job_9")))
put("exec", "unknown", event(2, flags=31))
content = b"".join(pacct.make(random.Random(n), n, 3, False, 100, False) for n in range(6))
zstd = [subprocess.run(["zstd", "-q", "-c", *o], input=content, stdout=subprocess.PIPE, check=True).stdout
        for o in ([], ["--check", "-19"])]
for kind, name, data in ((0, "gzip", gzip.compress(content, mtime=0)), (1, "xz", lzma.compress(content)),
                         (2, "zstd", zstd[0]), (2, "zstd-check", zstd[1]),
                         (1, "xz-none", lzma.compress(b"", check=lzma.CHECK_NONE))):
    put("decompress", name, bytes([kind, 6]) + data)
    put("decompress", name + "-cut", bytes([kind, 63]) + data[:-9])
    put("decompress", name + "-two", bytes([kind, 255]) + data + data)
put("decompress", "gzip-zeros", bytes([0, 9]) + gzip.compress(b"", mtime=0) + bytes(100))
# of which as much is to be given however much is asked for at a time: a part that is longer than it says, a block that
# is followed by damage
put("decompress", "xz-long-part", bytes.fromhex(
    "0106fd377a585a000004e6d6b4460200210116000000742fe5a3e0017f000000000080e77a9651c65bd44b36c73fb8cbf977"
    "738f0700d7b81d6b338060bf3703f05cb9066750d01a3632d6babdeb356f12140c5ae2b01c1114112c11530106"))
put("decompress", "zstd-damaged-block", bytes.fromhex("020628b52ffd043f020303a2f97ad500006fcde52d0000"))
