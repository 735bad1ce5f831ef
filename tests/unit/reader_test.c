/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: a file of records is opened only if it is a regular one, and through a symbolic link only where that is
 * allowed; what is compressed is read as what it was made from.
 * Invariant: a link that takes the place of a rotated file after it was listed is not followed; the file at the path
 * may be a link; a FIFO does not hold anybody up; content is the same from a plain and from a compressed file, in
 * whatever pieces it is asked for; of a damaged one comes what is before the damage, and an error; what takes too much
 * memory, or gives nothing for much, is refused.
 * Oracle: the bytes written, and zlib, liblzma and libzstd as they compress. */
#include "config.h"

#include "check.h"
#include "file/reader.h"
#include "sample.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#ifdef HAVE_LZMA
    #include <lzma.h>
#endif
#ifdef HAVE_ZSTD
    #include <zstd.h>
#endif

#define CONTENT_LEN 300000u

static uint8_t content[CONTENT_LEN];
/* what this build reads, with its name */
static const struct {
    enum pacct_compression how;
    const char* name;
} kinds[] = {{PACCT_GZIP, "f.gz"}, {PACCT_XZ, "f.xz"}, {PACCT_ZSTD, "f.zst"}};

static const char* at(const char* name) {
    static char path[192];
    snprintf(path, sizeof(path), "%s/%s", check_dir, name);
    return path;
}

static void put(const char* name, const void* bytes, size_t len) {
    const int fd = open(at(name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, bytes, len) == (ssize_t)len && close(fd) == 0);
}

static void compress_to(const char* name, enum pacct_compression how, const void* bytes, size_t len) {
    static uint8_t out[2 * CONTENT_LEN];
    if (how == PACCT_GZIP) {
        gzFile const gz = gzopen(at(name), "ab");
        CHECK(gz != NULL && (len == 0 || gzwrite(gz, bytes, (unsigned)len) == (int)len) && gzclose(gz) == Z_OK);
    }
#ifdef HAVE_LZMA
    if (how == PACCT_XZ) {
        size_t used = 0;
        CHECK(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, bytes, len, out, &used, sizeof(out)) == LZMA_OK);
        put(name, out, used);
    }
#endif
#ifdef HAVE_ZSTD
    if (how == PACCT_ZSTD) {
        ZSTD_CCtx* const context = ZSTD_createCCtx();
        CHECK(context != NULL &&
              !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1))); /* as zstd(1) */
        const size_t used = ZSTD_compress2(context, out, sizeof(out), bytes, len);
        CHECK(!ZSTD_isError(used));
        put(name, out, used);
        ZSTD_freeCCtx(context);
    }
#endif
}

/* Half of it is compressed well, half hardly. */
static void make_content(void) {
    uint64_t random = 5;
    for (size_t i = 0; i < CONTENT_LEN; i++) {
        content[i] = (uint8_t)(i < CONTENT_LEN / 2 ? i / 100 : random_next(&random));
    }
}

static struct pacct_reader opened(const char* name, enum pacct_compression how) {
    struct pacct_reader src = {.fd = -1};
    const char* call = "";
    CHECK_EQ(pacct_reader_open(&src, at(name), how, false, &call), 0);
    return src;
}

static void reads(struct pacct_reader* src, uint64_t offset, size_t len) {
    uint8_t* const buf = malloc(len + 1);
    CHECK(buf != NULL);
    size_t got = 0;
    while (got < len) {
        const ssize_t n = pacct_reader_read(src, buf + got, len - got, offset + got);
        CHECK(n > 0);
        got += (size_t)n;
    }
    CHECK(memcmp(buf, content + offset, len) == 0);
    free(buf);
}

static void make_files(void) {
    put("plain", content, CONTENT_LEN);
    compress_to("compressed", PACCT_GZIP, content, CONTENT_LEN);
    CHECK(symlink("plain", at("link")) == 0);
    CHECK(symlink("compressed", at("link.gz")) == 0);
    CHECK(symlink("nothing", at("dangling")) == 0);
    CHECK(mkfifo(at("fifo"), 0600) == 0);
}

static int open_it(const char* name, enum pacct_compression how, bool link) {
    struct pacct_reader src = {.fd = -1};
    const char* call = "";
    const int error = pacct_reader_open(&src, at(name), how, link, &call);
    if (error != 0) {
        CHECK_EQ(src.fd, -1);
        return error;
    }
    reads(&src, 0, 100);
    pacct_reader_close(&src);
    CHECK_EQ(src.fd, -1);
    return 0;
}

/* Read to the end or an error, which comes again when it is asked for again. @return what came before */
static size_t read_all(struct pacct_reader* src, int* error) {
    uint8_t buf[10000];
    size_t got = 0;
    for (;;) {
        const ssize_t n = pacct_reader_read(src, buf, sizeof(buf), got);
        *error = n < 0 ? errno : 0;
        if (n <= 0) {
            CHECK_EQ(pacct_reader_read(src, buf, sizeof(buf), got), n);
            return got;
        }
        CHECK(got + (size_t)n <= CONTENT_LEN && memcmp(buf, content + got, (size_t)n) == 0);
        got += (size_t)n;
    }
}

