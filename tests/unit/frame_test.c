/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: where records begin and end is found in whatever bytes there are, while more are being written.
 * Invariant: each record that was written whole is taken, once and in order, and nothing else is, also when the data
 * ends behind any byte of it for a while. Oracle: the offsets at which records were put. */
#include "config.h"

#include "check.h"
#include "file/frame.h"
#include "sample.h"

#define ROUNDS 300u
#define KINDS 6u /* of sample_kinds; version 0 fits too many bytes */
/* zeros at the end of a longer torn record may as well be the beginning of the next one: nobody can tell */
#define TORN_MAX 39u
#define DATA_MAX 8192u

static const struct pacct_dialect dialect = {.ahz = 100};

/* What was written, and where the records in it begin. */
static uint8_t data[DATA_MAX];
static size_t data_len, begins[DATA_MAX / PACCT_RECORD_MIN], count;

/* What a kernel that runs today may write: io, rw and swaps are always 0. */
static size_t make(uint64_t* random, size_t kind, uint8_t* out) {
    struct sample s = {.version = sample_kinds[kind].version, .big = sample_kinds[kind].big};
    sample_random(random, &s);
    s.io = s.rw = s.swaps = 0;
    s.flag &= random_below(random, 2) ? 0xff : 0x00;
    s.mem |= 1;
    memset(s.comm, 0, sizeof(s.comm));
    snprintf(s.comm, sizeof(s.comm), "p%u", (unsigned)random_below(random, 100000));
    return sample_write(&s, out);
}

static void put_record(uint64_t* random, size_t kind) {
    begins[count++] = data_len;
    data_len += make(random, kind, data + data_len);
}

static void put_torn(uint64_t* random, size_t kind, size_t len) {
    uint8_t raw[PACCT_RECORD_MAX];
    make(random, kind, raw);
    memcpy(data + data_len, raw, len);
    data_len += len;
}

static void put_bytes(const uint8_t* bytes, size_t len) {
    memcpy(data + data_len, bytes, len);
    data_len += len;
}

/* A reader that looks at the data as it grows. */
struct reading {
    struct pacct_frame frame;
    size_t at, taken;
    size_t wrong; /* the first place where one was taken and none was put, or none was where one was; else 0 */
};

/* Go on as far as the first "end" bytes allow. */
static void read_on(struct reading* r, size_t end, bool at_end) {
    r->frame.at_end = at_end;
    r->frame.checked = false;
    while (at_end || end - r->at >= PACCT_FRAME_AHEAD) {
        size_t n = 0;
        const enum pacct_step step = pacct_frame_decide(&r->frame, data + r->at, end - r->at, &n);
        if (step == PACCT_STEP_WAIT) {
            break;
        }
        CHECK(n > 0 && n <= end - r->at);
        if (step == PACCT_STEP_TAKE && (r->taken == count || begins[r->taken++] != r->at) && r->wrong == 0) {
            r->wrong = r->at + 1;
        }
        r->frame.skipping = step == PACCT_STEP_SKIP;
        r->frame.checked = r->frame.checked && step == PACCT_STEP_TAKE;
        r->at += n;
    }
}

static void check_read(const struct reading* r) {
    CHECK_EQ(r->wrong, 0);
    CHECK_EQ(r->taken, count);
}

static struct reading begin(void) {
    return (struct reading){.frame.dialect = dialect};
}

static void clear(void) {
    data_len = count = 0;
}

/* Nine bytes of the torn record are skipped, the other two and most of the next record look like one. */
static void test_next_but_for_two_bytes(size_t more) {
    static const uint8_t torn[] = {0x10, 0x83, 0x88, 0x05, 0x00, 0x00, 0x00, 0x0b, 0x00, 0x00, 0x03};
    static const uint8_t whole[PACCT_RECORD_MAX] = {
        0x00, 0x83, 0x00, 0x00, 0x00, 0x00, 0x37, 0x00, 0x00, 0x01, 0x11, 0x70, 0x00, 0x01, 0x38, 0x80, 0x00,
        0x00, 0x00, 0x34, 0x00, 0x00, 0x5d, 0x07, 0x65, 0x53, 0xf1, 0x07, 0x4e, 0x5e, 0x47, 0x3a, 0x00, 0x00,
        0x66, 0x00, 0x64, 0x37, 0xec, 0xa9, 0x00, 0x00, 0x00, 0x00, 0x00, 0x2b, 0xcf, 0xcc, 'p',  '5',  '0'};
    uint64_t random = 1;
    struct reading r = begin();
    clear();
    put_record(&random, 1);
    put_bytes(torn, sizeof(torn));
    begins[count++] = data_len;
    put_bytes(whole, sizeof(whole));
    for (size_t i = 0; i < more; i++) {
        put_record(&random, 1);
    }
    read_on(&r, data_len, true);
    check_read(&r);
}

