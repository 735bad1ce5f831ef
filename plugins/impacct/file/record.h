/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/record.h
 * @brief Decoder of Linux process accounting records.
 *
 * Turns the bytes that the kernel appends to its accounting file into a
 * struct pacct_record. Pure: no I/O, no allocation, no state. It knows every
 * layout the kernel ever wrote; nothing outside of this file shifts or masks
 * bytes of a record.
 *
 * Layouts (byte offsets; sources: include/uapi/linux/acct.h of Linux 6.18 for
 * versions 1 to 3, include/linux/acct.h of Linux 2.6.7 for version 0):
 *
 *     field        v3        v2        v1 (m68k)  v0
 *     ac_flag      0  u8     0  u8     0  u8      0  u8
 *     ac_version   1  u8     1  u8     1  u8      (1, padding, always 0)
 *     ac_uid16     -         2  u16    2  u16     2  u16
 *     ac_gid16     -         4  u16    4  u16     4  u16
 *     ac_tty       2  u16    6  u16    6  u16     6  u16
 *     ac_exitcode  4  u32    32 u32    30 u32     32 u32
 *     ac_uid       8  u32    56 u32    54 u32     -
 *     ac_gid       12 u32    60 u32    58 u32     -
 *     ac_pid       16 u32    -         -          -
 *     ac_ppid      20 u32    -         -          -
 *     ac_btime     24 u32    8  u32    8  u32     8  u32
 *     ac_etime     28 float  53 24 bit 51 24 bit  16 comp_t
 *     ac_utime     32        12        12         12      comp_t
 *     ac_stime     34        14        14         14      comp_t
 *     ac_mem       36        18        18         18      comp_t
 *     ac_io        38        20        20         20      comp_t
 *     ac_rw        40        22        22         22      comp_t
 *     ac_minflt    42        24        24         24      comp_t
 *     ac_majflt    44        26        26         26      comp_t
 *     ac_swaps     46        28        28         28      comp_t
 *     ac_ahz       -         30 u16    -          -
 *     ac_comm      48 16     36 17     34 17      36 17
 *     length       64        64        62         64
 *
 * Bit 7 of ac_version is set when the writing kernel was big-endian. Kernels of
 * version 0 never set it; converters (GNU dump-acct) do. m68k aligns to two bytes, so its version 1
 * structure is 62 bytes long; converters may pad it to 64.
 */
#ifndef PACCT_RECORD_H
#define PACCT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Length of the longest record, in bytes. */
#define PACCT_RECORD_MAX 64u
/** Length of the shortest record (version 1), in bytes. */
#define PACCT_RECORD_MIN 62u
/** Ticks per second where the record does not say otherwise (AHZ in the kernel). */
#define PACCT_AHZ_DEFAULT 100u
/** Room for ac_comm: 17 bytes in versions 0 to 2, 16 in version 3, never terminated here. */
#define PACCT_COMM_MAX 17u

/** Bits of ac_flag (include/uapi/linux/acct.h). */
enum pacct_flag {
    PACCT_AFORK = 0x01, /**< forked, and ended without having called exec */
    PACCT_ASU = 0x02, /**< used a privilege; not the same as "was root" */
    PACCT_ACOMPAT = 0x04, /**< historic, never set by Linux */
    PACCT_ACORE = 0x08, /**< a signal came that asks for a core dump, be there one or not */
    PACCT_AXSIG = 0x10, /**< some thread got a fatal signal: also those left at exit or exec of a process */
    PACCT_AGROUP = 0x20, /**< set in taskstats only */
    PACCT_FLAGS_KNOWN = 0x3f
};

/** What a record cannot say about itself. */
struct pacct_dialect {
    uint32_t ahz; /**< ticks per second of versions 0 and 1, and of version 2 where ac_ahz is 0; at least 1 */
    bool v0_big_endian; /**< byte order of version 0 where bit 7 of the version is not set */
};

/** One decoded record. Integers are in this machine's byte order. */
struct pacct_record {
    uint8_t version; /**< 0 to 3 */
    bool big_endian; /**< byte order of the kernel that wrote it */
    uint8_t flag; /**< enum pacct_flag, as written */
    bool has_pid; /**< pid and ppid are known (version 3) */
    bool etime_valid; /**< the elapsed time is a number; false only for damaged version 3 records */
    uint8_t comm_len; /**< bytes of comm before the first NUL, at most PACCT_COMM_MAX */
    uint16_t tty; /**< (major << 8) | minor, the minor not masked; 0: no terminal */
    uint32_t ahz; /**< ticks per second of etime, utime and stime; never 0 */
    uint32_t exitcode; /**< wait(2) status of the thread-group leader */
    uint32_t uid, gid; /**< real ids */
    uint32_t pid, ppid; /**< 0 unless has_pid */
    uint32_t btime; /**< start, seconds since the epoch */
    uint64_t etime; /**< elapsed, ticks; 0 unless etime_valid */
    uint64_t utime, stime; /**< CPU time, ticks */
    uint64_t mem; /**< virtual size at exit, KiB */
    uint64_t io, rw; /**< as written; no unit */
    uint64_t minflt, majflt, swaps;
    char comm[PACCT_COMM_MAX]; /**< any bytes but NUL; not terminated */
};

/** How much the bytes at some place look like a record. */
enum pacct_verdict {
    PACCT_IMPOSSIBLE, /**< unknown version, a blank, or several fields hold what no kernel writes */
    PACCT_DOUBTFUL, /**< one field holds what no kernel writes: perhaps a record with a little damage */
    PACCT_PLAUSIBLE /**< every field holds what a kernel writes */
};

/**
 * Length of the record that begins at raw, judged by its version.
 *
 * @param raw at least 2 bytes
 * @return PACCT_RECORD_MIN or PACCT_RECORD_MAX; PACCT_RECORD_MAX for unknown versions
 */
static inline size_t pacct_record_length(const uint8_t* raw) {
    return (raw[1] & 0x7fu) == 1 ? PACCT_RECORD_MIN : PACCT_RECORD_MAX;
}

/**
 * Judge whether a record begins at raw.
 *
 * Used to find the way back after damage, so it is strict: times are whole
 * ticks, the name is NUL-terminated and nothing follows the NUL, redundant
 * fields of version 2 agree, reserved bits are clear.
 *
 * @param raw pacct_record_length(raw) bytes
 */
enum pacct_verdict pacct_record_check(const uint8_t* raw, const struct pacct_dialect* dialect);

/**
 * Decode one record.
 *
 * Accepts everything that has a known version, damaged values included.
 *
 * @param raw pacct_record_length(raw) bytes
 * @param rec all members are set on success; untouched on failure
 * @return false where the version is unknown
 */
bool pacct_record_decode(const uint8_t* raw, const struct pacct_dialect* dialect, struct pacct_record* rec);

/** Value of a comp_t: 13 bits of fraction, 3 bits of base-8 exponent (kernel/acct.c, encode_comp_t). */
uint64_t pacct_comp_value(uint16_t c);

/**
 * Value of a comp2_t: 24 bits, 5 of base-2 exponent and 20 of fraction with a
 * hidden leading one (kernel/acct.c, encode_comp2_t). Bits above 23 are ignored.
 */
uint64_t pacct_comp2_value(uint32_t c);

/** Ticks as hundredths of a second, rounded to nearest; exact for 100 ticks a second. */
uint64_t pacct_centiseconds(uint64_t ticks, uint32_t ahz);

/** Second of exit: start plus the whole seconds elapsed; the start where the elapsed time is not valid. */
uint64_t pacct_record_end(const struct pacct_record* rec);

#endif
