/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/state.c
 * @brief A position as a file, with what before it has to be read again.
 *
 * Algorithm: a temporary file beside the state file (O_EXCL, O_NOFOLLOW) is
 * written, synchronized and renamed over it, then the directory is
 * synchronized.
 *
 * Concurrency and locking: one writer per path; a temporary file left by a
 * crash is replaced.
 *
 * Failure model: the file is untrusted: size, checksum, every member and its
 * type are checked before anything is believed.
 */
#include "config.h"

#include "file/state.h"
#include "base/sys.h"
#include "base/fmt.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libfastjson/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define FORMAT 1
#define FORMAT_HOLES 2
#define FORMAT_SUMS 3
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

/* Append as snprintf() does. */
static void append(char* text, size_t* len, const char* format, ...) __attribute__((format(printf, 3, 4)));

static void append(char* text, size_t* len, const char* format, ...) {
    va_list args;
    va_start(args, format);
    *len += (size_t)vsnprintf(text + *len, PACCT_STATE_MAX - *len, format, args);
    va_end(args);
}

/* The members of a position, without the braces. */
static void encode_position(const struct pacct_position* pos, char* text, size_t* len) {
    char head[2 * PACCT_MARK_LEN + 1], before[2 * PACCT_MARK_LEN + 1];
    *pacct_write_hex(head, pos->head, pos->head_len) = '\0';
    *pacct_write_hex(before, pos->before, pacct_position_mark_len(pos)) = '\0';
    append(text, len,
           "\"dev\":%" PRIu64 ",\"ino\":%" PRIu64 ",\"offset\":%" PRIu64 ",\"until\":%" PRIu64
           ",\"head\":\"%s\",\"before\":\"%s\"",
           pos->dev, pos->ino, pos->offset, pos->until, head, before);
    if (pos->born != 0) {
        append(text, len, ",\"born\":%" PRIu64, pos->born);
    }
}

static void encode_sums(const struct pacct_sums* sums, char* text, size_t* len) {
    append(text, len, ",\"sums\":{\"records\":%" PRIu64 ",\"skip\":%" PRIu64, sums->records, sums->skip);
    for (unsigned i = 0; i < PACCT_STATE_NUMBERS; i++) {
        append(text, len, "%s%" PRIu64, i == 0 ? ",\"numbers\":[" : ",", sums->number[i]);
    }
    append(text, len, "]");
    if (sums->records > 0) {
        append(text, len, ",");
        encode_position(&sums->start, text, len);
    }
    append(text, len, "}");
}

size_t pacct_state_encode(const struct pacct_state* state, char* text) {
    size_t len = 0;
    append(text, &len, "{\"format\":%d,", state->sums.any ? FORMAT_SUMS : state->holes > 0 ? FORMAT_HOLES : FORMAT);
    encode_position(&state->pos, text, &len);
    for (unsigned i = 0; i < state->holes; i++) {
        const struct pacct_hole* const hole = &state->hole[i];
        append(text, &len, "%s{\"records\":%" PRIu64 ",\"held\":%" PRIu64 ",", i == 0 ? ",\"holes\":[" : ",",
               hole->records, hole->held);
        encode_position(&hole->start, text, &len);
        append(text, &len, "}");
    }
    append(text, &len, "%s", state->holes > 0 ? "]" : "");
    if (state->sums.any) {
        encode_sums(&state->sums, text, &len);
    }
    append(text, &len, "}\n");
    append(text, &len, "%08" PRIx32 "\n", checksum(text, len));
    return len;
}

static bool get_number(struct fjson_object* object, const char* name, uint64_t* n) {
    struct fjson_object* member;
    if (!fjson_object_object_get_ex(object, name, &member) || !fjson_object_is_type(member, fjson_type_int)) {
        return false;
    }
    const int64_t value = fjson_object_get_int64(member);
    *n = (uint64_t)value;
    return value >= 0;
}

static bool get_mark(struct fjson_object* object, const char* name, uint8_t bytes[PACCT_MARK_LEN], uint32_t* len) {
    struct fjson_object* member;
    *len = PACCT_MARK_LEN;
    return fjson_object_object_get_ex(object, name, &member) && fjson_object_is_type(member, fjson_type_string) &&
           from_hex(fjson_object_get_string(member), bytes, len);
}

static bool get_position(struct fjson_object* object, struct pacct_position* p) {
    uint32_t before_len;
    if (!get_number(object, "dev", &p->dev) || !get_number(object, "ino", &p->ino) ||
        !get_number(object, "offset", &p->offset) || !get_number(object, "until", &p->until)) {
        return false;
    }
    if (!get_number(object, "born", &p->born)) {
        p->born = 0; /* of a file system that does not tell, or of an earlier version of the module */
    }
    const uint32_t mark = pacct_position_mark_len(p);
    return get_mark(object, "head", p->head, &p->head_len) && get_mark(object, "before", p->before, &before_len) &&
           p->head_len >= mark && before_len == mark;
}

