# SPDX-License-Identifier: Apache-2.0
"""Files to blocks of whole lines, compressed or not, and what may be seen of them by whom."""
import bz2
import gzip
import lzma
import os
import stat
import sys
import zlib

BLOCK = 2 << 20  # bytes; a block is that and the rest of its last line
LONGEST = 1 << 20  # bytes of a line
COMPRESSED = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open))
ZSTD = b"\x28\xb5\x2f\xfd"


class Unreadable(Exception):
    """A sentence for people, without the file's name."""


class Source:
    """One file; "-" is the standard input. As an iterator: (number of the first line, bytes) of each block. Raises
    Unreadable."""

    def __init__(self, path):
        self.name = "standard input" if path == "-" else path
        self.lines = self.read = self.refused = 0
        self.cut_off = False  # the last line is not whole yet
        try:
            self.file = sys.stdin.buffer if path == "-" else open(path, "rb")
            self.stat = os.fstat(self.file.fileno())
            begin = self.file.peek(64)[:64]
        except OSError as error:
            raise Unreadable(error.strerror or str(error)) from None
        if begin.startswith(ZSTD):
            raise Unreadable(f"is compressed by zstd; read it with: zstdcat {path} | impacct-report -")
        if is_accounting_file(begin):
            raise Unreadable("is an accounting file, as the kernel writes it, and not what impacct wrote of it")
        for magic, opener in COMPRESSED:
            if begin.startswith(magic):
                self.file = opener(self.file)

    def identity(self):
        """Of a file that can be read once more; None for a pipe."""
        return (self.stat.st_dev, self.stat.st_ino) if stat.S_ISREG(self.stat.st_mode) else None

    def __iter__(self):
        try:
            while True:
                data = self.file.read(BLOCK)
                if not data:
                    return
                if not data.endswith(b"\n"):
                    rest = self.file.readline(LONGEST)
                    data += rest
                    if len(rest) == LONGEST and not rest.endswith(b"\n"):
                        raise Unreadable(f"line {self.lines + data.count(10) + 1} is longer than "
                                         f"{LONGEST // 1024} KiB; that is no message of impacct")
                yield self.lines + 1, data
                self.lines += data.count(b"\n") + (not data.endswith(b"\n"))
        except EOFError:
            raise Unreadable("is cut off") from None
        except (OSError, zlib.error, lzma.LZMAError) as error:
            raise Unreadable(getattr(error, "strerror", None) or f"is damaged: {error}") from None


def is_accounting_file(begin):
    """Its records have 64 bytes: flags, a version of at most 3, and no text of JSON."""
    return len(begin) == 64 and begin[0] < 0x20 and begin[1] & 0x7F in (1, 2, 3) and 0 in begin


def access(sources):
    """Who may read what was made of all these: (mode, group or None). At most what the most restrictive one allows."""
    mode, groups = 0o666, set()
    for source in sources:
        mode &= source.stat.st_mode
        groups.add(source.stat.st_gid)
    return mode | 0o600, groups.pop() if len(groups) == 1 else None
