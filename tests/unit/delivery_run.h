/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file delivery_run.h
 * @brief Runs of a delivery whose state is kept, for tests; the clock is the test's.
 *
 * To be included once. The queue, and so the oracle of what is delivered, is the test.
 */
#ifndef DELIVERY_RUN_H
#define DELIVERY_RUN_H

#include "host.h"

#include "impacct_delivery.h"
#include "base/sys.h"

static struct impacct_settings settings = {.name = (char*)"",
                                           .file = (char*)"/pacct",
                                           .ruleset = (char*)"main",
                                           .state_ruleset = (char*)"alarms",
                                           .summary_ruleset = (char*)"",
                                           .persist_state_interval = 1000000};
static struct impacct_delivery* delivery;
static struct pacct_notice notice;
static char path[128];
static int64_t later; /* so many milliseconds have passed that have not */

static inline int64_t now(void) {
    return pacct_monotonic_ms() + later;
}

static inline struct impacct_position at(uint64_t record) {
    const struct pacct_position file = {.ino = 1, .offset = record * 64, .head_len = PACCT_MARK_LEN};
    struct impacct_position pos;
    impacct_position_set_file(&pos, &file, record);
    return pos;
}

static inline enum impacct_begin run(void) {
    snprintf(path, sizeof(path), "%s/state", check_dir);
    delivery = impacct_delivery_new(&host, &settings, path);
    CHECK(delivery != NULL);
    return impacct_delivery_start(delivery, now());
}

/* Send records of the source. @return the property that they hold, without a reference */
static inline prop_t* send(const struct impacct_position* from, const struct impacct_position* to) {
    const struct impacct_delivery_sent sent = {.records = (unsigned)(to->number - from->number)};
    prop_t* const prop = impacct_delivery_begin(delivery, now(), from);
    CHECK(prop != NULL);
    impacct_delivery_end(delivery, to, &sent);
    return prop;
}

static inline prop_t* send_records(uint64_t from, uint64_t to) {
    const struct impacct_position start = at(from), end = at(to);
    return send(&start, &end);
}

static inline void poll_at(uint64_t record) {
    const struct impacct_position pos = at(record);
    impacct_delivery_poll(delivery, now(), &pos);
}

static inline void wait_long(uint64_t record) {
    for (int i = 0; i < 4; i++) {
        later += 1000;
        poll_at(record);
    }
}

static inline void end_run(const struct impacct_position* pos) {
    impacct_delivery_wait(delivery, pacct_monotonic_ms(), pos);
    impacct_delivery_stop(delivery);
}

static inline void stop(uint64_t record) {
    const struct impacct_position pos = at(record);
    end_run(&pos);
    impacct_delivery_free(delivery);
    CHECK_EQ(host_props, 0);
}

static inline bool says(enum pacct_notice_id id, const char* text) {
    if (!impacct_delivery_next(delivery, now(), &notice)) {
        return false;
    }
    CHECK_EQ(notice.id, id);
    CHECK(strstr(notice.detail, text) != NULL);
    return true;
}

static inline uint64_t number_of(enum pacct_field_id field) {
    for (unsigned i = 0; i < notice.count; i++) {
        if (notice.numbers[i].field == field) {
            return notice.numbers[i].value;
        }
    }
    CHECK(!"there is such a number");
    return 0;
}

static inline void expect_range(uint64_t offset, uint64_t records) {
    const struct impacct_position* from;
    const uint64_t end = impacct_delivery_range(delivery, &from);
    CHECK_EQ(from->file.offset, offset * 64);
    CHECK_EQ(end, records == 0 ? UINT64_MAX : from->number + records);
}

static inline struct pacct_state stored(void) {
    struct pacct_state state;
    CHECK_EQ(pacct_state_load(path, &state), PACCT_STATE_OK);
    return state;
}

#endif
