/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: a stored position is believed only if it is exactly what was stored.
 * Invariant: what was encoded decodes to the same; every strict prefix, every flipped bit and everything that is not
 * ours is refused and leaves the caller's position untouched.
 * Oracle: random positions; texts made by hand with a checksum computed bit by bit. */
#include "config.h"

#include "check.h"
#include "file/state.h"
#include "sample.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[128];

static void random_position(uint64_t* random, struct pacct_position* pos) {
    memset(pos, 0, sizeof(*pos));
    pos->dev = random_next(random) >> (1 + random_below(random, 63));
    pos->ino = random_next(random) >> (1 + random_below(random, 63));
    pos->offset =
        random_below(random, 3) == 0 ? random_below(random, 70) : random_next(random) >> (1 + random_below(random, 63));
    pos->until = random_below(random, UINT32_MAX);
    const uint32_t mark = pacct_position_mark_len(pos);
    pos->head_len = mark + (uint32_t)random_below(random, PACCT_MARK_LEN - mark + 1);
    for (uint32_t i = 0; i < pos->head_len; i++) {
        pos->head[i] = (uint8_t)random_next(random);
    }
    for (uint32_t i = 0; i < mark; i++) {
        pos->before[i] = (uint8_t)random_next(random);
    }
}

static void random_sums(uint64_t* random, struct pacct_sums* sums) {
    sums->any = true;
    sums->records = random_below(random, 2) == 0 ? 0 : 1 + (random_next(random) >> (2 + random_below(random, 62)));
    sums->skip = random_next(random) >> (1 + random_below(random, 63));
    if (sums->records > 0) {
        random_position(random, &sums->start);
    }
    for (unsigned i = 0; i < PACCT_STATE_NUMBERS; i++) {
        sums->number[i] = random_next(random) >> (1 + random_below(random, 63));
    }
}

static void random_state(uint64_t* random, unsigned holes, struct pacct_state* state) {
    memset(state, 0, sizeof(*state));
    random_position(random, &state->pos);
    state->holes = holes;
    for (unsigned i = 0; i < holes; i++) {
        random_position(random, &state->hole[i].start);
        state->hole[i].records = 1 + (random_next(random) >> (2 + random_below(random, 62)));
        state->hole[i].held = random_next(random) >> (1 + random_below(random, 63));
    }
    if (random_below(random, 3) == 0) {
        random_sums(random, &state->sums);
    }
}

static void refused(const char* text, size_t len, enum pacct_state_result expected) {
    struct pacct_state state, untouched;
    memset(&state, 0x5a, sizeof(state));
    untouched = state;
    CHECK_EQ(pacct_state_decode(text, len, &state), expected);
    CHECK(memcmp(&state, &untouched, sizeof(state)) == 0);
}

static void round_trips(void) {
    uint64_t random = 17;
    for (int i = 0; i < 20000; i++) {
        struct pacct_state state, back;
        char text[PACCT_STATE_MAX];
        random_state(&random, i % 4 == 0 ? (unsigned)random_below(&random, PACCT_STATE_HOLES + 1) : 0, &state);
        memset(&back, 0x5a, sizeof(back));
        const size_t len = pacct_state_encode(&state, text);
        CHECK(len <= PACCT_STATE_MAX);
        CHECK(memcmp(text,
                     state.sums.any    ? "{\"format\":3,"
                     : state.holes > 0 ? "{\"format\":2,"
                                       : "{\"format\":1,",
                     12) == 0);
        CHECK_EQ(pacct_state_decode(text, len, &back), PACCT_STATE_OK);
        CHECK(memcmp(&state, &back, sizeof(state)) == 0);
    }
}

static void damage(void) {
    uint64_t random = 19;
    for (int i = 0; i < 20; i++) {
        struct pacct_state state;
        char text[PACCT_STATE_MAX + 1];
        random_state(&random, i % 4 == 0, &state);
        const size_t len = pacct_state_encode(&state, text);
        for (size_t prefix = 0; prefix < len; prefix++) {
            refused(text, prefix, PACCT_STATE_DAMAGED);
        }
        for (size_t bit = 0; bit < 8 * len; bit++) {
            text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
            refused(text, len, PACCT_STATE_DAMAGED);
            text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        }
        text[len] = '\n';
        refused(text, len + 1, PACCT_STATE_DAMAGED);
    }
}