static void anywhere(const char* name, enum pacct_compression how) {
    uint64_t random = 11;
    int error;
    struct pacct_reader src = opened(name, how);
    CHECK_EQ(read_all(&src, &error), CONTENT_LEN);
    CHECK_EQ(error, 0);
    for (int i = 0; i < 200; i++) {
        const size_t len = random_below(&random, 200);
        reads(&src, i % 10 == 0 ? random_below(&random, CONTENT_LEN - len) : src.at - 100 + (size_t)i % 50,
              i % 10 == 0 ? len : 40);
        reads(&src, 0, PACCT_MARK_LEN);
    }
    pacct_reader_close(&src);
}

/* The marks of a position are compared and then read again, to go on there: the stream must not begin again. */
static void marks(const char* name, enum pacct_compression how) {
    struct pacct_position pos = {.offset = 250000, .head_len = PACCT_MARK_LEN};
    struct pacct_reader src = opened(name, how);
    memcpy(pos.head, content, PACCT_MARK_LEN);
    memcpy(pos.before, content + pos.offset - PACCT_MARK_LEN, PACCT_MARK_LEN);
    CHECK(pacct_reader_holds(&src, &pos));
    const struct pacct_decompress* const stream = src.stream;
    reads(&src, 0, PACCT_MARK_LEN);
    reads(&src, pos.offset - PACCT_MARK_LEN, PACCT_MARK_LEN);
    reads(&src, pos.offset - 10, 30000);
    CHECK(src.stream == stream);
    pos.before[5] ^= 1;
    CHECK(!pacct_reader_holds(&src, &pos));
    pos.offset = CONTENT_LEN + 1;
    CHECK(!pacct_reader_holds(&src, &pos));
    pacct_reader_close(&src);
}

static off_t size_of(const char* name) {
    struct stat st;
    CHECK(stat(at(name), &st) == 0);
    return st.st_size;
}

static void cut_off(const char* name, enum pacct_compression how) {
    for (off_t size = size_of(name) - 1; size > 0; size -= 1 + size / 20) {
        int error;
        CHECK(truncate(at(name), size) == 0);
        struct pacct_reader src = opened(name, how);
        CHECK(read_all(&src, &error) <= CONTENT_LEN);
        CHECK_EQ(error, EIO);
        pacct_reader_close(&src);
    }
}

/* In the half of the content that is random, behind the other. @return what came before the damage */
static size_t damaged(const char* name, enum pacct_compression how) {
    int error;
    const int fd = open(at(name), O_WRONLY | O_CLOEXEC);
    CHECK(fd >= 0 && pwrite(fd, "damage!!", 8, size_of(name) - 60000) == 8 && close(fd) == 0);
    struct pacct_reader src = opened(name, how);
    uint8_t buf[10000];
    size_t got = 0;
    ssize_t n;
    while ((n = pacct_reader_read(&src, buf, sizeof(buf), got)) > 0) {
        got += (size_t)n; /* a decoder does not see at once that it goes wrong */
    }
    error = n < 0 ? errno : 0;
    CHECK_EQ(error, EIO);
    pacct_reader_close(&src);
    return got;
}