/* The torn piece has each length; what follows it is written record by record, or all at once. */
static void test_torn(size_t kind, bool one_by_one) {
    uint64_t random = 77 + kind;
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (size_t len = 1; len <= TORN_MAX; len++) {
            struct reading r = begin();
            clear();
            put_record(&random, kind);
            put_torn(&random, kind, len);
            if (sample_kinds[kind].version == 1) { /* with a byte before it, it may begin one of another version */
                put_record(&random, kind);
            }
            for (uint64_t i = 1 + random_below(&random, 4); i > 0; i--) {
                put_record(&random, kind);
                if (one_by_one) {
                    read_on(&r, data_len, true);
                    check_read(&r);
                }
            }
            read_on(&r, data_len, true);
            check_read(&r);
        }
    }
}

static void test_torn_all_there(size_t kind) {
    test_torn(kind, false);
}

static void test_torn_one_by_one(size_t kind) {
    test_torn(kind, true);
}

/* The data ends behind each byte for a while, as a file does that is being written in pieces. Behind a torn record
 * nobody can tell the first bytes of the next one from what completes it, should it end where that would. */
static void test_ends_anywhere(size_t kind) {
    uint64_t random = 99 + kind;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct reading r = begin();
        clear();
        for (unsigned i = 0; i < 4; i++) {
            put_record(&random, kind);
        }
        for (size_t end = 0; end <= data_len; end++) {
            read_on(&r, end, true);
        }
        check_read(&r);
    }
}

/* A look at a part that is not the end decides as the look at the whole does. */
static void test_pieces(size_t kind) {
    uint64_t random = 5 + kind;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct reading r = begin();
        clear();
        for (unsigned i = 0; i < 20; i++) {
            put_record(&random, kind);
            if (random_below(&random, 4) == 0) {
                put_torn(&random, kind, 1 + random_below(&random, TORN_MAX));
                for (unsigned k = 0; k < PACCT_FRAME_CHAIN; k++) {
                    put_record(&random, kind);
                }
            }
        }
        const size_t piece = PACCT_FRAME_AHEAD + random_below(&random, 300);
        for (size_t end = 0; end < data_len; end = r.at + piece) {
            read_on(&r, end, false);
        }
        read_on(&r, data_len, true);
        check_read(&r);
    }
}

static void for_each_kind(void (*test)(size_t kind)) {
    for (size_t kind = 0; kind < KINDS; kind++) {
        test(kind);
    }
}

static void test_steps(void) {
    uint64_t random = 3;
    struct pacct_frame frame = {.dialect = dialect, .at_end = true};
    size_t n = 0;
    clear();
    put_record(&random, 0);
    CHECK_EQ(pacct_frame_decide(&frame, data, 0, &n), PACCT_STEP_WAIT);
    for (size_t len = 1; len < PACCT_RECORD_MAX; len++) {
        CHECK_EQ(pacct_frame_decide(&frame, data, len, &n), PACCT_STEP_WAIT);
    }
    CHECK_EQ(pacct_frame_decide(&frame, data, PACCT_RECORD_MAX, &n), PACCT_STEP_TAKE);
    CHECK_EQ(n, PACCT_RECORD_MAX);
    CHECK(!frame.checked);
    put_record(&random, 0);
    CHECK_EQ(pacct_frame_decide(&frame, data, data_len, &n), PACCT_STEP_TAKE);
    CHECK(frame.checked); /* that of the second one */
    CHECK_EQ(pacct_frame_decide(&frame, data + n, data_len - n, &n), PACCT_STEP_TAKE);
    CHECK(!frame.checked);
    /* nothing but damage: at the end of the data it is waited for what completes it, before the end it is skipped but
     * for what may be the beginning of a record */
    memset(data, 'x', DATA_MAX);
    CHECK_EQ(pacct_frame_decide(&frame, data, DATA_MAX, &n), PACCT_STEP_WAIT);
    frame.at_end = false;
    CHECK_EQ(pacct_frame_decide(&frame, data, DATA_MAX, &n), PACCT_STEP_SKIP);
    CHECK_EQ(n, DATA_MAX - PACCT_FRAME_AHEAD);
    CHECK_EQ(pacct_frame_decide(&frame, data, PACCT_FRAME_AHEAD, &n), PACCT_STEP_SKIP);
    CHECK_EQ(n, 1);
}

