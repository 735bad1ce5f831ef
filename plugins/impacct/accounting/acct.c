/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/acct.c
 * @brief Switching process accounting, and keeping its files. Nothing else calls acct(2).
 *
 * Algorithm: rotated files are numbered, the newest is 1, as logrotate does it
 * and pacct_rotated finds them. A rotation renames from the oldest on, so that
 * at every moment each file has a name, and one that is interrupted leaves at
 * worst a gap in the numbers.
 *
 * Concurrency and locking: one thread; other processes are kept away by a lock
 * file, as far as they ask for it.
 *
 * Failure model: each step that fails is undone where it is not harmless.
 */
#include "config.h"

#include "accounting/acct.h"
#include "accounting/canary.h"
#include "accounting/mount.h"
#include "base/child.h"
#include "base/proc.h"
#include "base/sys.h"
#include "file/record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* where programs let accounting go to: GNU acct on Debian, Red Hat and elsewhere, atopacctd, atop */
static const char* const known_files[] = {"/var/log/account/pacct", "/var/account/pacct", "/var/log/pacct",
                                          "/run/pacct_source", "/var/cache/atop.d/atop.acct"};
#define KNOWN_COUNT (sizeof(known_files) / sizeof(known_files[0]))

/* highest number of a rotated file that is looked for */
#define NUMBER_MAX 9999u
/* a lock for each pid namespace, which is what the kernel has one accounting file for */
#define LOCK_FORMAT "/run/impacct-accounting.%llu.lock"
/* how much of what was written while a child ended is searched for its record */
#define SEARCH_MAX (1024 * 1024)
/* what the lock file holds: a path, and what it was written in */
#define MEMORY_MAX (PATH_MAX + 128)

static int try_call(void* arg) {
    (void)arg;
    prctl(PR_SET_NAME, PACCT_CHILD_PREFIX "right");
    /* an empty name: ENOENT, once the caller's rights have been checked (kernel/acct.c) */
    return acct("") == 0 ? 0 : errno;
}

enum pacct_right pacct_acct_right(void) {
    int status;
    if (pacct_child_try(try_call, &status) != 0) {
        return PACCT_RIGHT_UNKNOWN;
    }
    if (WIFSIGNALED(status)) {
        return PACCT_RIGHT_FATAL;
    }
    switch (WEXITSTATUS(status)) {
        case ENOENT:
            return PACCT_RIGHT_GRANTED;
        case ENOSYS:
            return PACCT_RIGHT_NO_KERNEL;
        default:
            return PACCT_RIGHT_DENIED;
    }
}

static int fail(const char* what, const char** call) {
    *call = what;
    return errno;
}

/* Nobody but us and root may change it. */
static bool is_ours(const struct stat* st) {
    return (st->st_uid == 0 || st->st_uid == geteuid()) && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* The descriptor, or -1 with the call that failed, and errno. */
static int open_directory(const char* path, const char** call) {
    char directory[PATH_MAX];
    if (strlen(path) >= sizeof(directory)) {
        errno = ENAMETOOLONG;
        *call = "open";
        return -1;
    }
    strcpy(directory, path);
    pacct_sys_parent(directory);
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        *call = "mkdir";
        return -1;
    }
    const int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        *call = "open of the directory";
    }
    return fd;
}

static int make_file(const char* path, const char** call) {
    struct stat st;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) {
        fd = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    }
    if (fd < 0) {
        return fail("open", call);
    }
    const bool ours = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 && is_ours(&st);
    close(fd);
    if (!ours) {
        errno = EPERM;
        return fail("check of the file", call);
    }
    return 0;
}

int pacct_acct_prepare(const char* path, const char** call) {
    struct stat st;
    const int fd = open_directory(path, call);
    if (fd < 0) {
        return errno;
    }
    const bool ours = fstat(fd, &st) == 0 && is_ours(&st);
    close(fd);
    if (!ours) {
        errno = EPERM;
        return fail("check of the directory", call);
    }
    return make_file(path, call);
}

