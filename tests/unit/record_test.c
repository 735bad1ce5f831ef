/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: the decoder reads every value of every version and byte order right, and reads nothing beyond a record.
 * Invariant: comp_t is a 13 bit fraction times 8 to the power of a 3 bit exponent (acct(5)); a record is
 * pacct_record_length() bytes; what a kernel writes is plausible, one wrong field is doubtful, two are impossible.
 * Oracle: the kernel's own structures (sample.h); slow arithmetic written from acct(5); the memory protection of the
 * machine. */
#include "config.h"

#include "check.h"
#include "file/record.h"
#include "sample.h"

#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct pacct_dialect dialect = {.ahz = 100};

static void every_comp_t(void) {
    for (uint32_t c = 0; c <= UINT16_MAX; c++) {
        uint64_t slow = c % 8192;
        for (uint32_t exponent = c / 8192; exponent > 0; exponent--) {
            slow *= 8;
        }
        CHECK_EQ(pacct_comp_value((uint16_t)c), slow);
    }
}

static void every_comp2_t(void) {
    for (uint32_t c = 0; c < 1u << 24; c++) {
        const uint32_t exponent = c >> 19, fraction = c & 0x7ffff;
        const double slow = exponent == 0 ? fraction : ldexp(1 + fraction / 524288.0, 18 + (int)exponent);
        CHECK_EQ(pacct_comp2_value(c), (uint64_t)slow);
    }
}

/* clang-format off */
static const uint8_t example[64] = {
    0x12, 3,    0x05, 0x88, 0x0b, 0,    0,    0,    0xe8, 3,    0, 0, 0x64, 0, 0, 0, 0x39, 0x30, 0, 0,
    0x38, 0x30, 0,    0,    0xfb, 0xa8, 0x01, 0x6b, 0,    0x40, 0x1c, 0x46, 1, 0x20, 2, 0, 3,    0,    0, 0,
    0,    0,    4,    0,    5,    0,    0,    0,    'm',  'a',  'k', 'e'};
/* clang-format on */

static void example_values(void) {
    struct pacct_record rec;
    CHECK(pacct_record_check(example, &dialect) == PACCT_PLAUSIBLE);
    CHECK(pacct_record_decode(example, &dialect, &rec));
    CHECK_EQ(rec.version, 3);
    CHECK(!rec.big_endian);
    CHECK_EQ(rec.flag, PACCT_ASU | PACCT_AXSIG);
    CHECK_EQ(rec.tty, 0x8805);
    CHECK_EQ(rec.exitcode, 11);
    CHECK_EQ(rec.uid, 1000);
    CHECK_EQ(rec.gid, 100);
    CHECK(rec.has_pid);
    CHECK_EQ(rec.pid, 12345);
    CHECK_EQ(rec.ppid, 12344);
    CHECK_EQ(rec.btime, 0x6b01a8fb);
    CHECK_EQ(rec.etime, 10000);
    CHECK_EQ(rec.utime, 8);
    CHECK_EQ(rec.stime, 2);
    CHECK_EQ(rec.mem, 3);
    CHECK_EQ(rec.minflt, 4);
    CHECK_EQ(rec.majflt, 5);
    CHECK_TEXT(rec.comm, rec.comm_len, "make");
    CHECK_EQ(pacct_record_end(&rec), 0x6b01a8fb + 100);
}

/* A record that ends at the end of the memory is read without touching what follows. */
static void guard_page(void) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t* const memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    CHECK(mprotect(memory + page, page, PROT_NONE) == 0);
    for (unsigned version = 0; version <= UINT8_MAX; version++) {
        uint8_t head[2] = {0, (uint8_t)version};
        const size_t len = pacct_record_length(head);
        uint8_t* const raw = memory + page - len;
        struct pacct_record rec;
        memset(raw, 0xff, len);
        raw[1] = (uint8_t)version;
        pacct_record_check(raw, &dialect);
        const bool known = (version & 0x7f) <= 3;
        CHECK_EQ(pacct_record_decode(raw, &dialect, &rec), known);
        if (known) {
            CHECK(rec.comm_len <= PACCT_COMM_MAX);
        }
    }
    CHECK(munmap(memory, 2 * page) == 0);
}