int main(int argc, char** argv) {
    make_content();
    check_begin(argc, argv);
    CASE("plain and compressed content is read the same") {
        make_files();
        CHECK_EQ(open_it("plain", PACCT_PLAIN, false), 0);
        CHECK_EQ(open_it("compressed", PACCT_GZIP, false), 0);
    }
    CASE("a symbolic link is followed only where that is allowed") {
        make_files();
        CHECK_EQ(open_it("link", PACCT_PLAIN, true), 0);
        CHECK_EQ(open_it("link", PACCT_PLAIN, false), ELOOP);
        CHECK_EQ(open_it("link.gz", PACCT_GZIP, false), ELOOP);
        CHECK_EQ(open_it("dangling", PACCT_PLAIN, true), ENOENT);
        CHECK_EQ(open_it("dangling", PACCT_PLAIN, false), ELOOP);
    }
    CASE("what is no regular file is not opened") {
        make_files();
        CHECK_EQ(open_it("fifo", PACCT_PLAIN, true), EINVAL);
        CHECK_EQ(open_it("fifo", PACCT_PLAIN, false), EINVAL);
        CHECK_EQ(open_it("", PACCT_PLAIN, true), EINVAL); /* the directory */
        CHECK_EQ(open_it("nothing", PACCT_PLAIN, false), ENOENT);
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const enum pacct_compression how = kinds[i].how;
        const char* const name = kinds[i].name;
        char title[64];
        if (!pacct_decompress_can(how)) {
            continue;
        }
        snprintf(title, sizeof(title), "%s: any piece", name);
        CASE(title) {
            compress_to(name, how, content, CONTENT_LEN);
            anywhere(name, how);
        }
        snprintf(title, sizeof(title), "%s: marks of a position", name);
        CASE(title) {
            compress_to(name, how, content, CONTENT_LEN);
            marks(name, how);
        }
        snprintf(title, sizeof(title), "%s: made one behind the other, some empty", name);
        CASE(title) {
            compress_to(name, how, content, 100000);
            compress_to(name, how, content, 0);
            compress_to(name, how, content + 100000, 1);
            compress_to(name, how, content + 100001, CONTENT_LEN - 100001);
            compress_to(name, how, content, 0);
            anywhere(name, how);
        }
        snprintf(title, sizeof(title), "%s: cut off", name);
        CASE(title) {
            compress_to(name, how, content, CONTENT_LEN);
            cut_off(name, how);
        }
        snprintf(title, sizeof(title), "%s: damaged", name);
        CASE(title) {
            compress_to(name, how, content, CONTENT_LEN / 2);
            compress_to(name, how, content + CONTENT_LEN / 2, CONTENT_LEN / 2);
            CHECK(damaged(name, how) >= CONTENT_LEN / 2);
        }
        snprintf(title, sizeof(title), "%s: text behind it", name);
        CASE(title) {
            int error;
            compress_to(name, how, content, 1000);
            put(name, "some text that does not belong there", 36);
            struct pacct_reader src = opened(name, how);
            CHECK_EQ(read_all(&src, &error), 1000);
            CHECK_EQ(error, EIO);
            pacct_reader_close(&src);
        }
    }
    CASE("gzip: zeros behind it, as a tape leaves them") {
        static const uint8_t zeros[100000];
        compress_to("f.gz", PACCT_GZIP, content, CONTENT_LEN);
        put("f.gz", zeros, sizeof(zeros));
        anywhere("f.gz", PACCT_GZIP);
    }
    CASE("much that gives nothing") {
        int error;
        uint8_t empty[64];
        static uint8_t many[1u << 20];
        compress_to("empty.gz", PACCT_GZIP, content, 0);
        const int fd = open(at("empty.gz"), O_RDONLY | O_CLOEXEC);
        const ssize_t len = read(fd, empty, sizeof(empty));
        CHECK(len > 0 && close(fd) == 0);
        for (size_t i = 0; i + (size_t)len <= sizeof(many); i += (size_t)len) {
            memcpy(many + i, empty, (size_t)len);
        }
        for (int i = 0; i < 20; i++) {
            put("f.gz", many, sizeof(many) / (size_t)len * (size_t)len);
        }
        struct pacct_reader src = opened("f.gz", PACCT_GZIP);
        CHECK_EQ(read_all(&src, &error), 0);
        CHECK_EQ(error, EIO);
        CHECK(src.at == 0);
        pacct_reader_close(&src);
    }
#ifdef HAVE_LZMA
    CASE("xz: memory that its highest level takes, and more") {
        static uint8_t out[2 * CONTENT_LEN];
        for (uint32_t log = 26; log <= 27; log++) {
            int error;
            size_t used = 0;
            lzma_options_lzma options;
            CHECK(!lzma_lzma_preset(&options, 9) && options.dict_size == 1u << 26);
            options.dict_size = 1u << log;
            options.mf = LZMA_MF_HC3; /* takes less memory to compress */
            lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, NULL}};
            CHECK(lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC32, NULL, content, CONTENT_LEN, out, &used,
                                            sizeof(out)) == LZMA_OK);
            unlink(at("f.xz"));
            put("f.xz", out, used);
            struct pacct_reader src = opened("f.xz", PACCT_XZ);
            CHECK_EQ(read_all(&src, &error), log == 26 ? CONTENT_LEN : 0);
            CHECK_EQ(error, log == 26 ? 0 : ENOMEM);
            pacct_reader_close(&src);
        }
    }
#endif
#ifdef HAVE_ZSTD
    CASE("zstd: memory that is taken, and more") {
        static uint8_t out[2 * CONTENT_LEN];
        for (int log = 26; log <= 27; log++) {
            int error;
            ZSTD_CCtx* const context = ZSTD_createCCtx();
            ZSTD_outBuffer to = {out, sizeof(out), 0};
            ZSTD_inBuffer from = {content, CONTENT_LEN, 0};
            CHECK(context != NULL && !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, log)));
            /* in two parts, so that it does not know how little it is */
            CHECK(!ZSTD_isError(ZSTD_compressStream2(context, &to, &from, ZSTD_e_flush)));
            CHECK(ZSTD_compressStream2(context, &to, &from, ZSTD_e_end) == 0);
            unlink(at("f.zst"));
            put("f.zst", out, to.pos);
            struct pacct_reader src = opened("f.zst", PACCT_ZSTD);
            CHECK_EQ(read_all(&src, &error), log == 26 ? CONTENT_LEN : 0);
            CHECK_EQ(error, log == 26 ? 0 : ENOMEM);
            pacct_reader_close(&src);
            ZSTD_freeCCtx(context);
        }
    }
#endif
    return check_end();
}
