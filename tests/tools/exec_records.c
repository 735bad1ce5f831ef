/* exec_records FILE COUNT MS: runs COUNT programs, one after the other, that live for MS milliseconds, and appends to
 * FILE the record of each that the kernel would write (kernel/acct.c, fill_ac), for tests where accounting cannot be
 * switched on: this one's process ids are not those of a pid namespace of its own.
 *
 * Each is named s and its number, and executes "exec_records as NUMBER MS". */
#include <linux/acct.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock) {
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(int argc, char** argv) {
    if (argc == 4 && strcmp(argv[1], "as") == 0) {
        usleep((useconds_t)atoi(argv[3]) * 1000);
        return 0;
    }
    FILE* const f = argc == 4 ? fopen(argv[1], "ae") : NULL;
    if (f == NULL) {
        fprintf(stderr, "usage: exec_records FILE COUNT MS\n");
        return 2;
    }
    for (long serial = 0; serial < atol(argv[2]); serial++) {
        char number[24];
        struct acct_v3 record = {.ac_mem = 1000, .ac_version = 3 | ACCT_BYTEORDER, .ac_ppid = (uint32_t)getpid()};
        snprintf(number, sizeof(number), "%ld", serial);
        const double start = now(CLOCK_MONOTONIC);
        const pid_t child = fork();
        if (child == 0) {
            execl("/proc/self/exe", "exec_records", "as", number, argv[3], (char*)NULL);
            _exit(126);
        }
        waitpid(child, NULL, 0);
        const double elapsed = now(CLOCK_MONOTONIC) - start;
        record.ac_pid = (uint32_t)child;
        record.ac_etime = (float)(int)(elapsed * 100);
        record.ac_btime = (uint32_t)((long)now(CLOCK_REALTIME) - (long)elapsed);
        snprintf(record.ac_comm, sizeof(record.ac_comm), "s%.14s", number);
        fwrite(&record, sizeof(record), 1, f);
        fflush(f);
    }
    fclose(f);
    return 0;
}
