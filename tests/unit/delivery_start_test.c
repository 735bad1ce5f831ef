/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: a crash right after the first start loses nothing, and a state file that cannot be had is not taken for none.
 * Invariant: there is a position before anything is sent, unless the disk takes too long; a state file that cannot be
 * read is tried again, then all that there is is read; one that is damaged is said to be. Oracle: the state file, and
 * what was logged. */
#include "delivery_run.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#define PATIENCE_MS 20000

static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER; /* who has it holds up what is stored */

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd) {
    pthread_mutex_lock(&disk);
    pthread_mutex_unlock(&disk);
    return __real_fsync(fd);
}

static const struct impacct_position nowhere = {.file = {.until = 12345}};

/* Nothing is sent before the first position is stored, unless that takes long. */
static void first_position(void) {
    const struct impacct_position start = at(0);
    CHECK_EQ(run(), IMPACCT_BEGIN_START);
    impacct_delivery_poll(delivery, now(), &nowhere);
    CHECK(impacct_delivery_begin(delivery, now(), &nowhere) != NULL);
    struct pollfd woken = {.fd = eventfd(0, EFD_CLOEXEC), .events = POLLIN};
    CHECK(woken.fd >= 0);
    impacct_delivery_wake(delivery, woken.fd);
    pthread_mutex_lock(&disk);
    CHECK(impacct_delivery_opened(delivery, &start));
    impacct_delivery_end(delivery, &start, &(struct impacct_delivery_sent){0});
    CHECK(impacct_delivery_begin(delivery, now(), &start) == NULL);
    CHECK(impacct_delivery_waits(delivery));
    CHECK(impacct_delivery_timeout(delivery, 60000) <= 1000);
    CHECK_EQ(poll(&woken, 1, 0), 0);
    pthread_mutex_unlock(&disk);
    CHECK_EQ(poll(&woken, 1, PATIENCE_MS), 1);
    CHECK(close(woken.fd) == 0);
    CHECK(impacct_delivery_begin(delivery, pacct_monotonic_ms(), &start) != NULL);
    CHECK_EQ(stored().pos.ino, 1);
    CHECK_EQ(stored().pos.offset, 0);
    CHECK(!impacct_delivery_waits(delivery));
    CHECK(!impacct_delivery_opened(delivery, &start)); /* it is there already */
    stop(0);
}

static void first_position_takes_long(void) {
    const struct impacct_position start = at(0);
    CHECK_EQ(run(), IMPACCT_BEGIN_START);
    pthread_mutex_lock(&disk);
    CHECK(impacct_delivery_opened(delivery, &start));
    CHECK(impacct_delivery_begin(delivery, now(), &start) == NULL);
    later += 2000;
    CHECK(impacct_delivery_begin(delivery, now(), &start) != NULL);
    CHECK(!impacct_delivery_waits(delivery));
    pthread_mutex_unlock(&disk);
    stop(0);
    /* stopped while it is waited for */
    CHECK(unlink(path) == 0);
    CHECK_EQ(run(), IMPACCT_BEGIN_START);
    CHECK(impacct_delivery_opened(delivery, &start));
    end_run(&start);
    CHECK(impacct_delivery_begin(delivery, now(), &start) != NULL);
    impacct_delivery_free(delivery);
}

static void first_position_not_stored(void) {
    const struct impacct_position start = at(0);
    delivery = impacct_delivery_new(&host, &settings, "/nonexistent/state");
    CHECK_EQ(impacct_delivery_start(delivery, now()), IMPACCT_BEGIN_START);
    CHECK(impacct_delivery_opened(delivery, &start));
    for (int i = 0; i < 1000 && impacct_delivery_begin(delivery, pacct_monotonic_ms(), &start) == NULL; i++) {
        usleep(1000);
    }
    CHECK(!impacct_delivery_waits(delivery));
    end_run(&start);
    impacct_delivery_free(delivery);
    /* where positions are not kept there is nothing to wait for */
    delivery = impacct_delivery_new(&host, &settings, NULL);
    CHECK_EQ(impacct_delivery_start(delivery, now()), IMPACCT_BEGIN_START);
    CHECK(!impacct_delivery_opened(delivery, &start));
    CHECK(impacct_delivery_begin(delivery, now(), &start) != NULL);
    impacct_delivery_free(delivery);
}