/* A record of which one field is damaged is taken where the distance to the next one says that it is whole, not where
 * what is before it is damage, too. */
static void test_little_damage(void) {
    uint64_t random = 9;
    struct pacct_frame frame = {.dialect = dialect, .at_end = true};
    size_t n = 0;
    clear();
    put_record(&random, 0);
    put_record(&random, 0);
    data[0] |= 0x80; /* a flag that there is not */
    CHECK_EQ(pacct_frame_decide(&frame, data, data_len, &n), PACCT_STEP_TAKE);
    CHECK_EQ(n, PACCT_RECORD_MAX);
    CHECK_EQ(pacct_frame_decide(&frame, data, PACCT_RECORD_MAX, &n), PACCT_STEP_TAKE);
    frame.skipping = true;
    CHECK_EQ(pacct_frame_decide(&frame, data, data_len, &n), PACCT_STEP_SKIP);
    CHECK_EQ(n, PACCT_RECORD_MAX);
}

/* Version 1 is 62 bytes long; converters pad it to 64. */
static void test_padding(bool padded) {
    uint64_t random = 4;
    struct reading r = begin();
    clear();
    for (unsigned i = 0; i < 10; i++) {
        put_record(&random, 4);
        if (padded) {
            put_bytes((const uint8_t[2]){0}, 2);
        }
    }
    read_on(&r, data_len, true);
    check_read(&r);
    CHECK_EQ(r.at, data_len);
}

/* Zeros behind a record of version 1 that are no padding: a torn one of which a byte was written, and the next one's
 * flags. */
static void test_no_padding(void) {
    uint64_t random = 4;
    struct reading r = begin();
    clear();
    put_record(&random, 5);
    put_record(&random, 5);
    put_bytes((const uint8_t[1]){0}, 1);
    for (unsigned i = 0; i < 3; i++) {
        const size_t at = data_len;
        put_record(&random, 5);
        data[at] = 0;
    }
    read_on(&r, data_len, true);
    check_read(&r);
    CHECK_EQ(r.at, data_len);
}

static void test_blank_length(void) {
    uint8_t bytes[64] = {0};
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        CHECK_EQ(pacct_frame_blank_length(bytes, len), len);
        for (size_t first = 0; first < len; first++) {
            bytes[first] = 1;
            CHECK_EQ(pacct_frame_blank_length(bytes, len), first);
            bytes[first] = 0;
        }
    }
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("a torn record's end and most of the next one, which is the last") {
        test_next_but_for_two_bytes(0);
    }
    CASE("a torn record's end and most of the next one, with others behind it") {
        for (size_t more = 1; more < 5; more++) {
            test_next_but_for_two_bytes(more);
        }
    }
    CASE("records behind a torn one, all there") {
        for_each_kind(test_torn_all_there);
    }
    CASE("records behind a torn one, one by one") {
        for_each_kind(test_torn_one_by_one);
    }
    CASE("the data ends anywhere") {
        for_each_kind(test_ends_anywhere);
    }
    CASE("looked at in pieces") {
        for_each_kind(test_pieces);
    }
    CASE("take, skip and wait") {
        test_steps();
    }
    CASE("a record with a little damage") {
        test_little_damage();
    }
    CASE("version 1, as it is") {
        test_padding(false);
    }
    CASE("version 1, padded") {
        test_padding(true);
    }
    CASE("version 1, and zeros that are no padding") {
        test_no_padding();
    }
    CASE("zeros are counted") {
        test_blank_length();
    }
    return check_end();
}
