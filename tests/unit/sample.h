/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sample.h
 * @brief Makes records, events and random numbers for tests.
 *
 * The records are laid out by the structures of the kernel's own <linux/acct.h> (versions 2 and 3), and by copies of
 * those of m68k (version 1) and Linux 2.6.7 (version 0), not by the table of the decoder.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "base/attribute.h"
#include "file/record.h"

#include <endian.h>
#include <linux/acct.h>
#include <stddef.h>
#include <string.h>

/** Numbers that look random and are the same in every run (splitmix64). */
UNSIGNED_WRAPS static inline uint64_t random_next(uint64_t* state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/** A number below n. */
static inline uint64_t random_below(uint64_t* state, uint64_t n) {
    return random_next(state) % n;
}

/** What a record is made of; comp_t and the like as they are stored. */
struct sample {
    uint8_t version;
    bool big;
    uint8_t flag;
    uint16_t tty;
    uint32_t exitcode, uid, gid, pid, ppid, btime;
    uint32_t etime; /**< comp_t, comp2_t or the bits of a float */
    uint16_t utime, stime, mem, io, rw, minflt, majflt, swaps, ahz;
    char comm[17];
};

struct sample_v1 {
    char ac_flag, ac_version;
    uint16_t ac_uid16, ac_gid16, ac_tty;
    uint32_t ac_btime;
    comp_t ac_utime, ac_stime, ac_etime, ac_mem, ac_io, ac_rw, ac_minflt, ac_majflt, ac_swaps;
    uint32_t ac_exitcode;
    char ac_comm[ACCT_COMM + 1];
    uint8_t ac_etime_hi;
    uint16_t ac_etime_lo;
    uint32_t ac_uid, ac_gid;
} __attribute__((packed));

struct sample_v0 {
    char ac_flag, ac_pad;
    uint16_t ac_uid16, ac_gid16, ac_tty;
    uint32_t ac_btime;
    comp_t ac_utime, ac_stime, ac_etime, ac_mem, ac_io, ac_rw, ac_minflt, ac_majflt, ac_swaps;
    uint16_t ac_hole;
    uint32_t ac_exitcode;
    char ac_comm[ACCT_COMM + 1];
    char ac_pad2[10];
};

_Static_assert(sizeof(struct acct) == 64 && sizeof(struct acct_v3) == 64, "the kernel's records are 64 bytes");
_Static_assert(sizeof(struct sample_v1) == 62 && sizeof(struct sample_v0) == 64, "as on their machines");

/**
 * Write a record.
 * @param out 64 bytes
 * @return its length
 */
static inline size_t sample_write(const struct sample* s, uint8_t* out) {
    const uint8_t version = (uint8_t)(s->version | (s->big && s->version > 0 ? 0x80 : 0));
#define S16(v) (s->big ? htobe16((uint16_t)(v)) : htole16((uint16_t)(v)))
#define S32(v) (s->big ? htobe32(v) : htole32(v))
#define COMMON(r)                                                                                             \
    (r).ac_flag = (char)s->flag, (r).ac_tty = S16(s->tty), (r).ac_exitcode = S32(s->exitcode),                \
    (r).ac_btime = S32(s->btime), (r).ac_utime = S16(s->utime), (r).ac_stime = S16(s->stime),                 \
    (r).ac_mem = S16(s->mem), (r).ac_io = S16(s->io), (r).ac_rw = S16(s->rw), (r).ac_minflt = S16(s->minflt), \
    (r).ac_majflt = S16(s->majflt), (r).ac_swaps = S16(s->swaps), memcpy((r).ac_comm, s->comm, sizeof((r).ac_comm))
#define IDS16(r) (r).ac_uid16 = S16(s->uid), (r).ac_gid16 = S16(s->gid)
#define LATE(r)                                                                                                   \
    (r).ac_version = (char)version, (r).ac_etime_hi = (uint8_t)(s->etime >> 16), (r).ac_etime_lo = S16(s->etime), \
    (r).ac_uid = S32(s->uid), (r).ac_gid = S32(s->gid)
    if (s->version == 3) {
        struct acct_v3 r = {.ac_version = (char)version};
        COMMON(r);
        const uint32_t etime = S32(s->etime);
        memcpy(&r.ac_etime, &etime, sizeof(etime));
        r.ac_uid = S32(s->uid);
        r.ac_gid = S32(s->gid);
        r.ac_pid = S32(s->pid);
        r.ac_ppid = S32(s->ppid);
        memcpy(out, &r, sizeof(r));
        return sizeof(r);
    }
    if (s->version == 2) {
        struct acct r = {.ac_ahz = S16(s->ahz)};
        COMMON(r);
        IDS16(r);
        LATE(r);
        memcpy(out, &r, sizeof(r));
        return sizeof(r);
    }
    if (s->version == 1) {
        struct sample_v1 r = {0};
        COMMON(r);
        IDS16(r);
        LATE(r);
        memcpy(out, &r, sizeof(r));
        return sizeof(r);
    }
    struct sample_v0 r = {0};
    COMMON(r);
    IDS16(r);
    r.ac_etime = S16(s->etime);
    memcpy(out, &r, sizeof(r));
    return sizeof(r);
#undef COMMON
#undef IDS16
#undef LATE
#undef S16
#undef S32
}

/** Fill in what a kernel might write, but for version and byte order. The name is 0 to 15 bytes of any value. */
static inline void sample_random(uint64_t* state, struct sample* s) {
    static const uint16_t statuses[] = {0, 0, 256, 512, 65280, 9, 11, 15, 134, 139, 64};
    static const uint16_t ttys[] = {0, 0, 0x8800, 0x8805, 0x8fff, 0x0441, 0x0501, 0x0401, 0xe500, 0xbc00};
    s->flag = (uint8_t)random_below(state, 0x40);
    s->tty = ttys[random_below(state, sizeof(ttys) / sizeof(ttys[0]))];
    s->exitcode = statuses[random_below(state, sizeof(statuses) / sizeof(statuses[0]))];
    s->uid = (uint32_t)(random_below(state, 2) ? random_next(state) : random_below(state, 3));
    s->gid = (uint32_t)(random_below(state, 2) ? random_next(state) : random_below(state, 3));
    s->pid = (uint32_t)random_below(state, 4194304);
    s->ppid = (uint32_t)random_below(state, 4194304);
    s->btime = 0x20000000u + (uint32_t)random_below(state, 0xe0000000u);
    s->etime = (uint32_t)random_next(state) & (s->version == 0 ? 0xffffu : 0xffffffu);
    if (s->version == 3) {
        const float ticks = (float)(random_next(state) >> (2 + random_below(state, 62)));
        memcpy(&s->etime, &ticks, sizeof(ticks));
    }
    uint16_t* const comps[] = {&s->utime, &s->stime, &s->mem, &s->io, &s->rw, &s->minflt, &s->majflt, &s->swaps};
    for (size_t i = 0; i < sizeof(comps) / sizeof(comps[0]); i++) {
        *comps[i] = (uint16_t)(random_next(state) >> random_below(state, 64));
    }
    s->ahz = (uint16_t)(random_below(state, 3) == 0 ? 0 : 1 + random_below(state, 0xffff));
    memset(s->comm, 0, sizeof(s->comm));
    for (size_t i = 0, len = random_below(state, 16); i < len; i++) {
        s->comm[i] = (char)(1 + random_below(state, random_below(state, 2) ? 255 : 127));
    }
}

/** The seven pairs of version and byte order that records say themselves, and version 0 of the other order. */
static const struct {
    uint8_t version;
    bool big;
} sample_kinds[] = {{3, false}, {3, true}, {2, false}, {2, true}, {1, false}, {1, true}, {0, false}, {0, true}};
#define SAMPLE_KINDS (sizeof(sample_kinds) / sizeof(sample_kinds[0]))

#endif
