/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/bpf.h
 * @brief What all who have a BPF program need: to say why it cannot be had, and to read its ring.
 */
#ifndef PACCT_BPF_H
#define PACCT_BPF_H

#include <stdbool.h>
#include <stddef.h>

/** Size of the sentence that says why a program cannot be had. */
#define PACCT_BPF_REASON_MAX 640

/** What is missing that can be seen before anything is loaded; NULL: nothing */
const char* pacct_bpf_missing(void);

/** Do what loads a program; what the kernel's verifier says of it is kept. Returns NULL, or which step failed, with
 * errno. */
typedef const char* pacct_bpf_start(void* context);

/**
 * Start a program.
 *
 * @param reason set on failure: what was missing, and what would help
 */
bool pacct_bpf_try(pacct_bpf_start* start, void* context, char reason[PACCT_BPF_REASON_MAX]);

/** A ring that the kernel writes into. All zero: none */
struct pacct_bpf_ring {
    unsigned long* consumer; /**< position, written by us */
    const unsigned long* producer; /**< position, written by the kernel; one page on is the ring, twice: what goes on at
                                    * its beginning lies in one piece */
    size_t page, size;
};

/** Map the ring of a map's descriptor. Returns whether it could, with errno. */
bool pacct_bpf_ring_map(struct pacct_bpf_ring* ring, int fd, size_t size);

void pacct_bpf_ring_unmap(struct pacct_bpf_ring* ring);

/** Where what is reserved next will lie. */
unsigned long pacct_bpf_ring_end(const struct pacct_bpf_ring* ring);

/**
 * The next that was written, waiting until it is whole.
 *
 * @param at where to look; moved behind it
 * @param end where to stop, at most pacct_bpf_ring_end()
 * @return NULL: there is none before the end; else it is valid until its place is freed
 */
const void* pacct_bpf_ring_next(const struct pacct_bpf_ring* ring, unsigned long* at, unsigned long end, size_t* size);

/** What lies before a place may be written over. */
void pacct_bpf_ring_free(const struct pacct_bpf_ring* ring, unsigned long until);

/** Called with what was written at once; valid during the call. */
typedef void pacct_bpf_ring_take(void* context, const void* data, size_t size);

/** Take out all that was reserved before the call, waiting for what is still being written. Returns how many. */
size_t pacct_bpf_ring_drain(const struct pacct_bpf_ring* ring, pacct_bpf_ring_take* take, void* context);

#endif
