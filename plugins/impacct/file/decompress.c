/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/decompress.c
 * @brief The content of a compressed file, from its start to its end.
 *
 * Algorithm: the file is read in pieces, which one of three decoders is fed. Each knows files that were made one behind
 * the other, as all three commands do. What they decode goes through a buffer: how much a decoder gives before damage
 * depends on the room it has, and so that is the same whatever is asked for.
 *
 * Concurrency and locking: one thread for each of them.
 *
 * Failure model: the file is untrusted. What a decoder may take is limited (HISTORY_LOG), as is how much it may be fed
 * without giving anything (BARREN_MAX): a file of nothing but empty parts would hold up whoever reads.
 */
#include "config.h"

#include "file/decompress.h"
#include "base/sys.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#ifdef HAVE_LZMA
    #include <lzma.h>
#endif
#ifdef HAVE_ZSTD
    #include <zstd.h>
    #include <zstd_errors.h>
#endif

#define PIECE (64u * 1024u)
/* what a decoder has to remember of the content: as much as xz -9 asks for, and zstd up to level 21 */
#define HISTORY_LOG 26
/* for tables of the decoder of xz, beside that */
#define TABLES (2u * 1024u * 1024u)
/* bytes of the header of a block of zstd; RFC 8878, 3.1.1.2 */
#define ZSTD_HEADER 3u
#define BARREN_MAX (16u * 1024u * 1024u)

enum step { STEP_ON, STEP_END, STEP_DAMAGED, STEP_MEMORY };

struct pacct_decompress {
    enum pacct_compression how;
    uint8_t in[PIECE];
    size_t at, have; /* next byte, bytes in there */
    uint64_t offset; /* of what follows them in the file */
    bool in_end; /* nothing follows */
    bool ended; /* there is no more content */
    int error; /* nor will there be any */
    size_t barren; /* bytes taken since there was any content */
    uint8_t out[PIECE];
    size_t given, decoded; /* next byte, bytes in there */
    union {
        struct {
            z_stream stream;
            bool between; /* a part ended, another may follow */
        } gzip;
#ifdef HAVE_LZMA
        lzma_stream xz;
#endif
#ifdef HAVE_ZSTD
        struct {
            ZSTD_DCtx* context;
            bool between;
            bool full; /* there was no room for all that it had decoded */
            size_t needs; /* so much for the next thing in it */
        } zstd;
#endif
    } u;
};

static const struct {
    const char* suffix;
    enum pacct_compression how;
} suffixes[] = {{".gz", PACCT_GZIP},
                {".xz", PACCT_XZ},
                {".zst", PACCT_ZSTD},
                {".bz2", PACCT_COMPRESSED_OTHERWISE},
                {".lz4", PACCT_COMPRESSED_OTHERWISE},
                {".lzma", PACCT_COMPRESSED_OTHERWISE},
                {".lz", PACCT_COMPRESSED_OTHERWISE},
                {".Z", PACCT_COMPRESSED_OTHERWISE}};

enum pacct_compression pacct_compression_of(const char* name, size_t* len) {
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        const size_t suffix_len = strlen(suffixes[i].suffix);
        if (*len > suffix_len && memcmp(name + *len - suffix_len, suffixes[i].suffix, suffix_len) == 0) {
            *len -= suffix_len;
            return suffixes[i].how;
        }
    }
    return PACCT_PLAIN;
}

const char* pacct_decompress_names(void) {
#if defined(HAVE_LZMA) && defined(HAVE_ZSTD)
    return "gzip, xz and zstd";
#elif defined(HAVE_LZMA)
    return "gzip and xz";
#elif defined(HAVE_ZSTD)
    return "gzip and zstd";
#else
    return "gzip";
#endif
}

/* ---- the decoders; a step takes from "in", and moves *out and *room on ---- */

/* Zeros may stand behind the last part, as a tape leaves them. */
static bool skip_zeros(struct pacct_decompress* d) {
    while (d->at < d->have && d->in[d->at] == 0) {
        d->at++;
    }
    return d->at == d->have;
}

