/* Intent: no content of a state file is believed unless it could have been stored.
 * Invariant: what decodes encodes to a text that decodes to the same; a refusal leaves the position untouched. With the
 * first byte odd the checksum is made right, so that what lies behind it is reached.
 * Oracle: the round trip. */
#include "config.h"

#include "check.h"
#include "pacct_state.h"

#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    char text[PACCT_STATE_MAX + 16];
    struct pacct_position pos, again, untouched;
    if (size < 1) {
        return 0;
    }
    size_t len = size - 1 < PACCT_STATE_MAX ? size - 1 : PACCT_STATE_MAX;
    memcpy(text, data + 1, len);
    if (data[0] % 2 == 1 && len + 9 <= PACCT_STATE_MAX) {
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
    len = pacct_state_encode(&pos, text);
    CHECK(len <= PACCT_STATE_MAX);
    CHECK(pacct_state_decode(text, len, &again) == PACCT_STATE_OK);
    CHECK(memcmp(&pos, &again, sizeof(pos)) == 0);
    return 0;
}
