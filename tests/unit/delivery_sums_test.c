/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: what was summed up and not sent is summed up again after a stop, and not sent again record by record.
 * Invariant: the range to sum up comes before the position, behind holes, and may end beyond the position; what is gone
 * of it is said. Oracle: the state file, and the queue, which is the test itself. */
#include "delivery_run.h"

/* What is to be summed up again lies before the position, or behind it. */
static void sums(void) {
    uint64_t saved[PACCT_STATE_NUMBERS] = {5, 6, 7};
    const uint64_t* numbers;
    uint64_t number;
    const struct impacct_position* from;
    settings.summary_interval = 60;
    CHECK_EQ(run(), IMPACCT_BEGIN_START);
    impacct_delivery_sums(delivery, &number, &numbers);
    CHECK(number == 0 && numbers == NULL);
    struct impacct_position start = at(30);
    send_records(0, 100);
    poll_at(100);
    impacct_delivery_set_sums(delivery, &start, 35, saved);
    prop_t* held = host_keep(send_records(100, 120));
    const struct impacct_position last = at(120);
    end_run(&last);
    impacct_delivery_free(delivery);
    CHECK_EQ(stored().pos.offset, 100 * 64);
    CHECK(stored().sums.any);
    CHECK_EQ(stored().sums.records, 70);
    CHECK_EQ(stored().sums.skip, 5);
    CHECK_EQ(stored().sums.start.offset, 30 * 64);
    /* the next run reads it first, and sends nothing of it */
    CHECK_EQ(run(), IMPACCT_BEGIN_STORED);
    CHECK_EQ(impacct_delivery_purpose(delivery), IMPACCT_TO_SUM_UP);
    expect_range(30, 70);
    impacct_delivery_range(delivery, &from);
    impacct_delivery_sums(delivery, &number, &numbers);
    CHECK_EQ(number, from->number + 5);
    CHECK(numbers != NULL && numbers[0] == 5 && numbers[2] == 7);
    struct impacct_position end = at(100);
    end.number = from->number + 70;
    CHECK(impacct_delivery_end_range(delivery, &end, true));
    CHECK_EQ(impacct_delivery_purpose(delivery), IMPACCT_TO_SEND_AND_SUM_UP);
    expect_range(100, 0);
    CHECK_EQ(impacct_delivery_done(delivery)->number, end.number);
    /* its position may be far behind what is summed up */
    struct impacct_position ahead = at(180);
    ahead.number = end.number + 80;
    CHECK(impacct_delivery_sums_are_stored(delivery));
    saved[0] = 8;
    impacct_delivery_set_sums(delivery, &ahead, ahead.number + 9, saved);
    CHECK(!impacct_delivery_sums_are_stored(delivery));
    end_run(&end);
    impacct_delivery_free(delivery);
    CHECK_EQ(stored().pos.offset, 100 * 64);
    CHECK_EQ(stored().sums.records, 0);
    CHECK_EQ(stored().sums.skip, 89);
    CHECK_EQ(run(), IMPACCT_BEGIN_STORED);
    CHECK_EQ(impacct_delivery_purpose(delivery), IMPACCT_TO_SEND_AND_SUM_UP);
    impacct_delivery_sums(delivery, &number, &numbers);
    CHECK_EQ(number, impacct_delivery_done(delivery)->number + 89);
    impacct_delivery_free(delivery);
    host_prop_unref(&held);
    CHECK_EQ(host_props, 0);
}

/* Behind holes, and where it is gone, which is said. */
static void sums_behind_holes(void) {
    uint64_t saved[PACCT_STATE_NUMBERS] = {1};
    const struct impacct_position* from;
    settings.summary_interval = 60;
    CHECK_EQ(run(), IMPACCT_BEGIN_START);
    send_records(0, 20);
    prop_t* held = host_keep(send_records(20, 30));
    send_records(30, 100);
    struct impacct_position start = at(10);
    impacct_delivery_set_sums(delivery, &start, 10, saved);
    wait_long(100);
    const struct impacct_position last = at(100);
    end_run(&last);
    impacct_delivery_free(delivery);
    CHECK_EQ(run(), IMPACCT_BEGIN_STORED);
    CHECK_EQ(impacct_delivery_purpose(delivery), IMPACCT_TO_SEND);
    expect_range(20, 10);
    impacct_delivery_range(delivery, &from);
    struct impacct_position end = at(30);
    end.number = from->number + 10;
    CHECK(impacct_delivery_end_range(delivery, &end, true));
    CHECK_EQ(impacct_delivery_purpose(delivery), IMPACCT_TO_SUM_UP);
    expect_range(10, 90);
    impacct_delivery_range(delivery, &from);
    end = at(60);
    end.number = from->number + 50;
    host_log_lines = 0;
    CHECK(!impacct_delivery_end_range(delivery, &end, true));
    CHECK_EQ(host_log_lines, 1);
    CHECK(strstr(host_log, "up to 40 records") != NULL);
    CHECK(!impacct_delivery_next(delivery, now(), &notice));
    expect_range(100, 0);
    impacct_delivery_free(delivery);
    host_prop_unref(&held);
    CHECK_EQ(host_props, 0);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("what is to be summed up again") {
        sums();
    }
    CASE("what is to be summed up again, behind holes") {
        sums_behind_holes();
    }
    return check_end();
}