int pacct_acct_lock(int* fd, const char** call) {
    struct stat st;
    char path[sizeof(LOCK_FORMAT) + 24];
    if (stat("/proc/self/ns/pid", &st) != 0) {
        return fail("stat of the pid namespace", call);
    }
    snprintf(path, sizeof(path), LOCK_FORMAT, (unsigned long long)st.st_ino);
    *fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (*fd < 0) {
        return fail("open of the lock in /run", call);
    }
    if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
        const int error = fail("flock", call);
        close(*fd);
        *fd = -1;
        return error;
    }
    return 0;
}

/* One line: which boot of the machine, when process 1 began, of whose pid namespace this is, and the file. */
static void describe(const char* path, char line[MEMORY_MAX]) {
    char boot[PACCT_BOOT_ID_LEN + 1];
    struct pacct_proc init = {0};
    pacct_sys_boot_id(boot);
    pacct_proc_read(1, &init);
    snprintf(line, MEMORY_MAX, "%s %llu %s\n", boot, (unsigned long long)init.start, path);
}

void pacct_acct_remember(int lock, const char* path) {
    char line[MEMORY_MAX] = "";
    if (path != NULL) {
        describe(path, line);
    }
    const ssize_t len = (ssize_t)strlen(line);
    if (ftruncate(lock, 0) != 0 || pwrite(lock, line, (size_t)len, 0) != len) {
        return; /* then nothing is claimed at the next start */
    }
}

bool pacct_acct_was_left_on(int lock, const char* path) {
    char line[MEMORY_MAX], expected[MEMORY_MAX];
    const ssize_t len = pacct_sys_read(lock, line, sizeof(line) - 1, 0);
    line[len < 0 ? 0 : len] = '\0';
    describe(path, expected);
    return strcmp(line, expected) == 0;
}

int pacct_acct_on(const char* path, bool* lasts, const char** call) {
    char name[PATH_MAX];
    *lasts = pacct_mount_lasting(path, name) && acct(name) == 0;
    return *lasts || acct(path) == 0 ? 0 : fail("acct", call);
}

int pacct_acct_off(const char** call) {
    return acct(NULL) == 0 ? 0 : fail("acct", call);
}

/* Whether the name stands in one of the records behind an offset. They are few: those of one moment. */
static bool find_name(int fd, off_t from, const char* name) {
    uint8_t piece[PACCT_RECORD_MAX * 64];
    const off_t end = from + SEARCH_MAX;
    ssize_t n;
    while (from < end && (n = pread(fd, piece, sizeof(piece), from)) > 0) {
        if (memmem(piece, (size_t)n, name, strlen(name)) != NULL) {
            return true;
        }
        from += n > (ssize_t)PACCT_RECORD_MAX ? n - (ssize_t)PACCT_RECORD_MAX : n; /* it may lie across the end */
    }
    return false;
}

/* Open a file for reading that nobody but us and root can have put there; -1: errno, EPERM where it is not so. Looked
 * at first, because opening a device can do something. */
static int open_trusted(const char* path) {
    struct stat st;
    if (lstat(path, &st) != 0) {
        return -1;
    }
    int fd = -1;
    if (S_ISREG(st.st_mode) && (fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)) < 0) {
        return -1;
    }
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && is_ours(&st)) {
        return fd;
    }
    if (fd >= 0) {
        close(fd);
    }
    errno = EPERM;
    return -1;
}

/* Which of some files, -1 for those that are not there, gets the record of a child? */
static enum pacct_reach find_reached(const int* fds, size_t count, size_t* which) {
    off_t ends[KNOWN_COUNT];
    char name[PACCT_CANARY_NAME + 1];
    pid_t pid;
    for (size_t i = 0; i < count; i++) {
        ends[i] = fds[i] < 0 ? 0 : lseek(fds[i], 0, SEEK_END);
    }
    if (pacct_canary(name, &pid) != 0) {
        return PACCT_REACH_UNKNOWN;
    }
    for (*which = 0; *which < count; (*which)++) {
        if (fds[*which] >= 0 && find_name(fds[*which], ends[*which], name)) {
            return PACCT_REACH_YES;
        }
    }
    return PACCT_REACH_NO;
}

