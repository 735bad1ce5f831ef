/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/record.c
 * @brief Decoder of Linux process accounting records.
 *
 * Algorithm: one layout row per version holds the offsets; one inline decoder
 * reads through a row and a byte order. It is instantiated with constants for
 * every pair, so the compiler folds offsets and swaps away: there is a single
 * source for all versions and no per-field branch at run time.
 *
 * Concurrency and locking: pure functions.
 *
 * Failure model: the input is untrusted. Nothing is read beyond
 * pacct_record_length() bytes, and no value is an error but the version.
 */
#include "config.h"

#include "file/record.h"
#include "base/attribute.h"

#include <endian.h>
#include <string.h>

#define VERSION_MASK 0x7fu
#define VERSION_BIG_ENDIAN 0x80u
#define VERSION_NEWEST 3u

/* btime of the oldest record that can exist: process accounting came with Linux 2.1.68 (December 1997); with a
 * margin for clocks that were never set */
#define BTIME_MIN 0x20000000u

/* a wait status has 16 bits */
#define EXITCODE_MAX 0xffffu

enum { NONE = 0xff }; /* the layout has no such field */

struct layout {
    uint8_t length;
    uint8_t tty, exitcode, uid, gid, uid16, gid16, pid, ppid, btime, etime;
    uint8_t utime, stime, mem, io, rw, minflt, majflt, swaps;
    uint8_t ahz, comm, comm_size;
    enum { ETIME_COMP, ETIME_COMP2, ETIME_FLOAT } etime_kind;
};

static const struct layout layouts[VERSION_NEWEST + 1] = {
    [0] = {.length = PACCT_RECORD_MAX,
           .uid16 = 2,
           .gid16 = 4,
           .tty = 6,
           .btime = 8,
           .utime = 12,
           .stime = 14,
           .etime = 16,
           .etime_kind = ETIME_COMP,
           .mem = 18,
           .io = 20,
           .rw = 22,
           .minflt = 24,
           .majflt = 26,
           .swaps = 28,
           .exitcode = 32,
           .comm = 36,
           .comm_size = 17,
           .ahz = NONE,
           .uid = NONE,
           .gid = NONE,
           .pid = NONE,
           .ppid = NONE},
    [1] = {.length = PACCT_RECORD_MIN,
           .uid16 = 2,
           .gid16 = 4,
           .tty = 6,
           .btime = 8,
           .utime = 12,
           .stime = 14,
           .etime = 51,
           .etime_kind = ETIME_COMP2,
           .mem = 18,
           .io = 20,
           .rw = 22,
           .minflt = 24,
           .majflt = 26,
           .swaps = 28,
           .exitcode = 30,
           .comm = 34,
           .comm_size = 17,
           .ahz = NONE,
           .uid = 54,
           .gid = 58,
           .pid = NONE,
           .ppid = NONE},
    [2] = {.length = PACCT_RECORD_MAX,
           .uid16 = 2,
           .gid16 = 4,
           .tty = 6,
           .btime = 8,
           .utime = 12,
           .stime = 14,
           .etime = 53,
           .etime_kind = ETIME_COMP2,
           .mem = 18,
           .io = 20,
           .rw = 22,
           .minflt = 24,
           .majflt = 26,
           .swaps = 28,
           .ahz = 30,
           .exitcode = 32,
           .comm = 36,
           .comm_size = 17,
           .uid = 56,
           .gid = 60,
           .pid = NONE,
           .ppid = NONE},
    [3] = {.length = PACCT_RECORD_MAX,
           .uid16 = NONE,
           .gid16 = NONE,
           .tty = 2,
           .exitcode = 4,
           .uid = 8,
           .gid = 12,
           .pid = 16,
           .ppid = 20,
           .btime = 24,
           .etime = 28,
           .etime_kind = ETIME_FLOAT,
           .utime = 32,
           .stime = 34,
           .mem = 36,
           .io = 38,
           .rw = 40,
           .minflt = 42,
           .majflt = 44,
           .swaps = 46,
           .ahz = NONE,
           .comm = 48,
           .comm_size = 16},
};

ALWAYS_INLINE uint16_t get16(const uint8_t* p, bool be) {
    uint16_t v;
    memcpy(&v, p, sizeof(v));
    return be == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? v : __builtin_bswap16(v);
}

ALWAYS_INLINE uint32_t get32(const uint8_t* p, bool be) {
    uint32_t v;
    memcpy(&v, p, sizeof(v));
    return be == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? v : __builtin_bswap32(v);
}

ALWAYS_INLINE uint64_t comp_value(uint16_t c) {
    return (uint64_t)(c & 0x1fffu) << (3u * (c >> 13));
}

uint64_t pacct_comp_value(uint16_t c) {
    return comp_value(c);
}