static void damaged_etime(void) {
    static const struct {
        uint8_t bytes[4];
        bool valid;
        uint64_t ticks;
    } cases[] = {
        {{0, 0, 0xc0, 0x7f}, false, 0}, /* NaN */
        {{0, 0, 0x80, 0x7f}, false, 0}, /* infinity */
        {{0, 0, 0x80, 0xbf}, false, 0}, /* -1 */
        {{0, 0, 0, 0x5f}, false, 0}, /* 2^63 */
        {{0xff, 0xff, 0xff, 0x5e}, true, 9223371487098961920u}, /* the largest below */
        {{0, 0, 0, 0}, true, 0},
        {{0xff, 0xff, 0x7f, 0x4b}, true, 16777215},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t raw[64];
        struct pacct_record rec;
        memcpy(raw, example, sizeof(raw));
        memcpy(raw + 28, cases[i].bytes, 4);
        CHECK(pacct_record_decode(raw, &dialect, &rec));
        CHECK_EQ(rec.etime_valid, cases[i].valid);
        CHECK_EQ(rec.etime, cases[i].ticks);
    }
}

static void centiseconds(void) {
    CHECK_EQ(pacct_centiseconds(12345, 100), 12345);
    CHECK_EQ(pacct_centiseconds(1024, 1024), 100);
    CHECK_EQ(pacct_centiseconds(1, 1024), 0);
    CHECK_EQ(pacct_centiseconds(6, 1024), 1);
    CHECK_EQ(pacct_centiseconds(UINT64_MAX, 1000), UINT64_MAX / 10 + 1);
}

static uint64_t slow_comp(uint16_t c) {
    return (uint64_t)ldexp(c % 8192, 3 * (c / 8192));
}

static uint64_t slow_etime(const struct sample* s) {
    float ticks;
    switch (s->version) {
        case 3:
            memcpy(&ticks, &s->etime, sizeof(ticks));
            return (uint64_t)ticks;
        case 0:
            return slow_comp((uint16_t)s->etime);
        default:
            return s->etime < 1u << 19 ? s->etime
                                       : (uint64_t)ldexp(1 + s->etime % 524288 / 524288.0, 18 + (int)(s->etime >> 19));
    }
}

static void check_sample(const struct sample* s, const struct pacct_dialect* d) {
    uint8_t raw[64] = {0};
    struct pacct_record rec;
    CHECK_EQ(sample_write(s, raw), pacct_record_length(raw));
    CHECK_EQ(pacct_record_check(raw, d), PACCT_PLAUSIBLE);
    CHECK(pacct_record_decode(raw, d, &rec));
    CHECK_EQ(rec.version, s->version);
    CHECK_EQ(rec.big_endian, s->big);
    CHECK_EQ(rec.flag, s->flag);
    CHECK_EQ(rec.tty, s->tty);
    CHECK_EQ(rec.exitcode, s->exitcode);
    CHECK_EQ(rec.uid, s->version == 0 ? s->uid & 0xffff : s->uid);
    CHECK_EQ(rec.gid, s->version == 0 ? s->gid & 0xffff : s->gid);
    CHECK_EQ(rec.has_pid, s->version == 3);
    CHECK_EQ(rec.pid, s->version == 3 ? s->pid : 0);
    CHECK_EQ(rec.ppid, s->version == 3 ? s->ppid : 0);
    CHECK_EQ(rec.btime, s->btime);
    CHECK(rec.etime_valid);
    CHECK_EQ(rec.etime, slow_etime(s));
    CHECK_EQ(rec.utime, slow_comp(s->utime));
    CHECK_EQ(rec.stime, slow_comp(s->stime));
    CHECK_EQ(rec.mem, slow_comp(s->mem));
    CHECK_EQ(rec.io, slow_comp(s->io));
    CHECK_EQ(rec.rw, slow_comp(s->rw));
    CHECK_EQ(rec.minflt, slow_comp(s->minflt));
    CHECK_EQ(rec.majflt, slow_comp(s->majflt));
    CHECK_EQ(rec.swaps, slow_comp(s->swaps));
    CHECK_EQ(rec.ahz, s->version == 3 ? 100 : s->version == 2 && s->ahz != 0 ? s->ahz : d->ahz);
    CHECK_TEXT(rec.comm, rec.comm_len, s->comm);
    CHECK_EQ(pacct_record_end(&rec), s->btime + rec.etime / rec.ahz);
}

