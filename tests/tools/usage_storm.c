/* SPDX-License-Identifier: Apache-2.0 */
/* usage_storm FIRST COUNT PARALLEL: makes COUNT processes that are alike in all that their accounting records say, but
 * for the process id; each writes another number of bytes to /dev/null: the first FIRST, the next one more. Prints a
 * line "PID BYTES MICROSECONDS MAXRSS INBLOCK OUBLOCK NVCSW NIVCSW" for each as it was waited for, with what wait4(2)
 * told: those with one process id in the order of their records.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX (1 << 20)
#define PIDS (1 << 22)

static char bytes[MAX];
static int of_pid[PIDS]; /* what the process writes that has it now */

int main(int argc, char* argv[]) {
    if (argc != 4) {
        return 2;
    }
    const int first = atoi(argv[1]), count = atoi(argv[2]), parallel = atoi(argv[3]);
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (int begun = 0, ended = 0; ended < count;) {
        if (begun < count && begun - ended < parallel) {
            const int n = first + begun;
            const pid_t pid = fork();
            if (pid == 0) {
                _exit(write(null, bytes, (size_t)n) != n);
            }
            if (pid > 0) { /* else there are no more ids: wait first */
                of_pid[pid] = n;
                begun++;
                continue;
            }
        }
        int status;
        struct rusage u;
        const pid_t pid = wait4(-1, &status, 0, &u);
        if (pid < 0 || status != 0) {
            return 1;
        }
        printf("%d %d %ld %ld %ld %ld %ld %ld\n", pid, of_pid[pid],
               1000000 * (u.ru_utime.tv_sec + u.ru_stime.tv_sec) + u.ru_utime.tv_usec + u.ru_stime.tv_usec, u.ru_maxrss,
               u.ru_inblock, u.ru_oublock, u.ru_nvcsw, u.ru_nivcsw);
        ended++;
    }
    return 0;
}