static bool begin_gzip(struct pacct_decompress* d) {
    return inflateInit2(&d->u.gzip.stream, MAX_WBITS + 16) == Z_OK; /* 16: of gzip, not of zlib */
}

static void end_gzip(struct pacct_decompress* d) {
    inflateEnd(&d->u.gzip.stream);
}

static enum step step_gzip(struct pacct_decompress* d, uint8_t** out, size_t* room) {
    z_stream* const z = &d->u.gzip.stream;
    if (d->u.gzip.between) {
        if (skip_zeros(d)) {
            return d->in_end ? STEP_END : STEP_ON;
        }
        d->u.gzip.between = false;
        inflateReset(z);
    }
    z->next_in = d->in + d->at;
    z->avail_in = (uInt)(d->have - d->at);
    z->next_out = *out;
    z->avail_out = (uInt)*room;
    const int result = inflate(z, Z_NO_FLUSH);
    d->at = d->have - z->avail_in;
    *out = z->next_out;
    *room = z->avail_out;
    switch (result) {
        case Z_STREAM_END:
            d->u.gzip.between = true;
            return STEP_ON;
        case Z_OK:
        case Z_BUF_ERROR: /* more is needed */
            return d->in_end && d->at == d->have && *room > 0 ? STEP_DAMAGED : STEP_ON;
        case Z_MEM_ERROR:
            return STEP_MEMORY;
        default:
            return STEP_DAMAGED;
    }
}

#ifdef HAVE_LZMA
static bool begin_xz(struct pacct_decompress* d) {
    return lzma_stream_decoder(&d->u.xz, (1u << HISTORY_LOG) + TABLES, LZMA_CONCATENATED) == LZMA_OK;
}

static void end_xz(struct pacct_decompress* d) {
    lzma_end(&d->u.xz);
}

static enum step step_xz(struct pacct_decompress* d, uint8_t** out, size_t* room) {
    d->u.xz.next_in = d->in + d->at;
    d->u.xz.avail_in = d->have - d->at;
    d->u.xz.next_out = *out;
    d->u.xz.avail_out = *room;
    const lzma_ret result = lzma_code(&d->u.xz, d->in_end ? LZMA_FINISH : LZMA_RUN);
    d->at = d->have - d->u.xz.avail_in;
    *out = d->u.xz.next_out;
    *room = d->u.xz.avail_out;
    if (result == LZMA_OK || result == LZMA_STREAM_END) {
        return result == LZMA_OK ? STEP_ON : STEP_END;
    }
    /* LZMA_BUF_ERROR among others: cut off */
    return result == LZMA_MEM_ERROR || result == LZMA_MEMLIMIT_ERROR ? STEP_MEMORY : STEP_DAMAGED;
}
#endif

#ifdef HAVE_ZSTD
static bool begin_zstd(struct pacct_decompress* d) {
    d->u.zstd.context = ZSTD_createDCtx();
    return d->u.zstd.context != NULL &&
           !ZSTD_isError(ZSTD_DCtx_setParameter(d->u.zstd.context, ZSTD_d_windowLogMax, HISTORY_LOG));
}

static void end_zstd(struct pacct_decompress* d) {
    ZSTD_freeDCtx(d->u.zstd.context);
}

/* What it has decoded in a call is lost where the same call finds damage: so it gets no more than the next block, or
 * what stands between two, and nothing before all of that was taken. Of what it asks for the last bytes are those of a
 * header behind it. */
static size_t next_of_zstd(const struct pacct_decompress* d) {
    const size_t given = d->have - d->at, needs = d->u.zstd.needs;
    const size_t next = needs > ZSTD_HEADER ? needs - ZSTD_HEADER : needs > 0 ? needs : 1;
    return d->u.zstd.full ? 0 : next < given ? next : given;
}