static bool get_hole(struct fjson_object* object, struct pacct_hole* hole) {
    return fjson_object_is_type(object, fjson_type_object) && get_number(object, "records", &hole->records) &&
           get_number(object, "held", &hole->held) && get_position(object, &hole->start) && hole->records > 0;
}

/* Format 2 has them, format 3 may. */
static bool get_holes(struct fjson_object* object, uint64_t format, struct pacct_state* state) {
    struct fjson_object* holes;
    if (!fjson_object_object_get_ex(object, "holes", &holes)) {
        return format != FORMAT_HOLES;
    }
    if (!fjson_object_is_type(holes, fjson_type_array)) {
        return false;
    }
    const int count = fjson_object_array_length(holes);
    if (count < 1 || (unsigned)count > PACCT_STATE_HOLES) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        if (!get_hole(fjson_object_array_get_idx(holes, i), &state->hole[i])) {
            return false;
        }
    }
    state->holes = (unsigned)count;
    return true;
}

static bool get_sums(struct fjson_object* object, struct pacct_sums* sums) {
    struct fjson_object *members, *numbers;
    if (!fjson_object_object_get_ex(object, "sums", &members) || !fjson_object_is_type(members, fjson_type_object) ||
        !get_number(members, "records", &sums->records) || !get_number(members, "skip", &sums->skip) ||
        (sums->records > 0 && !get_position(members, &sums->start)) ||
        !fjson_object_object_get_ex(members, "numbers", &numbers) || !fjson_object_is_type(numbers, fjson_type_array) ||
        fjson_object_array_length(numbers) != (int)PACCT_STATE_NUMBERS) {
        return false;
    }
    for (unsigned i = 0; i < PACCT_STATE_NUMBERS; i++) {
        struct fjson_object* const number = fjson_object_array_get_idx(numbers, (int)i);
        if (!fjson_object_is_type(number, fjson_type_int) || fjson_object_get_int64(number) < 0) {
            return false;
        }
        sums->number[i] = (uint64_t)fjson_object_get_int64(number);
    }
    sums->any = true;
    return true;
}

static enum pacct_state_result read_members(struct fjson_object* object, struct pacct_state* state) {
    uint64_t format;
    struct pacct_state read = {.holes = 0};
    if (!get_number(object, "format", &format)) {
        return PACCT_STATE_DAMAGED;
    }
    if (format > FORMAT_SUMS) {
        return PACCT_STATE_NEWER;
    }
    if (format < FORMAT || !get_position(object, &read.pos) || !get_holes(object, format, &read) ||
        (format == FORMAT_SUMS && !get_sums(object, &read.sums))) {
        return PACCT_STATE_DAMAGED;
    }
    *state = read;
    return PACCT_STATE_OK;
}

enum pacct_state_result pacct_state_decode(const char* text, size_t len, struct pacct_state* state) {
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
    struct fjson_object* const object = fjson_tokener_parse(line);
    enum pacct_state_result result = PACCT_STATE_DAMAGED;
    if (fjson_object_is_type(object, fjson_type_object)) {
        result = read_members(object, state);
    }
    fjson_object_put(object);
    return result;
}

enum pacct_state_result pacct_state_load(const char* path, struct pacct_state* state) {
    char text[PACCT_STATE_MAX + 1];
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return errno == ENOENT  ? PACCT_STATE_NONE
               : errno == ELOOP ? PACCT_STATE_FOREIGN /* a symbolic link */
                                : PACCT_STATE_UNREADABLE;
    }
    enum pacct_state_result result = PACCT_STATE_UNREADABLE;
    if (fstat(fd, &st) == 0) {
        if (!S_ISREG(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != 0) ||
            (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
            result = PACCT_STATE_FOREIGN;
        } else {
            const ssize_t len = pacct_sys_read(fd, text, sizeof(text), 0);
            if (len >= 0) {
                result = pacct_state_decode(text, (size_t)len, state);
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

/* A rename is only sure to survive a crash of the machine once the directory is on the disk. */
static bool sync_directory(const char* path) {
    char* const dir = pacct_sys_dirname(path);
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

int pacct_state_store(const char* path, const struct pacct_state* state, const char** call) {
    char text[PACCT_STATE_MAX];
    const size_t len = pacct_state_encode(state, text);
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
    char *const dir_a = pacct_sys_dirname(a), *const dir_b = pacct_sys_dirname(b);
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
