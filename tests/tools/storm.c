/* SPDX-License-Identifier: Apache-2.0 */
/* storm FIRST STOPFILE RATE: short-lived processes, each named by a serial number ("s" and the number), until STOPFILE
 * exists; about RATE a second, 0: as many as possible. Prints the number behind the last one. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: storm FIRST STOPFILE RATE\n");
        return 2;
    }
    unsigned long serial = strtoul(argv[1], NULL, 10);
    const long rate = strtol(argv[3], NULL, 10);
    const struct timespec pause = {0, rate > 0 ? 1000000000L / rate : 0};
    while (access(argv[2], F_OK) != 0) {
        const pid_t child = fork();
        if (child < 0) {
            perror("fork");
            return 1;
        }
        if (child == 0) {
            char name[16];
            snprintf(name, sizeof(name), "s%lu", serial);
            prctl(PR_SET_NAME, name);
            _exit((int)(serial % 256));
        }
        serial++;
        waitpid(child, NULL, 0);
        if (rate > 0) {
            nanosleep(&pause, NULL);
        }
    }
    printf("%lu\n", serial);
    return 0;
}
