/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: it is known whether anybody has a file open for writing, without a trace.
 * Invariant: who has it open for writing is seen, whoever reads is not; whoever opens it meanwhile gets it, and no
 * signal ends the process; where it cannot be known it is not claimed. Oracle: what the test itself has open. */
#include "config.h"

#include "accounting/written.h"
#include "check.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#define MANY 3000

static char path[128];

static int open_file(int flags) {
    snprintf(path, sizeof(path), "%s/file", check_dir);
    const int fd = open(path, flags | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    return fd;
}

static void* open_often(void* arg) {
    (void)arg;
    for (int i = 0; i < MANY; i++) {
        close(open_file(O_WRONLY | O_APPEND));
    }
    return NULL;
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("open for reading, for writing") {
        const int fd = open_file(O_RDONLY), other = open_file(O_RDONLY);
        CHECK_EQ(pacct_written(fd), PACCT_WRITTEN_NO);
        const int writer = open_file(O_WRONLY | O_APPEND);
        CHECK_EQ(pacct_written(fd), PACCT_WRITTEN_YES);
        CHECK_EQ(pacct_written(other), PACCT_WRITTEN_YES);
        close(writer);
        CHECK_EQ(pacct_written(fd), PACCT_WRITTEN_NO);
        close(other);
        close(fd);
    }
    CASE("opened for writing meanwhile") {
        pthread_t thread;
        const int fd = open_file(O_RDONLY);
        CHECK(pthread_create(&thread, NULL, open_often, NULL) == 0);
        for (int i = 0; i < MANY; i++) {
            CHECK(pacct_written(fd) != PACCT_WRITTEN_UNKNOWN);
        }
        pthread_join(thread, NULL);
        CHECK_EQ(pacct_written(fd), PACCT_WRITTEN_NO);
        close(fd);
    }
    CASE("nothing that can be known") {
        CHECK_EQ(pacct_written(-1), PACCT_WRITTEN_UNKNOWN);
        const int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
        CHECK(fd >= 0);
        CHECK(pacct_written(fd) != PACCT_WRITTEN_YES);
        close(fd);
    }
    return check_end();
}