/* CRC-32 as in IEEE 802.3 */
static uint32_t slow_crc(const char* text, size_t len) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < 8 * len; i++) {
        const uint32_t bit = (crc ^ (uint32_t)((unsigned char)text[i / 8] >> i % 8)) & 1;
        crc = crc >> 1 ^ (bit ? 0xedb88320u : 0);
    }
    return ~crc;
}

/* A line as a state file: with its checksum behind it. */
static size_t sign(const char* line, char* text) {
    const int len = snprintf(text, PACCT_STATE_MAX, "%s\n", line);
    return (size_t)len +
           (size_t)snprintf(text + len, PACCT_STATE_MAX - (size_t)len, "%08" PRIx32 "\n", slow_crc(text, (size_t)len));
}

#define POSITION_2 "{\"format\":2,\"dev\":1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":\"00\",\"before\":\"ff\""
#define HOLE_START "\"dev\":3,\"ino\":4,\"offset\":0,\"until\":5,\"head\":\"\",\"before\":\"\""

#define POSITION_3 "{\"format\":3,\"dev\":1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":\"00\",\"before\":\"ff\""
#define NUMBERS "\"numbers\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28"

/* More holes than there may be. */
static void too_many(void) {
    char line[PACCT_STATE_MAX], text[PACCT_STATE_MAX];
    struct pacct_state state;
    for (unsigned count = PACCT_STATE_HOLES; count <= PACCT_STATE_HOLES + 1; count++) {
        size_t len = (size_t)snprintf(line, sizeof(line), POSITION_2 ",\"holes\":[");
        for (unsigned i = 0; i < count; i++) {
            len += (size_t)snprintf(line + len, sizeof(line) - len, "%s{\"records\":7,\"held\":3," HOLE_START "}",
                                    i > 0 ? "," : "");
        }
        snprintf(line + len, sizeof(line) - len, "]}");
        len = sign(line, text);
        CHECK_EQ(pacct_state_decode(text, len, &state),
                 count == PACCT_STATE_HOLES ? PACCT_STATE_OK : PACCT_STATE_DAMAGED);
    }
}