enum pacct_reach pacct_acct_reaches(const char* path) {
    size_t which;
    const int fd = open_trusted(path);
    if (fd < 0) {
        return errno == ENOENT ? PACCT_REACH_NO : PACCT_REACH_UNKNOWN;
    }
    const enum pacct_reach reach = find_reached(&fd, 1, &which);
    close(fd);
    return reach;
}

enum pacct_reach pacct_acct_find(const char* but, const char** file) {
    int fds[KNOWN_COUNT];
    struct stat ours, st;
    size_t which = 0;
    const bool exists = stat(but, &ours) == 0;
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        fds[i] = open_trusted(known_files[i]);
        if (fds[i] >= 0 && exists && fstat(fds[i], &st) == 0 && st.st_dev == ours.st_dev && st.st_ino == ours.st_ino) {
            close(fds[i]);
            fds[i] = -1;
        }
    }
    const enum pacct_reach reach = find_reached(fds, KNOWN_COUNT, &which);
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
    if (reach == PACCT_REACH_YES) {
        *file = known_files[which];
    }
    return reach;
}

/* A path with a number behind it, in a buffer of PATH_MAX; false where it is too long. */
static bool numbered(char* to, const char* path, unsigned number) {
    return snprintf(to, PATH_MAX, "%s.%u", path, number) < PATH_MAX;
}

/* The first number that is free */
static unsigned first_gap(const char* path) {
    char name[PATH_MAX];
    unsigned n = 1;
    while (n < NUMBER_MAX && numbered(name, path, n) && access(name, F_OK) == 0) {
        n++;
    }
    return n;
}

/* Let those read a new file who might read the old one. Where that is not permitted, it is the owner's alone. */
static void pass_on_rights(const char* path, const struct stat* old) {
    if (lchown(path, old->st_uid, old->st_gid) == 0) {
        chmod(path, old->st_mode & (S_IRWXU | S_IRGRP | S_IROTH));
    }
}

int pacct_acct_rotate(const char* path, bool* lasts, const char** call) {
    struct stat old;
    char from[PATH_MAX], to[PATH_MAX];
    if (lstat(path, &old) != 0) {
        return fail("stat", call);
    }
    for (unsigned n = first_gap(path); n > 1; n--) {
        if (!numbered(to, path, n) || !numbered(from, path, n - 1)) {
            errno = ENAMETOOLONG;
            return fail("rename", call);
        }
        if (rename(from, to) != 0) {
            return fail("rename", call);
        }
    }
    if (!numbered(to, path, 1) || rename(path, to) != 0) {
        return fail("rename", call);
    }
    int error = make_file(path, call);
    if (error == 0) {
        pass_on_rights(path, &old);
        error = pacct_acct_on(path, lasts, call);
    }
    if (error != 0) { /* the kernel still writes to the old one: give it its name back */
        unlink(path);
        rename(to, path);
    }
    return error;
}

int pacct_acct_give(const char* path, const char** call) {
    const int fd = open_trusted(path);
    if (fd < 0) {
        errno = EPERM;
        return fail("check of the file", call);
    }
    close(fd);
    bool lasts;
    return pacct_acct_on(path, &lasts, call);
}

unsigned pacct_acct_number(const char* path, uint64_t dev, uint64_t ino) {
    struct stat st;
    char name[PATH_MAX];
    if (stat(path, &st) == 0 && st.st_dev == dev && st.st_ino == ino) {
        return 0;
    }
    for (unsigned n = 1; n < NUMBER_MAX && numbered(name, path, n) && lstat(name, &st) == 0; n++) {
        if (st.st_dev == dev && st.st_ino == ino) {
            return n;
        }
    }
    return UINT_MAX;
}

bool pacct_acct_remove_oldest(const char* path, unsigned keep, char* removed, int* error) {
    struct stat st;
    const unsigned oldest = first_gap(path) - 1;
    if (oldest <= keep || !numbered(removed, path, oldest)) {
        return false;
    }
    if (lstat(removed, &st) != 0) {
        *error = errno;
    } else if (!S_ISREG(st.st_mode) || !is_ours(&st)) {
        *error = EPERM;
    } else {
        *error = unlink(removed) == 0 ? 0 : errno;
    }
    return true;
}