uint64_t pacct_comp2_value(uint32_t c) {
    const uint32_t fraction = c & 0x7ffffu;
    const uint32_t exponent = (c >> 19) & 0x1fu;
    if (exponent == 0) {
        return fraction;
    }
    return (uint64_t)(fraction | 0x80000u) << (exponent - 1u);
}

/* The kernel converts a count of ticks. What is no number, negative, or more than the signed 64 bits that readers of
 * JSON and properties can hold, is damage. */
ALWAYS_INLINE bool float_ticks(uint32_t bits, uint64_t* ticks) {
    float f;
    memcpy(&f, &bits, sizeof(f));
    if (!(f >= 0.0f && f < 9223372036854775808.0f)) {
        return false;
    }
    *ticks = (uint64_t)(int64_t)f; /* it fits, and the signed conversion is one instruction */
    return true;
}

ALWAYS_INLINE bool get_etime(const uint8_t* raw, const struct layout* l, bool be, uint64_t* ticks) {
    const uint8_t* const p = raw + l->etime;
    switch (l->etime_kind) {
        case ETIME_COMP:
            *ticks = comp_value(get16(p, be));
            return true;
        case ETIME_COMP2:
            *ticks = pacct_comp2_value((uint32_t)p[0] << 16 | get16(p + 1, be));
            return true;
        case ETIME_FLOAT:
        default:
            *ticks = 0;
            return float_ticks(get32(p, be), ticks);
    }
}

#define NAME_WORDS 3u

/* A name as words, the first byte lowest, padded with NULs: to look at eight bytes at a time. */
ALWAYS_INLINE void load_name(const uint8_t* name, size_t size, uint64_t* words) {
    memset(words, 0, NAME_WORDS * sizeof(*words));
    memcpy(words, name, size);
    for (size_t i = 0; i < NAME_WORDS; i++) {
        words[i] = le64toh(words[i]);
    }
}

/* Bytes before the first NUL; there is one, since the words are longer than any name. */
UNSIGNED_WRAPS ALWAYS_INLINE size_t name_length(const uint64_t* words) {
    for (size_t i = 0; i < NAME_WORDS; i++) {
        /* the lowest bit of these is that of the first NUL */
        const uint64_t nul = (words[i] - 0x0101010101010101u) & ~words[i] & 0x8080808080808080u;
        if (nul != 0) {
            return i * 8 + (size_t)__builtin_ctzll(nul) / 8;
        }
    }
    return NAME_WORDS * 8;
}

ALWAYS_INLINE void decode(const uint8_t* raw,
                          const struct layout* l,
                          uint8_t version,
                          bool be,
                          const struct pacct_dialect* dialect,
                          struct pacct_record* rec) {
    rec->version = version;
    rec->big_endian = be;
    rec->flag = raw[0];
    rec->tty = get16(raw + l->tty, be);
    rec->exitcode = get32(raw + l->exitcode, be);
    rec->uid = l->uid == NONE ? get16(raw + l->uid16, be) : get32(raw + l->uid, be);
    rec->gid = l->gid == NONE ? get16(raw + l->gid16, be) : get32(raw + l->gid, be);
    rec->has_pid = l->pid != NONE;
    rec->pid = l->pid == NONE ? 0 : get32(raw + l->pid, be);
    rec->ppid = l->ppid == NONE ? 0 : get32(raw + l->ppid, be);
    rec->btime = get32(raw + l->btime, be);
    rec->etime_valid = get_etime(raw, l, be, &rec->etime);
    rec->utime = comp_value(get16(raw + l->utime, be));
    rec->stime = comp_value(get16(raw + l->stime, be));
    rec->mem = comp_value(get16(raw + l->mem, be));
    rec->io = comp_value(get16(raw + l->io, be));
    rec->rw = comp_value(get16(raw + l->rw, be));
    rec->minflt = comp_value(get16(raw + l->minflt, be));
    rec->majflt = comp_value(get16(raw + l->majflt, be));
    rec->swaps = comp_value(get16(raw + l->swaps, be));
    rec->ahz = version == 3 ? PACCT_AHZ_DEFAULT : (l->ahz == NONE ? 0 : get16(raw + l->ahz, be));
    if (rec->ahz == 0) {
        rec->ahz = dialect->ahz;
    }
    uint64_t name[NAME_WORDS];
    load_name(raw + l->comm, l->comm_size, name);
    memcpy(rec->comm, raw + l->comm, l->comm_size);
    rec->comm_len = (uint8_t)name_length(name);
}

ALWAYS_INLINE bool is_big_endian(const uint8_t* raw, const struct pacct_dialect* dialect) {
    return raw[1] == 0 ? dialect->v0_big_endian : (raw[1] & VERSION_BIG_ENDIAN) != 0;
}

