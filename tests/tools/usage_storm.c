/* SPDX-License-Identifier: Apache-2.0 */
/* usage_storm FIRST COUNT PARALLEL: makes COUNT processes that are alike in all that their accounting records say, but
 * for the process id; each writes another number of bytes to /dev/null: the first FIRST, the next one more. Prints a
 * line "PID BYTES" for each as it was waited for: those with one process id in the order of their records.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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
        const pid_t pid = wait(&status);
        if (pid < 0 || status != 0) {
            return 1;
        }
        printf("%d %d\n", pid, of_pid[pid]);
        ended++;
    }
    return 0;
}