static void foreign_contents(void) {
    static const struct {
        const char* line;
        enum pacct_state_result result;
    } cases[] = {
        {"{\"format\":1,\"dev\":1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":\"00\",\"before\":\"ff\"}",
         PACCT_STATE_OK},
        {"{\"format\":4}", PACCT_STATE_NEWER},
        {"{\"format\":99,\"offset\":\"elsewhere\"}", PACCT_STATE_NEWER},
        {"{\"format\":\"1\",\"dev\":1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":\"00\",\"before\":\"ff\"}",
         PACCT_STATE_DAMAGED},
        {"{\"dev\":1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":\"00\",\"before\":\"ff\"}", PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":1,\"ino\":2,\"offset\":1,\"head\":\"00\",\"before\":\"ff\"}", PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":\"00\",\"before\":\"ff\"}", PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":1,\"offset\":1,\"until\":9,\"head\":\"00\",\"before\":\"ff\"}", PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":1,\"ino\":2,\"until\":9,\"head\":\"00\",\"before\":\"ff\"}", PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":1,\"ino\":2,\"offset\":1,\"until\":9,\"before\":\"ff\"}", PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":\"00\"}", PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":1,\"ino\":2,\"offset\":\"1\",\"until\":9,\"head\":\"00\",\"before\":\"ff\"}",
         PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":1,\"ino\":2,\"offset\":1.5,\"until\":9,\"head\":\"00\",\"before\":\"ff\"}",
         PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":1,\"ino\":2,\"offset\":-1,\"until\":9,\"head\":\"00\",\"before\":\"ff\"}",
         PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":-1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":\"00\",\"before\":\"ff\"}",
         PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":1,\"ino\":2,\"offset\":2,\"until\":9,\"head\":\"00\",\"before\":\"ff\"}",
         PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":0,\"before\":\"ff\"}",
         PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":\"0\",\"before\":\"ff\"}",
         PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":\"0g\",\"before\":\"ff\"}",
         PACCT_STATE_DAMAGED},
        {"{\"format\":1,\"dev\":1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":\" 0\",\"before\":\"ff\"}",
         PACCT_STATE_DAMAGED},
        {"{\"format\":-1,\"dev\":1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":\"00\",\"before\":\"ff\"}",
         PACCT_STATE_DAMAGED},
        {"{\"format\":0,\"dev\":1,\"ino\":2,\"offset\":1,\"until\":9,\"head\":\"00\",\"before\":\"ff\"}",
         PACCT_STATE_DAMAGED},
        {POSITION_2 ",\"holes\":[{\"records\":7,\"held\":3," HOLE_START "}]}", PACCT_STATE_OK},
        {POSITION_2 "}", PACCT_STATE_DAMAGED},
        {POSITION_2 ",\"holes\":[]}", PACCT_STATE_DAMAGED},
        {POSITION_2 ",\"holes\":{}}", PACCT_STATE_DAMAGED},
        {POSITION_2 ",\"holes\":[7]}", PACCT_STATE_DAMAGED},
        {POSITION_2 ",\"holes\":[{\"records\":0,\"held\":0," HOLE_START "}]}", PACCT_STATE_DAMAGED},
        {POSITION_2 ",\"holes\":[{\"held\":3," HOLE_START "}]}", PACCT_STATE_DAMAGED},
        {POSITION_2 ",\"holes\":[{\"records\":7," HOLE_START "}]}", PACCT_STATE_DAMAGED},
        {POSITION_2 ",\"holes\":[{\"records\":7,\"held\":3,\"dev\":1}]}", PACCT_STATE_DAMAGED},
        {POSITION_3 ",\"sums\":{\"records\":0,\"skip\":3," NUMBERS ",29]}}", PACCT_STATE_OK},
        {POSITION_3 ",\"sums\":{\"records\":7,\"skip\":3," NUMBERS ",29]," HOLE_START "}}", PACCT_STATE_OK},
        {POSITION_3 "}", PACCT_STATE_DAMAGED},
        {POSITION_3 ",\"sums\":7}", PACCT_STATE_DAMAGED},
        {POSITION_3 ",\"sums\":{\"records\":7,\"skip\":3," NUMBERS ",29]}}", PACCT_STATE_DAMAGED},
        {POSITION_3 ",\"sums\":{\"records\":0,\"skip\":3," NUMBERS "]}}", PACCT_STATE_DAMAGED},
        {POSITION_3 ",\"sums\":{\"records\":0,\"skip\":3," NUMBERS ",29,30]}}", PACCT_STATE_DAMAGED},
        {POSITION_3 ",\"sums\":{\"records\":0,\"skip\":3," NUMBERS ",-1]}}", PACCT_STATE_DAMAGED},
        {POSITION_3 ",\"sums\":{\"records\":0,\"skip\":3," NUMBERS ",\"29\"]}}", PACCT_STATE_DAMAGED},
        {POSITION_3 ",\"sums\":{\"records\":0," NUMBERS ",29]}}", PACCT_STATE_DAMAGED},
        {POSITION_3 ",\"sums\":{\"skip\":0," NUMBERS ",29]}}", PACCT_STATE_DAMAGED},
        {POSITION_3 ",\"sums\":{\"records\":0,\"skip\":3}}", PACCT_STATE_DAMAGED},
        {POSITION_3 ",\"sums\":{\"records\":0,\"skip\":3," NUMBERS ",29]},\"holes\":7}", PACCT_STATE_DAMAGED},
        {"[1]", PACCT_STATE_DAMAGED},
        {"1", PACCT_STATE_DAMAGED},
        {"null", PACCT_STATE_DAMAGED},
        {"", PACCT_STATE_DAMAGED},
        {"{", PACCT_STATE_DAMAGED},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[PACCT_STATE_MAX];
        struct pacct_state state;
        const size_t len = sign(cases[i].line, text);
        if (cases[i].result == PACCT_STATE_OK) {
            CHECK_EQ(pacct_state_decode(text, len, &state), PACCT_STATE_OK);
            CHECK_EQ(state.pos.dev, 1);
            CHECK_EQ(state.pos.ino, 2);
            CHECK_EQ(state.pos.offset, 1);
            CHECK_EQ(state.pos.before[0], 0xff);
            CHECK(state.holes == 0 || (state.hole[0].records == 7 && state.hole[0].held == 3));
            CHECK(state.holes == 0 || (state.hole[0].start.ino == 4 && state.hole[0].start.until == 5));
        } else {
            refused(text, len, cases[i].result);
        }
    }
}

