/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program that one system call is denied: with EACCES, as a policy of SELinux denies it; "netlink", sockets of
 * that family, as systemd's RestrictAddressFamilies= does.
 *
 *     deny_call acct|bpf|getpgid|netlink COMMAND [ARGUMENT...]
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
    const char* name;
    unsigned number;
    bool of_netlink; /* only if its first argument is that */
    unsigned error;
} calls[] = {
    {"acct", SYS_acct, false, EACCES},
    {"bpf", SYS_bpf, false, EACCES},
    {"getpgid", SYS_getpgid, false, EACCES},
    {"netlink", SYS_socket, true, EAFNOSUPPORT},
};

int main(int argc, char** argv) {
    for (size_t i = 0; argc > 2 && i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (strcmp(argv[1], calls[i].name) != 0) {
            continue;
        }
        struct sock_filter filter[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, 3),
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, calls[i].of_netlink ? 1 : 0),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | calls[i].error),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        const struct sock_fprog program = {.len = sizeof(filter) / sizeof(filter[0]), .filter = filter};
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
            perror("prctl");
            return 1;
        }
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        return 127;
    }
    fputs("deny_call acct|bpf|getpgid|netlink COMMAND...\n", stderr);
    return 2;
}
