#!/usr/bin/env python3
"""bpf_load.py OBJECT: loads the BPF programs of an object file as the module does, attaches them to nothing, and prints what
the kernel's verifier says: of each program how much there was to look at or, where one is refused, all of it. Exit code 77:
the kernel does not describe itself, so it can load none.
"""
import ctypes
import os
import sys

STATISTICS = 4  # BPF_LOG_STATS of the kernel's include/linux/bpf_verifier.h

if not os.path.exists("/sys/kernel/btf/vmlinux"):
    print("there is no /sys/kernel/btf/vmlinux")
    sys.exit(77)
bpf = ctypes.CDLL("libbpf.so.1")
for function in "object__open", "object__next_program", "program__name":
    getattr(bpf, f"bpf_{function}").restype = ctypes.c_void_p
path = sys.argv[1].encode()
loaded = ctypes.c_void_p(bpf.bpf_object__open(path))
logs = []
program = bpf.bpf_object__next_program(loaded, None)
while program:
    log = ctypes.create_string_buffer(1 << 16)
    at = ctypes.c_void_p(program)
    bpf.bpf_program__set_log_level(at, STATISTICS)
    bpf.bpf_program__set_log_buf(at, log, ctypes.c_size_t(len(log)))
    logs.append((ctypes.string_at(bpf.bpf_program__name(at)).decode(), log))
    program = bpf.bpf_object__next_program(loaded, at)
if bpf.bpf_object__load(loaded) == 0:
    for name, log in logs:
        print(f"{name}: {log.value.decode().strip()}")
elif bpf.bpf_object__load(ctypes.c_void_p(bpf.bpf_object__open(path))) != 0:  # libbpf prints the verifier's words
    sys.exit(1)
