/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: whatever goes wrong while a position is stored, the old one or the new one is there afterwards, whole.
 * Invariant: for every k the failure of the k-th system call is told with its name and errno, leaves no temporary file
 * and a whole state; a process that dies before its k-th call leaves a whole state, and the next store works.
 * Oracle: the linker's --wrap puts our own open, write, fsync, close and rename in between; short writes and EINTR are
 * no failures. */
#include "config.h"

#include "check.h"
#include "file/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static enum { PASS, FAIL, DIE } mode;
static unsigned calls, victim;
static const char* failed; /* name of the call that was made to fail */
static bool slow_writes;

int __real_open(const char* path, int flags, ...);
ssize_t __real_write(int fd, const void* buf, size_t len);
int __real_fsync(int fd);
int __real_close(int fd);
int __real_rename(const char* from, const char* to);
int __wrap_open(const char* path, int flags, ...);
ssize_t __wrap_write(int fd, const void* buf, size_t len);
int __wrap_fsync(int fd);
int __wrap_close(int fd);
int __wrap_rename(const char* from, const char* to);

static bool is_victim(const char* name) {
    if (mode == PASS || ++calls != victim) {
        return false;
    }
    if (mode == DIE) {
        _exit(0);
    }
    failed = name;
    errno = ENOSPC;
    return true;
}

int __wrap_open(const char* path, int flags, ...) {
    va_list args;
    va_start(args, flags);
    const mode_t permissions = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    return is_victim("open") ? -1 : __real_open(path, flags, permissions);
}

ssize_t __wrap_write(int fd, const void* buf, size_t len) {
    static unsigned turn;
    if (is_victim("write")) {
        return -1;
    }
    if (slow_writes && ++turn % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    return __real_write(fd, buf, slow_writes && len > 7 ? 7 : len);
}

int __wrap_fsync(int fd) {
    return is_victim("fsync") ? -1 : __real_fsync(fd);
}

int __wrap_close(int fd) {
    const bool fails = is_victim("close");
    const int result = __real_close(fd);
    errno = fails ? ENOSPC : errno;
    return fails ? -1 : result;
}

int __wrap_rename(const char* from, const char* to) {
    return is_victim("rename") ? -1 : __real_rename(from, to);
}

static char path[128], temporary[160];

static void in_directory(void) {
    snprintf(path, sizeof(path), "%s/state", check_dir);
    snprintf(temporary, sizeof(temporary), "%s.tmp", path);
}

static void set_offset(struct pacct_state* state, uint64_t offset) {
    memset(state, 0, sizeof(*state));
    state->pos.ino = 1;
    state->pos.offset = offset;
    state->pos.head_len = pacct_position_mark_len(&state->pos);
}

static uint64_t offset_on_disk(void) {
    struct pacct_state state;
    mode = PASS;
    CHECK_EQ(pacct_state_load(path, &state), PACCT_STATE_OK);
    return state.pos.offset;
}

static void store(uint64_t offset) {
    struct pacct_state state;
    const char* call;
    set_offset(&state, offset);
    mode = PASS;
    CHECK_EQ(pacct_state_store(path, &state, &call), 0);
    CHECK_EQ(offset_on_disk(), offset);
}

static void every_failure(void) {
    unsigned renamed = 0;
    in_directory();
    for (victim = 1;; victim++) {
        struct pacct_state state;
        const char* call = NULL;
        store(1000);
        set_offset(&state, 2000 + victim);
        mode = FAIL;
        calls = 0;
        failed = NULL;
        const int error = pacct_state_store(path, &state, &call);
        mode = PASS;
        CHECK(access(temporary, F_OK) != 0);
        const uint64_t now = offset_on_disk();
        CHECK(now == 1000 || now == 2000 + victim);
        if (failed == NULL) { /* all calls were let pass: that was the last k */
            CHECK_EQ(error, 0);
            CHECK_EQ(now, 2000 + victim);
            break;
        }
        if (renamed == 0) {
            CHECK_EQ(error, ENOSPC);
            CHECK(call != NULL);
            CHECK(strcmp(failed, "rename") == 0 || strcmp(call, failed) == 0);
            CHECK_EQ(now, 1000);
        }
        renamed += strcmp(failed, "rename") == 0;
    }
    CHECK_EQ(renamed, 1);
    CHECK(victim > 6); /* open, write, fsync, close, rename, open, fsync, close */
}

static void every_death(void) {
    in_directory();
    for (victim = 1; victim < 12; victim++) {
        struct pacct_state state;
        const char* call;
        int status;
        store(1000);
        set_offset(&state, 2000);
        mode = DIE;
        calls = 0;
        const pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            _exit(pacct_state_store(path, &state, &call));
        }
        mode = PASS;
        CHECK(waitpid(child, &status, 0) == child && status == 0);
        const uint64_t now = offset_on_disk();
        CHECK(now == 1000 || now == 2000);
        store(3000); /* over what the dead one left */
        CHECK(access(temporary, F_OK) != 0);
    }
}

/* A trap at the place of the temporary file is not followed. */
static void trap(void) {
    char target[160];
    struct stat st;
    in_directory();
    snprintf(target, sizeof(target), "%s/target", check_dir);
    const int fd = open(target, O_WRONLY | O_CREAT, 0600);
    CHECK(fd >= 0 && close(fd) == 0);
    CHECK(symlink(target, temporary) == 0);
    store(4000);
    CHECK(stat(target, &st) == 0 && st.st_size == 0);
    CHECK(lstat(path, &st) == 0 && S_ISREG(st.st_mode));
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("each call fails") {
        every_failure();
    }
    CASE("death before each call") {
        every_death();
    }
    CASE("a trap in place of the temporary file") {
        trap();
    }
    CASE("short writes and interruptions") {
        in_directory();
        slow_writes = true;
        store(5000);
    }
    CASE("no directory") {
        struct pacct_state state;
        const char* call;
        snprintf(path, sizeof(path), "%s/nothing/state", check_dir);
        set_offset(&state, 1);
        CHECK_EQ(pacct_state_store(path, &state, &call), ENOENT);
        CHECK(strcmp(call, "open") == 0);
    }
    return check_end();
}