static void every_version(void) {
    uint64_t random = 1;
    for (size_t i = 0; i < SAMPLE_KINDS * 20000; i++) {
        struct sample s = {.version = sample_kinds[i % SAMPLE_KINDS].version,
                           .big = sample_kinds[i % SAMPLE_KINDS].big};
        const struct pacct_dialect d = {.ahz = 1 + (uint32_t)random_below(&random, 2000), .v0_big_endian = s.big};
        sample_random(&random, &s);
        check_sample(&s, &d);
    }
}

/* A name that fills its place, as no kernel leaves it, ends with the place. */
static void unterminated_name(void) {
    for (size_t i = 0; i < SAMPLE_KINDS; i++) {
        struct sample s = {.version = sample_kinds[i].version, .big = sample_kinds[i].big, .btime = 1700000000};
        const struct pacct_dialect d = {.ahz = 100, .v0_big_endian = s.big};
        uint8_t raw[64];
        struct pacct_record rec;
        memset(s.comm, 'x', sizeof(s.comm));
        sample_write(&s, raw);
        CHECK_EQ(pacct_record_check(raw, &d), PACCT_DOUBTFUL);
        CHECK(pacct_record_decode(raw, &d, &rec));
        CHECK_EQ(rec.comm_len, s.version == 3 ? 16 : 17);
    }
}

static void wrong_fields(void) {
    for (size_t i = 0; i < SAMPLE_KINDS; i++) {
        struct sample good = {.version = sample_kinds[i].version, .big = sample_kinds[i].big, .btime = 1700000000};
        const struct pacct_dialect d = {.ahz = 100, .v0_big_endian = good.big};
        uint8_t raw[64];
        for (unsigned wrong = 0; wrong < 16; wrong++) {
            struct sample s = good;
            s.flag = wrong & 1 ? 0x40 : 0;
            s.exitcode = wrong & 2 ? 0x10000 : 0;
            s.btime = wrong & 4 ? 0x1fffffff : s.btime;
            memcpy(s.comm, "a\0b", 4);
            s.comm[2] = wrong & 8 ? 'b' : 0;
            sample_write(&s, raw);
            const int count = __builtin_popcount(wrong);
            CHECK_EQ(pacct_record_check(raw, &d), count == 0   ? PACCT_PLAUSIBLE
                                                  : count == 1 ? PACCT_DOUBTFUL
                                                               : PACCT_IMPOSSIBLE);
        }
        good.btime = 0;
        sample_write(&good, raw);
        CHECK_EQ(pacct_record_check(raw, &d), PACCT_IMPOSSIBLE);
    }
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("every value of every version and byte order") {
        every_version();
    }
    CASE("a name without an end ends with its place") {
        unterminated_name();
    }
    CASE("one wrong field is doubtful, two are impossible") {
        wrong_fields();
    }
    CASE("every comp_t") {
        every_comp_t();
    }
    CASE("every comp2_t") {
        every_comp2_t();
    }
    CASE("the values of an example") {
        example_values();
    }
    CASE("nothing behind a record is read") {
        guard_page();
    }
    CASE("damaged elapsed times") {
        damaged_etime();
    }
    CASE("ticks as hundredths of a second") {
        centiseconds();
    }
    return check_end();
}
