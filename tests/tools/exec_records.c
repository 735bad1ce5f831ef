/* SPDX-License-Identifier: Apache-2.0 */
/* exec_records FILE FIRST COUNT MS LONGEST: runs COUNT programs, one after the other, numbered from FIRST on, that live
 * for MS milliseconds, and appends to FILE the record of each that the kernel would write (kernel/acct.c, fill_ac), for
 * tests where accounting cannot be switched on: this one's process ids are not those of a pid namespace of its own.
 *
 * Each is named and has the arguments that tests/lib/commands.py expects, the last one of up to LONGEST bytes. */
#include <linux/acct.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LONGEST_MAX 100000
#define HOWS 20

static double now(clockid_t clock) {
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

_Noreturn static void execute(unsigned long serial, const char* ms, unsigned long longest) {
    static char padding[LONGEST_MAX + 1];
    char number[24];
    const char how[2] = {(char)('a' + (serial % HOWS == 2 ? 0 : serial % HOWS)), 0};
    snprintf(number, sizeof(number), "%lu", serial);
    memset(padding, 'x', serial * 7919 % (longest + 1));
    setenv("MS", ms, 1);
    execl("/proc/self/exe", "storm", "as", number, how, padding, (char*)NULL);
    _exit(126);
}

int main(int argc, char** argv) {
    if (argc == 5 && strcmp(argv[1], "as") == 0) {
        const char* const ms = getenv("MS");
        usleep(ms == NULL ? 0 : (useconds_t)atoi(ms) * 1000);
        return 0;
    }
    FILE* const f = argc == 6 ? fopen(argv[1], "ae") : NULL;
    if (f == NULL) {
        fprintf(stderr, "usage: exec_records FILE FIRST COUNT MS LONGEST\n");
        return 2;
    }
    const unsigned long first = strtoul(argv[2], NULL, 10), count = strtoul(argv[3], NULL, 10);
    const unsigned long longest = strtoul(argv[5], NULL, 10);
    for (unsigned long serial = first; serial < first + count; serial++) {
        struct acct_v3 record = {.ac_mem = 1000, .ac_version = 3 | ACCT_BYTEORDER, .ac_ppid = (uint32_t)getpid()};
        const double start = now(CLOCK_MONOTONIC);
        const pid_t child = fork();
        if (child == 0) {
            execute(serial, argv[4], longest < LONGEST_MAX ? longest : LONGEST_MAX);
        }
        waitpid(child, NULL, 0);
        const double elapsed = now(CLOCK_MONOTONIC) - start;
        record.ac_pid = (uint32_t)child;
        record.ac_etime = (float)(int)(elapsed * 100);
        record.ac_btime = (uint32_t)((long)now(CLOCK_REALTIME) - (long)elapsed);
        snprintf(record.ac_comm, sizeof(record.ac_comm), "s%lu", serial % 1000000000);
        fwrite(&record, sizeof(record), 1, f);
        fflush(f);
    }
    fclose(f);
    return 0;
}
