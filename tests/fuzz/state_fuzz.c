/* Intent: no content of a state file is believed unless it could have been stored.
 * Invariant: what decodes encodes to a text that decodes to the same; a refusal leaves the position untouched. The first
 * byte chooses: 0 the rest is a file; 1 the same, and the checksum is made right, so that what lies behind it is
 * reached; 2 the rest is a position, which has to survive.
 * Oracle: the round trip. */
#include "config.h"

#include "check.h"
#include "pacct_state.h"

#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static void survives(const struct pacct_position* pos) {
    char text[PACCT_STATE_MAX];
    struct pacct_position again;
    const size_t len = pacct_state_encode(pos, text);
    CHECK(len <= PACCT_STATE_MAX);
    CHECK(pacct_state_decode(text, len, &again) == PACCT_STATE_OK);
    CHECK(pos->dev == again.dev && pos->ino == again.ino && pos->offset == again.offset && pos->until == again.until);
    CHECK(pos->head_len == again.head_len && memcmp(pos->head, again.head, pos->head_len) == 0);
    CHECK(memcmp(pos->before, again.before, pacct_position_mark_len(pos)) == 0);
}

/* Any position that a follower may have: numbers of 63 bits, a head that is at least as long as what was read. */
static void made_of(const uint8_t* data, size_t size) {
    struct pacct_position pos;
    memset(&pos, 0, sizeof(pos));
    memcpy(&pos, data, size < sizeof(pos) ? size : sizeof(pos));
    pos.dev &= INT64_MAX;
    pos.ino &= INT64_MAX;
    pos.offset &= INT64_MAX;
    pos.until &= INT64_MAX;
    const uint32_t mark = pacct_position_mark_len(&pos);
    pos.head_len = mark + pos.head_len % (PACCT_MARK_LEN - mark + 1);
    survives(&pos);
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    char text[PACCT_STATE_MAX + 16];
    struct pacct_position pos, untouched;
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
    memset(&pos, 0x5a, sizeof(pos));
    untouched = pos;
    if (pacct_state_decode(text, len, &pos) != PACCT_STATE_OK) {
        CHECK(memcmp(&pos, &untouched, sizeof(pos)) == 0);
        return 0;
    }
    survives(&pos);
    return 0;
}
