/**
 * @file pacct_state.c
 * @brief A position as a file.
 *
 * Algorithm: a temporary file beside the state file (O_EXCL, O_NOFOLLOW) is
 * written, synchronised and renamed over it, then the directory is
 * synchronised.
 *
 * Concurrency and locking: one writer per path; a temporary file left by a
 * crash is replaced.
 *
 * Failure model: the file is untrusted: size, checksum, every member and its
 * type are checked before anything is believed.
 */
#include "config.h"

#include "pacct_state.h"
#include "pacct_io.h"
#include "pacct_digits.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libfastjson/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define FORMAT 1
#define CRC_LINE_LEN 9u /* eight digits and a newline */

/* *len: room for bytes, and how many there are then */
static bool from_hex(const char* text, uint8_t* bytes, uint32_t* len) {
    const size_t digits = strlen(text);
    if (digits % 2 != 0 || digits > 2 * *len) {
        return false;
    }
    *len = (uint32_t)(digits / 2);
    for (size_t i = 0; i < *len; i++) {
        unsigned byte;
        if (strspn(text + 2 * i, "0123456789abcdef") < 2 || sscanf(text + 2 * i, "%2x", &byte) != 1) {
            return false;
        }
        bytes[i] = (uint8_t)byte;
    }
    return true;
}

static uint32_t checksum(const char* text, size_t len) {
    return (uint32_t)crc32(crc32(0, NULL, 0), (const Bytef*)text, (uInt)len);
}

size_t pacct_state_encode(const struct pacct_position* pos, char* text) {
    char head[2 * PACCT_MARK_LEN + 1], before[2 * PACCT_MARK_LEN + 1];
    const uint32_t mark = pacct_position_mark_len(pos);
    *pacct_write_hex(head, pos->head, pos->head_len) = '\0';
    *pacct_write_hex(before, pos->before, mark) = '\0';
    const int line = snprintf(text, PACCT_STATE_MAX,
                              "{\"format\":%d,\"dev\":%" PRIu64 ",\"ino\":%" PRIu64 ",\"offset\":%" PRIu64
                              ",\"until\":%" PRIu64 ",\"head\":\"%s\",\"before\":\"%s\"}\n",
                              FORMAT, pos->dev, pos->ino, pos->offset, pos->until, head, before);
    return (size_t)line + (size_t)snprintf(text + line, PACCT_STATE_MAX - (size_t)line, "%08" PRIx32 "\n",
                                           checksum(text, (size_t)line));
}

static bool get_number(struct fjson_object* state, const char* name, uint64_t* n) {
    struct fjson_object* member;
    if (!fjson_object_object_get_ex(state, name, &member) || !fjson_object_is_type(member, fjson_type_int)) {
        return false;
    }
    const int64_t value = fjson_object_get_int64(member);
    *n = (uint64_t)value;
    return value >= 0;
}

static bool get_mark(struct fjson_object* state, const char* name, uint8_t bytes[PACCT_MARK_LEN], uint32_t* len) {
    struct fjson_object* member;
    *len = PACCT_MARK_LEN;
    return fjson_object_object_get_ex(state, name, &member) && fjson_object_is_type(member, fjson_type_string) &&
           from_hex(fjson_object_get_string(member), bytes, len);
}

static enum pacct_state_result read_members(struct fjson_object* state, struct pacct_position* pos) {
    uint64_t format;
    struct pacct_position p = {0};
    if (!get_number(state, "format", &format)) {
        return PACCT_STATE_DAMAGED;
    }
    if (format > FORMAT) {
        return PACCT_STATE_NEWER;
    }
    if (format != FORMAT || !get_number(state, "dev", &p.dev) || !get_number(state, "ino", &p.ino) ||
        !get_number(state, "offset", &p.offset) || !get_number(state, "until", &p.until)) {
        return PACCT_STATE_DAMAGED;
    }
    const uint32_t mark = pacct_position_mark_len(&p);
    uint32_t before_len;
    if (!get_mark(state, "head", p.head, &p.head_len) || !get_mark(state, "before", p.before, &before_len) ||
        p.head_len < mark || before_len != mark) {
        return PACCT_STATE_DAMAGED;
    }
    *pos = p;
    return PACCT_STATE_OK;
}

