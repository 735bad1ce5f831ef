/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/id.h
 * @brief The stable id of a record.
 *
 * The id is the first 16 bytes of SHA-256 over the host's identity followed by
 * the bytes of the record as the kernel wrote them, in hexadecimal. It is the
 * same whenever and from whichever copy of the file a record is read, and
 * anybody can compute it:
 *
 *     (cat /etc/machine-id | tr -d '\n'; head -c 64 pacct) | sha256sum | cut -c1-32
 *
 * A cryptographic hash, because a process chooses 15 bytes of its record: with
 * a weaker one it could aim at the id of another record and so make a store
 * that keeps one document per id drop one of the two.
 *
 * Two records with the same bytes have the same id. In version 3 that takes
 * the same process id in the same second with the same everything; versions 0
 * to 2 have no process id, and short processes of one program can be equal.
 */
#ifndef PACCT_ID_H
#define PACCT_ID_H

#include <stddef.h>
#include <stdint.h>

/** Length of an id in characters. */
#define PACCT_ID_LEN 32u

/** Longest identity of a host. */
#define PACCT_ID_HOST_MAX 256u

/** Prepare the library behind it. Call it before the first pacct_id_make(), once. */
void pacct_id_init(void);

/**
 * @param host identity of the host, host_len bytes, at most PACCT_ID_HOST_MAX
 * @param raw the record, or what else is one of its kind on the host, raw_len bytes, at most PACCT_RECORD_MAX
 * @param out PACCT_ID_LEN characters, not terminated
 */
void pacct_id_make(const char* host, size_t host_len, const uint8_t* raw, size_t raw_len, char* out);

/** Bytes to be hashed. */
struct pacct_id_part {
    const void* p;
    size_t len;
};

/** Most parts that pacct_id_of_parts() takes. */
#define PACCT_ID_PARTS 8u

/**
 * An id of the same form for what is no record: of all parts in a row.
 *
 * @param parts count of them, at most PACCT_ID_PARTS
 * @param out as above
 */
void pacct_id_of_parts(const struct pacct_id_part* parts, size_t count, char* out);

#endif
