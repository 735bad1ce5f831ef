#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bpf_load.py OBJECT: loads the BPF programs of an object file as the module does, attaches them to nothing, and prints what
the kernel's verifier says: of each program how much there was to look at or, where one is refused, why, and the last
instructions that it looked at, with their lines of the source. Exit code 77: a kernel that can load none, since it does not
describe itself, or is older than the ring (5.8).
"""
import ctypes
import os
import sys

STEPS, STATISTICS = 1, 4  # BPF_LOG_LEVEL1, BPF_LOG_STATS of the kernel's include/linux/bpf_verifier.h
RING = 27  # BPF_MAP_TYPE_RINGBUF
LONGEST = (1 << 24) - 1  # as much as old kernels take for a buffer

if not os.path.exists("/sys/kernel/btf/vmlinux"):
    print("there is no /sys/kernel/btf/vmlinux")
    sys.exit(77)
bpf = ctypes.CDLL("libbpf.so.1")
if bpf.libbpf_probe_bpf_map_type(RING, None) == 0:
    print("the kernel has no ring")
    sys.exit(77)
for function in "object__open", "object__next_program", "program__name":
    getattr(bpf, f"bpf_{function}").restype = ctypes.c_void_p


def load(path, level, size):
    """Whether they could be loaded, and what the verifier said of each that it looked at."""
    opened = ctypes.c_void_p(bpf.bpf_object__open(path.encode()))
    logs = {}
    at = ctypes.c_void_p(bpf.bpf_object__next_program(opened, None))
    while at:
        log = ctypes.create_string_buffer(size)
        bpf.bpf_program__set_log_level(at, level)
        bpf.bpf_program__set_log_buf(at, log, ctypes.c_size_t(size))
        logs[ctypes.string_at(bpf.bpf_program__name(at)).decode()] = log
        at = ctypes.c_void_p(bpf.bpf_object__next_program(opened, at))
    done = bpf.bpf_object__load(opened) == 0
    return done, {name: log.value.decode(errors="replace").strip() for name, log in logs.items() if log.value}


loaded, said = load(sys.argv[1], STATISTICS, 1 << 16)
for name, log in said.items():
    print(f"{name}: {log}")
if not loaded:
    for name, log in load(sys.argv[1], STEPS, LONGEST)[1].items():
        print(f"{name}, the last steps:", *log.splitlines()[-25:], sep="\n")
    sys.exit(1)
