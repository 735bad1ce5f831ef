#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An output for omprog with confirmMessages="on" that takes a hundred messages a second.

    slow_output.py FILE HURRY      writes them to FILE; as fast as they come once there is a file HURRY
"""
import os
import sys
import time

with open(sys.argv[1], "ab", 0) as out:
    print("OK", flush=True)
    for line in sys.stdin.buffer:
        if not os.path.exists(sys.argv[2]):
            time.sleep(0.01)
        out.write(line)
        print("OK", flush=True)