static void loads(enum pacct_state_result expected) {
    struct pacct_state state, untouched;
    memset(&state, 0x5a, sizeof(state));
    untouched = state;
    CHECK_EQ(pacct_state_load(path, &state), expected);
    CHECK(expected == PACCT_STATE_OK || memcmp(&state, &untouched, sizeof(state)) == 0);
}

static void put(const char* text, size_t len) {
    unlink(path);
    FILE* const f = fopen(path, "w");
    CHECK(f != NULL);
    CHECK(fwrite(text, 1, len, f) == len);
    CHECK(fclose(f) == 0);
}

static void files(void) {
    uint64_t random = 23;
    struct pacct_state state;
    struct stat st;
    char text[PACCT_STATE_MAX], other[192], garbage[2 * PACCT_STATE_MAX];
    const char* call;
    snprintf(path, sizeof(path), "%s/state", check_dir);
    random_state(&random, 2, &state);
    const size_t len = pacct_state_encode(&state, text);
    loads(PACCT_STATE_NONE);

    umask(0);
    CHECK_EQ(pacct_state_store(path, &state, &call), 0);
    loads(PACCT_STATE_OK);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    umask(022);

    put(text, len);
    loads(PACCT_STATE_OK);
    CHECK(chmod(path, 0660) == 0);
    loads(PACCT_STATE_FOREIGN);
    CHECK(chmod(path, 0602) == 0);
    loads(PACCT_STATE_FOREIGN);
    CHECK(chmod(path, 0644) == 0);
    loads(PACCT_STATE_OK);
    if (geteuid() == 0) {
        CHECK(chown(path, 12345, 0) == 0);
        loads(PACCT_STATE_FOREIGN);
    }
    for (size_t prefix = 0; prefix < len; prefix += 7) {
        put(text, prefix);
        loads(PACCT_STATE_DAMAGED);
    }
    memset(garbage, 'x', sizeof(garbage));
    put(garbage, sizeof(garbage));
    loads(PACCT_STATE_DAMAGED);
    memcpy(garbage, text, len);
    put(garbage, sizeof(garbage)); /* a state with something behind it */
    loads(PACCT_STATE_DAMAGED);

    snprintf(other, sizeof(other), "%s.other", path);
    put(text, len);
    CHECK(rename(path, other) == 0);
    CHECK(symlink(other, path) == 0);
    loads(PACCT_STATE_FOREIGN);
    /* storing replaces the link, and leaves alone what it led to */
    CHECK(truncate(other, 3) == 0);
    CHECK_EQ(pacct_state_store(path, &state, &call), 0);
    CHECK(lstat(path, &st) == 0 && S_ISREG(st.st_mode));
    CHECK(stat(other, &st) == 0 && st.st_size == 3);
    loads(PACCT_STATE_OK);
    CHECK(unlink(other) == 0 && unlink(path) == 0);

    CHECK(mkfifo(path, 0600) == 0);
    loads(PACCT_STATE_FOREIGN); /* and does not wait for a writer */
    CHECK(unlink(path) == 0);
    CHECK(mkdir(path, 0700) == 0);
    loads(PACCT_STATE_FOREIGN);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("what was encoded decodes to the same") {
        round_trips();
    }
    CASE("every prefix and every flipped bit is refused") {
        damage();
    }
    CASE("what is not ours is refused") {
        foreign_contents();
    }
    CASE("not more holes than there may be") {
        too_many();
    }
    CASE("as a file") {
        files();
    }
    return check_end();
}