enum pacct_state_result pacct_state_decode(const char* text, size_t len, struct pacct_position* pos) {
    char line[PACCT_STATE_MAX + 1], crc[CRC_LINE_LEN + 1];
    if (len <= CRC_LINE_LEN || len > PACCT_STATE_MAX) {
        return PACCT_STATE_DAMAGED;
    }
    const size_t line_len = len - CRC_LINE_LEN;
    snprintf(crc, sizeof(crc), "%08" PRIx32 "\n", checksum(text, line_len));
    if (memcmp(crc, text + line_len, CRC_LINE_LEN) != 0) {
        return PACCT_STATE_DAMAGED;
    }
    memcpy(line, text, line_len);
    line[line_len] = '\0';
    struct fjson_object* const state = fjson_tokener_parse(line);
    enum pacct_state_result result = PACCT_STATE_DAMAGED;
    if (fjson_object_is_type(state, fjson_type_object)) {
        result = read_members(state, pos);
    }
    fjson_object_put(state);
    return result;
}

enum pacct_state_result pacct_state_load(const char* path, struct pacct_position* pos) {
    char text[PACCT_STATE_MAX + 1];
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return errno == ENOENT ? PACCT_STATE_NONE : PACCT_STATE_UNREADABLE;
    }
    enum pacct_state_result result = PACCT_STATE_UNREADABLE;
    if (fstat(fd, &st) == 0) {
        if (!S_ISREG(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != 0) ||
            (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
            result = PACCT_STATE_FOREIGN;
        } else {
            const ssize_t len = pacct_io_read(fd, text, sizeof(text), 0);
            if (len >= 0) {
                result = pacct_state_decode(text, (size_t)len, pos);
            }
        }
    }
    const int error = errno;
    close(fd);
    errno = error;
    return result;
}

static bool write_all(int fd, const char* text, size_t len) {
    while (len > 0) {
        const ssize_t n = write(fd, text, len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return false;
        }
        text += n;
        len -= (size_t)n;
    }
    return true;
}

/* The caller's to free; NULL when out of memory. */
static char* directory_of(const char* path) {
    const char* const slash = strrchr(path, '/');
    return slash == NULL ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* A rename is only sure to survive a crash of the machine once the directory is on the disk. */
static bool sync_directory(const char* path) {
    char* const dir = directory_of(path);
    const int fd = dir == NULL ? -1 : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(dir);
    if (fd < 0) {
        return false;
    }
    const bool ok = fsync(fd) == 0;
    const int error = errno;
    close(fd);
    errno = error;
    return ok;
}

/* NULL, or the call that failed, with errno */
static const char* write_temporary(const char* path, const char* text, size_t len) {
    unlink(path); /* left by a crash */
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return "open";
    }
    const char* const failed = !write_all(fd, text, len) ? "write" : fsync(fd) != 0 ? "fsync" : NULL;
    const int error = errno;
    if (close(fd) != 0 && failed == NULL) {
        return "close";
    }
    errno = error;
    return failed;
}

int pacct_state_store(const char* path, const struct pacct_position* pos, const char** call) {
    char text[PACCT_STATE_MAX];
    const size_t len = pacct_state_encode(pos, text);
    char* temporary;
    if (asprintf(&temporary, "%s" PACCT_STATE_TEMPORARY, path) < 0) {
        *call = "malloc";
        return ENOMEM;
    }
    int error = 0;
    *call = write_temporary(temporary, text, len);
    if (*call == NULL && rename(temporary, path) != 0) {
        *call = "rename";
    }
    if (*call != NULL) {
        error = errno;
        unlink(temporary);
    } else if (!sync_directory(path)) {
        *call = "fsync";
        error = errno;
    }
    free(temporary);
    return error;
}

static bool same_directory(const char* a, const char* b) {
    struct stat x, y;
    char *const dir_a = directory_of(a), *const dir_b = directory_of(b);
    bool same = false;
    if (dir_a != NULL && dir_b != NULL) {
        same = stat(dir_a, &x) == 0 && stat(dir_b, &y) == 0 ? x.st_dev == y.st_dev && x.st_ino == y.st_ino
                                                            : strcmp(dir_a, dir_b) == 0;
    }
    free(dir_a);
    free(dir_b);
    return same;
}

static const char* name_of(const char* path) {
    const char* const slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* Whether a name is that of a state file, or of its temporary one. */
static bool belongs_to(const char* name, const char* state) {
    const size_t len = strlen(state);
    return strncmp(name, state, len) == 0 && (name[len] == '\0' || strcmp(name + len, PACCT_STATE_TEMPORARY) == 0);
}

bool pacct_state_clash(const char* a, const char* b) {
    return (belongs_to(name_of(a), name_of(b)) || belongs_to(name_of(b), name_of(a))) && same_directory(a, b);
}
