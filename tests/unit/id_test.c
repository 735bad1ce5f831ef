/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: the id of a record is what the documents tell anybody to compute.
 * Invariant: it depends on the host's identity and every byte of the record, and on nothing else.
 * Oracle: sha256sum(1): (printf HOST; printf 64 bytes of 00 01 02 ...) | sha256sum | cut -c1-32. */
#include "config.h"

#include "check.h"
#include "event/id.h"

int main(int argc, char** argv) {
    static const char host[] = "0123456789abcdef0123456789abcdef";
    uint8_t raw[64];
    char id[PACCT_ID_LEN], other[PACCT_ID_LEN];
    for (size_t i = 0; i < sizeof(raw); i++) {
        raw[i] = (uint8_t)i;
    }
    pacct_id_init();
    check_begin(argc, argv);
    CASE("known ids") {
        pacct_id_make(host, strlen(host), raw, sizeof(raw), id);
        CHECK_TEXT(id, PACCT_ID_LEN, "8f236b71f35337feaf7bf175079a8065");
        pacct_id_make(host, strlen(host), raw, 62, id);
        CHECK_TEXT(id, PACCT_ID_LEN, "55eafbd651baa1c63bb4caf65d8d06a5");
        pacct_id_make("", 0, raw, sizeof(raw), id);
        CHECK_TEXT(id, PACCT_ID_LEN, "fdeab9acf3710362bd2658cdc9a29e8f");
    }
    CASE("each bit of a record changes it") {
        pacct_id_make("", 0, raw, sizeof(raw), id);
        for (size_t bit = 0; bit < 8 * sizeof(raw); bit++) {
            raw[bit / 8] ^= (uint8_t)(1u << bit % 8);
            pacct_id_make("", 0, raw, sizeof(raw), other);
            CHECK(memcmp(id, other, sizeof(id)) != 0);
            raw[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    return check_end();
}
