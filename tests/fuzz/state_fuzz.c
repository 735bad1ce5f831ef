/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: no content of a state file is believed unless it could have been stored.
 * Invariant: what decodes encodes to a text that decodes to the same; a refusal leaves the position untouched. The
 * first byte chooses: 0 the rest is a file; 1 the same, and the checksum is made right, so that what lies behind it is
 * reached; 2 the rest is a position, and the start of a hole and of sums, which have to survive.
 * Oracle: the round trip. */
#include "config.h"

#include "check.h"
#include "file/state.h"

#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static void same(const struct pacct_position* a, const struct pacct_position* b) {
    CHECK(a->dev == b->dev && a->ino == b->ino && a->offset == b->offset && a->until == b->until);
    CHECK(a->head_len == b->head_len && memcmp(a->head, b->head, a->head_len) == 0);
    CHECK(memcmp(a->before, b->before, pacct_position_mark_len(a)) == 0);
}

static void survives(const struct pacct_state* state) {
    char text[PACCT_STATE_MAX];
    struct pacct_state again;
    const size_t len = pacct_state_encode(state, text);
    CHECK(len <= PACCT_STATE_MAX);
    CHECK(pacct_state_decode(text, len, &again) == PACCT_STATE_OK);
    same(&state->pos, &again.pos);
    CHECK(state->holes == again.holes);
    for (unsigned i = 0; i < state->holes; i++) {
        same(&state->hole[i].start, &again.hole[i].start);
        CHECK(state->hole[i].records == again.hole[i].records && state->hole[i].held == again.hole[i].held);
    }
    CHECK(state->sums.any == again.sums.any && state->sums.records == again.sums.records);
    CHECK(state->sums.skip == again.sums.skip);
    CHECK(memcmp(state->sums.number, again.sums.number, sizeof(again.sums.number)) == 0);
    same(&state->sums.start, &again.sums.start);
}

/* Any position that a follower may have: numbers of 63 bits, a head that is at least as long as what was read. */
static void make(const uint8_t* data, size_t size, struct pacct_position* pos) {
    memset(pos, 0, sizeof(*pos));
    memcpy(pos, data, size < sizeof(*pos) ? size : sizeof(*pos));
    pos->dev &= INT64_MAX;
    pos->ino &= INT64_MAX;
    pos->offset &= INT64_MAX;
    pos->until &= INT64_MAX;
    const uint32_t mark = pacct_position_mark_len(pos);
    pos->head_len = mark + pos->head_len % (PACCT_MARK_LEN - mark + 1);
}

static void made_of(const uint8_t* data, size_t size) {
    struct pacct_state state;
    memset(&state, 0, sizeof(state));
    make(data, size, &state.pos);
    if (size > sizeof(state.pos)) {
        state.holes = 1;
        state.hole[0].records = size;
        make(data + sizeof(state.pos), size - sizeof(state.pos), &state.hole[0].start);
        state.sums.any = size % 2 == 0;
        if (state.sums.any) {
            state.sums.records = size;
            state.sums.skip = state.pos.offset;
            state.sums.number[PACCT_STATE_NUMBERS - 1] = state.pos.until;
            state.sums.start = state.hole[0].start;
        }
    }
    survives(&state);
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    char text[PACCT_STATE_MAX + 16];
    struct pacct_state state, untouched;
    if (size < 1) {
        return 0;
    }
    if (data[0] % 3 == 2) {
        made_of(data + 1, size - 1);
        return 0;
    }
    size_t len = size - 1 < PACCT_STATE_MAX ? size - 1 : PACCT_STATE_MAX;
    memcpy(text, data + 1, len);
    if (data[0] % 3 == 1 && len + 9 <= PACCT_STATE_MAX) {
        char crc[16];
        snprintf(crc, sizeof(crc), "%08lx\n", crc32(0, (const Bytef*)text, (uInt)len));
        memcpy(text + len, crc, 9);
        len += 9;
    }
    memset(&state, 0x5a, sizeof(state));
    untouched = state;
    if (pacct_state_decode(text, len, &state) != PACCT_STATE_OK) {
        CHECK(memcmp(&state, &untouched, sizeof(state)) == 0);
        return 0;
    }
    survives(&state);
    return 0;
}
