#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Processes with a pseudo-terminal. Prints the number of the terminal and the process id, one line each.

    terminals.py one                  a process with whatever terminal is free
    terminals.py far READY DONE       processes with pts/N for N = 2046 to 2049 of as many terminals; makes the file READY,
                                      and keeps the terminals until there is a file DONE
"""
import fcntl
import os
import resource
import select
import sys
import termios


def run_on(slave):
    """A process whose controlling terminal is the slave; it ends at once."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        os._exit(0)
    os.waitpid(pid, 0)
    print(int(os.ttyname(slave).rsplit("/", 1)[1]), pid, flush=True)


def far(ready, done):
    limit = 4 * 2100
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    kept = []
    while True:
        master, slave = os.openpty()
        kept.append(master)
        number = int(os.ttyname(slave).rsplit("/", 1)[1])
        if number >= 2046:
            run_on(slave)
        os.close(slave)
        if number >= 2049:
            break
    open(ready, "w").close()
    while not os.path.exists(done):
        select.select([], [], [], 0.02)


if sys.argv[1] == "one":
    run_on(os.openpty()[1])
else:
    far(sys.argv[2], sys.argv[3])