static enum step step_zstd(struct pacct_decompress* d, uint8_t** out, size_t* room) {
    ZSTD_inBuffer in = {d->in + d->at, next_of_zstd(d), 0};
    ZSTD_outBuffer to = {*out, *room, 0};
    if (d->u.zstd.between && d->at == d->have) {
        return d->in_end ? STEP_END : STEP_ON;
    }
    const size_t result = ZSTD_decompressStream(d->u.zstd.context, &to, &in);
    d->at += in.pos;
    *out += to.pos;
    *room -= to.pos;
    if (ZSTD_isError(result)) {
        const ZSTD_ErrorCode code = ZSTD_getErrorCode(result);
        return code == ZSTD_error_frameParameter_windowTooLarge || code == ZSTD_error_memory_allocation ? STEP_MEMORY
                                                                                                        : STEP_DAMAGED;
    }
    d->u.zstd.between = result == 0;
    d->u.zstd.needs = result;
    d->u.zstd.full = *room == 0;
    return !d->u.zstd.between && d->in_end && d->at == d->have && *room > 0 ? STEP_DAMAGED : STEP_ON;
}
#endif

static const struct {
    bool (*begin)(struct pacct_decompress* d);
    enum step (*step)(struct pacct_decompress* d, uint8_t** out, size_t* room);
    void (*end)(struct pacct_decompress* d); /* also after a begin that failed */
} decoders[PACCT_COMPRESSED_OTHERWISE + 1] = {
    [PACCT_GZIP] = {begin_gzip, step_gzip, end_gzip},
#ifdef HAVE_LZMA
    [PACCT_XZ] = {begin_xz, step_xz, end_xz},
#endif
#ifdef HAVE_ZSTD
    [PACCT_ZSTD] = {begin_zstd, step_zstd, end_zstd},
#endif
};

bool pacct_decompress_can(enum pacct_compression how) {
    return how == PACCT_PLAIN || decoders[how].step != NULL;
}

struct pacct_decompress* pacct_decompress_new(enum pacct_compression how) {
    struct pacct_decompress* const d = calloc(1, sizeof(*d));
    if (d != NULL) {
        d->how = how;
        if (!decoders[how].begin(d)) {
            pacct_decompress_free(d);
            return NULL;
        }
    }
    return d;
}

void pacct_decompress_free(struct pacct_decompress* d) {
    if (d != NULL) {
        decoders[d->how].end(d);
        free(d);
    }
}

static bool feed(struct pacct_decompress* d, int fd) {
    if (d->at < d->have || d->in_end) {
        return true;
    }
    const ssize_t n = pacct_sys_read(fd, d->in, sizeof(d->in), d->offset);
    if (n < 0) {
        return false;
    }
    d->at = 0;
    d->have = (size_t)n;
    d->offset += (size_t)n;
    d->in_end = d->have < sizeof(d->in);
    return true;
}

/* Fill up the buffer of what is decoded, as far as can be. */
static bool decode(struct pacct_decompress* d, int fd) {
    uint8_t* out = d->out + d->decoded;
    size_t room = sizeof(d->out) - d->decoded;
    while (room > 0 && !d->ended && d->error == 0) {
        if (!feed(d, fd)) {
            return false;
        }
        const size_t at = d->at, before = room;
        const enum step result = decoders[d->how].step(d, &out, &room);
        d->decoded = sizeof(d->out) - room;
        d->barren = room < before ? 0 : d->barren + (d->at - at);
        d->ended = result == STEP_END;
        d->error = result == STEP_MEMORY ? ENOMEM : result == STEP_DAMAGED || d->barren > BARREN_MAX ? EIO : 0;
    }
    return true;
}

ssize_t pacct_decompress_read(struct pacct_decompress* d, int fd, void* buf, size_t len) {
    size_t done = 0;
    while (done < len) {
        if (d->given == sizeof(d->out)) {
            d->given = d->decoded = 0;
        }
        const bool could_read = d->given < d->decoded || decode(d, fd);
        if (d->given == d->decoded) {
            if (!could_read && done == 0) {
                return -1; /* it may be tried again */
            }
            break;
        }
        const size_t left = d->decoded - d->given, n = left < len - done ? left : len - done;
        memcpy((uint8_t*)buf + done, d->out + d->given, n);
        d->given += n;
        done += n;
    }
    if (done == 0 && len > 0 && d->error != 0) {
        errno = d->error;
        return -1;
    }
    return (ssize_t)done;
}
