/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/id.c
 * @brief The stable id of a record.
 *
 * Algorithm: SHA-256 from libgcrypt, which rsyslog's own packages bring along.
 * Concurrency and locking: pure after pacct_id_init().
 * Failure model: none; hashing a buffer cannot fail.
 */
#include "config.h"

#include "event/id.h"
#include "base/fmt.h"
#include "file/record.h"

#include <gcrypt.h>
#include <string.h>

#define ID_BYTES (PACCT_ID_LEN / 2)
#define SHA256_BYTES 32

void pacct_id_init(void) {
    gcry_check_version(NULL);
}

void pacct_id_make(const char* host, size_t host_len, const uint8_t* raw, size_t raw_len, char* out) {
    uint8_t input[PACCT_ID_HOST_MAX + PACCT_RECORD_MAX];
    uint8_t digest[SHA256_BYTES];
    memcpy(input, host, host_len);
    memcpy(input + host_len, raw, raw_len);
    gcry_md_hash_buffer(GCRY_MD_SHA256, digest, input, host_len + raw_len);
    pacct_write_hex(out, digest, ID_BYTES);
}

void pacct_id_of_parts(const struct pacct_id_part* parts, size_t count, char* out) {
    uint8_t digest[SHA256_BYTES];
    gcry_buffer_t buffers[PACCT_ID_PARTS] = {0};
    for (size_t i = 0; i < count; i++) {
        buffers[i].data = (void*)(uintptr_t)parts[i].p; /* libgcrypt only reads it */
        buffers[i].size = buffers[i].len = parts[i].len;
    }
    gcry_md_hash_buffers(GCRY_MD_SHA256, 0, digest, buffers, (int)count);
    pacct_write_hex(out, digest, ID_BYTES);
}