/* Store a position, and make it unreadable: there is no such directory any more. */
static void make_unreadable(char aside[sizeof(path) + 8], char dir[sizeof(path)]) {
    snprintf(dir, sizeof(path), "%s/dir", check_dir);
    snprintf(path, sizeof(path), "%s/dir/state", check_dir);
    snprintf(aside, sizeof(path) + 8, "%s.aside", dir);
    CHECK(mkdir(dir, 0700) == 0);
    delivery = impacct_delivery_new(&host, &settings, path);
    CHECK_EQ(impacct_delivery_start(delivery, now()), IMPACCT_BEGIN_START);
    poll_at(50);
    stop(50);
    CHECK_EQ(stored().pos.offset, 50 * 64);
    CHECK(rename(dir, aside) == 0);
    CHECK(close(open(dir, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) == 0);
    delivery = impacct_delivery_new(&host, &settings, path);
    host_log_lines = 0;
    CHECK_EQ(impacct_delivery_start(delivery, now()), IMPACCT_BEGIN_UNKNOWN);
    CHECK_EQ(host_log_lines, 1);
    CHECK(strstr(host_log, "cannot be read") != NULL);
    CHECK(impacct_delivery_waits(delivery));
    CHECK(impacct_delivery_timeout(delivery, 500) <= 1000);
}

static void unreadable_for_a_while(void) {
    char aside[sizeof(path) + 8], dir[sizeof(path)];
    make_unreadable(aside, dir);
    later += 5000;
    CHECK_EQ(impacct_delivery_start(delivery, now()), IMPACCT_BEGIN_UNKNOWN);
    CHECK_EQ(host_log_lines, 1);
    /* a stop stores nothing, and the next run has the same to do */
    end_run(&nowhere);
    impacct_delivery_free(delivery);
    delivery = impacct_delivery_new(&host, &settings, path);
    CHECK_EQ(impacct_delivery_start(delivery, now()), IMPACCT_BEGIN_UNKNOWN);
    CHECK(unlink(dir) == 0 && rename(aside, dir) == 0);
    CHECK_EQ(impacct_delivery_start(delivery, now()), IMPACCT_BEGIN_UNKNOWN); /* it was tried just now */
    later += 2000;
    CHECK_EQ(impacct_delivery_start(delivery, now()), IMPACCT_BEGIN_STORED);
    CHECK_EQ(host_log_lines, 2);
    expect_range(50, 0);
    CHECK(impacct_delivery_begin(delivery, now(), impacct_delivery_done(delivery)) != NULL);
    stop(50);
}

static void unreadable_for_long(void) {
    const struct impacct_position* from;
    char aside[sizeof(path) + 8], dir[sizeof(path)];
    make_unreadable(aside, dir);
    later += 31000;
    CHECK_EQ(impacct_delivery_start(delivery, now()), IMPACCT_BEGIN_ALL);
    CHECK_EQ(host_log_lines, 2);
    CHECK(strstr(host_log, "still cannot be read") != NULL);
    CHECK_EQ(impacct_delivery_range(delivery, &from), UINT64_MAX);
    CHECK_EQ(from->kind, IMPACCT_POSITION_NONE);
    CHECK_EQ(from->file.until, 0);
    end_run(from);
    impacct_delivery_free(delivery);
}

static void not_believed(void) {
    const struct impacct_position* from;
    settings.fresh_start_tail = 1; /* matters only where nothing was ever read */
    CHECK_EQ(run(), IMPACCT_BEGIN_END);
    stop(50);
    CHECK(truncate(path, 20) == 0);
    CHECK_EQ(run(), IMPACCT_BEGIN_ALL);
    CHECK(strstr(host_log, "is damaged") != NULL);
    CHECK_EQ(impacct_delivery_range(delivery, &from), UINT64_MAX);
    CHECK_EQ(from->kind, IMPACCT_POSITION_NONE);
    CHECK_EQ(from->file.until, 0);
    settings.fresh_start_tail = 0;
    stop(50);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("the first position is stored before anything is sent") {
        first_position();
    }
    CASE("the disk takes long for that") {
        first_position_takes_long();
    }
    CASE("it cannot be stored") {
        first_position_not_stored();
    }
    CASE("a state file that cannot be read for a while") {
        unreadable_for_a_while();
    }
    CASE("a state file that cannot be read for long") {
        unreadable_for_long();
    }
    CASE("a state file that cannot be believed") {
        not_believed();
    }
    return check_end();
}
