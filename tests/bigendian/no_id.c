/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for event/id.c where there is no libgcrypt; what is built with it asks for no ids. */
#include "config.h"

#include "event/id.h"

#include <stdlib.h>

void pacct_id_init(void) {
    abort();
}

void pacct_id_make(const char* host, size_t host_len, const uint8_t* raw, size_t raw_len, char* out) {
    (void)host, (void)host_len, (void)raw, (void)raw_len, (void)out;
    abort();
}

void pacct_id_of_parts(const struct pacct_id_part* parts, size_t count, char* out) {
    (void)parts, (void)count, (void)out;
    abort();
}