bool pacct_record_decode(const uint8_t* raw, const struct pacct_dialect* dialect, struct pacct_record* rec) {
    const bool be = is_big_endian(raw, dialect);
    switch (raw[1]) {
#define ROW(version_, be_)                                            \
    case (version_) | ((be_) ? VERSION_BIG_ENDIAN : 0u):                         \
        decode(raw, &layouts[version_], version_, be_, dialect, rec); \
        return true;
        ROW(3, false)
        ROW(3, true)
        ROW(2, false)
        ROW(2, true)
        ROW(1, false)
        ROW(1, true)
        ROW(0, true)
#undef ROW
        case 0:
            decode(raw, &layouts[0], 0, be, dialect, rec);
            return true;
        default:
            return false;
    }
}

/* The kernel clears the record before it fills it: a name ends with a NUL, and only NULs follow. */
ALWAYS_INLINE bool name_is_clean(const uint8_t* raw, size_t size) {
    uint64_t name[NAME_WORDS];
    load_name(raw, size, name);
    const size_t len = name_length(name);
    if (len >= size) {
        return false;
    }
    uint64_t rest = name[len / 8] >> len % 8 * 8;
    for (size_t i = len / 8 + 1; i < NAME_WORDS; i++) {
        rest |= name[i];
    }
    return rest == 0;
}

/* All kernels write whole ticks, and a float holds any whole number that it was made from. */
ALWAYS_INLINE bool etime_is_clean(const uint8_t* raw, const struct layout* l, bool be) {
    uint64_t ticks;
    if (!get_etime(raw, l, be, &ticks)) {
        return false;
    }
    if (l->etime_kind != ETIME_FLOAT) {
        return true;
    }
    const uint32_t bits = get32(raw + l->etime, be);
    const float back = (float)(int64_t)ticks;
    return memcmp(&back, &bits, sizeof(bits)) == 0;
}

/* Versions 1 and 2 hold the low halves of the ids a second time. */
ALWAYS_INLINE bool ids_agree(const uint8_t* raw, const struct layout* l, bool be) {
    return get16(raw + l->uid16, be) == (get32(raw + l->uid, be) & 0xffffu) &&
           get16(raw + l->gid16, be) == (get32(raw + l->gid, be) & 0xffffu);
}

/* A kernel leaves the unused bytes of version 0 clear. GNU dump-acct, which converts, puts there what version 2 has:
 * ticks per second, the ids a second time, and the elapsed time a second time, more precisely. */
static bool tail_is_clean(const uint8_t* raw, bool be) {
    const struct layout* const l = &layouts[0];
    uint64_t etime, precise;
    bool clear = get16(raw + layouts[2].ahz, be) == 0;
    if (!clear) {
        get_etime(raw, l, be, &etime);
        get_etime(raw, &layouts[2], be, &precise);
        return ids_agree(raw, &layouts[2], be) && (etime > precise ? etime - precise : precise - etime) <= precise >> 9;
    }
    for (size_t i = l->comm + l->comm_size; i < l->length; i++) {
        clear = clear && raw[i] == 0;
    }
    return clear;
}

ALWAYS_INLINE enum pacct_verdict check(const uint8_t* raw, const struct layout* l, uint8_t version, bool be) {
    const uint32_t btime = get32(raw + l->btime, be);
    if (btime == 0) {
        return PACCT_IMPOSSIBLE;
    }
    const bool rest_is_clean = version == 0 ? tail_is_clean(raw, be) : version == 3 || ids_agree(raw, l, be);
    const int wrong = (btime < BTIME_MIN) + ((raw[0] & ~(unsigned)PACCT_FLAGS_KNOWN) != 0) + !rest_is_clean +
                      (get32(raw + l->exitcode, be) > EXITCODE_MAX) + !name_is_clean(raw + l->comm, l->comm_size) +
                      !etime_is_clean(raw, l, be);
    return wrong == 0 ? PACCT_PLAUSIBLE : wrong == 1 ? PACCT_DOUBTFUL : PACCT_IMPOSSIBLE;
}

enum pacct_verdict pacct_record_check(const uint8_t* raw, const struct pacct_dialect* dialect) {
    const uint8_t version = raw[1] & VERSION_MASK;
    if (raw[1] == 3) { /* nearly all there are: with constants, as decode() */
        return check(raw, &layouts[3], 3, false);
    }
    return version > VERSION_NEWEST ? PACCT_IMPOSSIBLE
                                    : check(raw, &layouts[version], version, is_big_endian(raw, dialect));
}

uint64_t pacct_centiseconds(uint64_t ticks, uint32_t ahz) {
    if (ahz == 100) {
        return ticks;
    }
    return ticks / ahz * 100 + (ticks % ahz * 100 + ahz / 2) / ahz;
}

uint64_t pacct_record_end(const struct pacct_record* rec) {
    return rec->btime + rec->etime / rec->ahz;
}
