/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into rsyslogd by e2e/command_clock.sh: the clock of the day is ten seconds behind as soon as there is a
 * file $SET_BACK. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec* time) {
    int (*real)(clockid_t, struct timespec*);
    const char* const file = getenv("SET_BACK");
    *(void**)&real = dlsym(RTLD_NEXT, "clock_gettime");
    const int result = real(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) && file != NULL &&
        access(file, F_OK) == 0) {
        time->tv_sec -= 10;
    }
    return result;
}
