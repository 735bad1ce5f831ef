#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The first process in the machines of tests/kernels: mounts what programs expect, runs the tests of $TESTS, tells the
# result of each in a line "result NAME STATUS SECONDS", and ends the machine.
# TESTS (separated by commas), STORM, ROUNDS and TEST_TIMEOUT are from the kernel's command line, which puts what it does not
# know into the environment.
export PATH=/usr/sbin:/usr/bin HOME=/root LC_ALL=C
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=1777 tmpfs /tmp
# The tests compare paths: programs are in a part of a file system that is mounted in itself, and the working directory
# in a file system within another one.
mount --bind /usr /usr
mkdir -p /tmp/outer/mounted
mount -t tmpfs tmpfs /tmp/outer/mounted
mkdir /tmp/outer/mounted/here
cd /tmp/outer/mounted/here || exit
echo "kernel $(uname -r)"
for name in ${TESTS//,/ }; do
    status=0 before=$SECONDS
    case $name in
        load) python3 /impacct/tests/lib/bpf_load.py /impacct/exec.bpf.o || status=$? ;;
        *) bash "/impacct/tests/e2e/$name.sh" </dev/null || status=$? ;;
    esac >/tmp/log 2>&1
    cat /tmp/log
    echo "result $name $status $((SECONDS - before))"
done
exec <&- >&- 2>&- # the last words get out before the console is closed
echo b >/proc/sysrq-trigger
