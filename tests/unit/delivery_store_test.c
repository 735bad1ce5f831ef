/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: the position gets to the disk when it has to, also after storing failed, and never goes back to no file.
 * Invariant: so many records are stored without a wait; a failure is said once, and again after it was over; storing is
 * tried again although nothing changed.
 * Oracle: the state file, and what was logged. */
#include "host.h"

#include "impacct_delivery.h"
#include "base/sys.h"

#include <sys/stat.h>

static struct impacct_settings settings = {
    .name = (char*)"", .file = (char*)"/pacct", .persist_state_interval = 1000000};
static const struct impacct_position nowhere = {.file = {.until = 12345}};
static struct impacct_delivery* delivery;
static char dir[80], path[96];
static int64_t later; /* so many milliseconds have passed that have not */

static struct impacct_position record(uint64_t number) {
    const struct pacct_position file = {.ino = 1, .offset = number * 64, .head_len = PACCT_MARK_LEN};
    struct impacct_position pos;
    impacct_position_set_file(&pos, &file, number);
    return pos;
}

static void poll(uint64_t number) {
    const struct impacct_position pos = record(number);
    impacct_delivery_poll(delivery, pacct_monotonic_ms() + later, &pos);
}

static prop_t* begin(const struct impacct_position* from) {
    prop_t* const prop = impacct_delivery_begin(delivery, pacct_monotonic_ms() + later, from);
    CHECK(prop != NULL);
    return prop;
}

static void end(const struct impacct_position* to, unsigned records) {
    impacct_delivery_end(delivery, to, &(struct impacct_delivery_sent){.records = records, .states = records == 0});
}

static void send(uint64_t from, uint64_t to) {
    const struct impacct_position start = record(from), stop = record(to);
    begin(&start);
    end(&stop, (unsigned)(to - from));
}

static void start(void) {
    delivery = impacct_delivery_new(&host, &settings, path);
    CHECK(delivery != NULL);
    CHECK_EQ(impacct_delivery_start(delivery, 0), IMPACCT_BEGIN_START);
}

static bool is_stored(uint64_t number) {
    struct pacct_state state;
    return pacct_state_load(path, &state) == PACCT_STATE_OK && state.pos.offset == number * 64;
}

static void until_stored(uint64_t number) {
    for (int i = 0; i < 5000 && !is_stored(number); i++) {
        usleep(1000);
    }
    CHECK(is_stored(number));
}

/* Storing fails, is over, and fails again. */
static void failing(void) {
    char aside[96];
    struct impacct_position pos, oldest, sums;
    start();
    send(0, 10);
    for (int i = 0; i < 5000 && host_log_lines == 0; i++, later += 1000) {
        poll(10);
        usleep(1000);
    }
    CHECK(strstr(host_log, "cannot be stored") != NULL);
    CHECK(mkdir(dir, 0700) == 0);
    pos = nowhere;
    for (int i = 0; i < 5000 && pos.file.offset != 10 * 64; i++, later += 1000) {
        poll(10);
        usleep(1000);
        impacct_delivery_durable(delivery, &pos, &oldest, &sums);
    }
    CHECK_EQ(pos.file.offset, 10 * 64);
    CHECK_EQ(host_log_lines, 1);
    poll(10);
    snprintf(aside, sizeof(aside), "%s.aside", dir);
    CHECK(rename(dir, aside) == 0);
    send(10, 20);
    for (int i = 0; i < 5000 && host_log_lines == 1; i++, later += 1000) {
        poll(20);
        usleep(1000);
    }
    CHECK_EQ(host_log_lines, 2);
    impacct_delivery_stop(delivery);
    impacct_delivery_free(delivery);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("so many records are stored at once") {
        snprintf(path, sizeof(path), "%s/state", check_dir);
        settings.persist_state_interval = 50;
        start();
        send(0, 60);
        poll(60);
        until_stored(60);
        impacct_delivery_stop(delivery);
        impacct_delivery_free(delivery);
    }
    CASE("what began in no file") {
        const struct impacct_position first = record(0), last = record(5);
        snprintf(path, sizeof(path), "%s/state", check_dir);
        start();
        prop_t* held = host_keep(begin(&nowhere));
        end(&nowhere, 0);
        CHECK(impacct_delivery_opened(delivery, &first));
        host_prop_unref(&held);
        poll(0);
        CHECK(impacct_delivery_done(delivery)->kind != IMPACCT_POSITION_NONE); /* it does not go back */
        later += 2000;
        held = host_keep(begin(&nowhere));
        CHECK(!impacct_delivery_opened(delivery, &first));
        end(&last, 5);
        send(5, 10);
        for (int i = 0; i < 4; i++, later += 1000) {
            poll(10);
        }
        impacct_delivery_stop(delivery);
        struct pacct_state state;
        CHECK_EQ(pacct_state_load(path, &state), PACCT_STATE_OK);
        CHECK_EQ(state.holes, 1);
        CHECK_EQ(state.hole[0].start.ino, 1); /* of the file that its records are in */
        impacct_delivery_free(delivery);
        host_prop_unref(&held);
    }
    CASE("storing fails, is over, and fails again") {
        snprintf(dir, sizeof(dir), "%s/dir", check_dir);
        snprintf(path, sizeof(path), "%s/state", dir);
        failing();
    }
    return check_end();
}
