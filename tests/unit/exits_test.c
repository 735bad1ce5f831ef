/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: a ring that the kernel writes into is never lost for a failure of the moment, nor because whoever replaced it
 * was killed; what is not used any more does not stay. Invariant: whichever call fails, and wherever the process is
 * killed, a ring of this layout goes on with all its ends; one of another layout is replaced, with exactly the number
 * of ends that it held, or stays; in the end there is one ring. Oracle: the processes that were made here, in a pid
 * namespace of the case's own; the linker's --wrap makes the k-th call fail, for every k. Where there are no
 * privileges, only the reasons for a refusal are tested. */
#include "config.h"

#include "check.h"
#include "capture/exits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define SKIPPED 77
#define KILLED 9
#define SIZE 65536
#define ENDS 5u
/* Each time that a ring is to be opened, a child tries bpf(2) first, and ends. */
#define TRIED 1u

/* ---- calls that fail ---- */

static unsigned calls, fails; /* calls so far; number of the one that fails, 0: none */
static int fails_with; /* errno; 0: the process ends there */

static bool fail(void) {
    if (fails == 0 || ++calls != fails) {
        return false;
    }
    if (fails_with == 0) {
        _exit(KILLED);
    }
    errno = fails_with;
    return true;
}

static void let_fail(unsigned number, int error) {
    calls = 0;
    fails = number;
    fails_with = error;
}

#define FAILING(call, parameters, arguments)          \
    int __real_##call parameters;                     \
    int __wrap_##call parameters;                     \
    int __wrap_##call parameters {                    \
        return fail() ? -1 : __real_##call arguments; \
    }

FAILING(bpf_obj_get, (const char* path), (path))
FAILING(bpf_obj_pin, (int fd, const char* path), (fd, path))
FAILING(bpf_obj_get_info_by_fd, (int fd, void* info, uint32_t* len), (fd, info, len))
FAILING(bpf_map_lookup_elem, (int fd, const void* key, void* value), (fd, key, value))
FAILING(flock, (int fd, int operation), (fd, operation))
FAILING(mkdir, (const char* path, mode_t mode), (path, mode))
FAILING(rename, (const char* from, const char* to), (from, to))
FAILING(unlink, (const char* path), (path))
FAILING(rmdir, (const char* path), (path))

void* __real_mmap(void* at, size_t size, int protection, int flags, int fd, off_t offset);
void* __wrap_mmap(void* at, size_t size, int protection, int flags, int fd, off_t offset);
void* __wrap_mmap(void* at, size_t size, int protection, int flags, int fd, off_t offset) {
    return fail() ? MAP_FAILED : __real_mmap(at, size, protection, flags, fd, offset);
}

/* ---- a system of the case's own ---- */

static char place[128];
static char reason[PACCT_EXITS_REASON_MAX];
static struct pacct_exits_opened how;

static int status_of(pid_t pid) {
    int status = -1;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* A pid namespace with its own /proc, and a BPF file system. Who has made it can have no threads any more, which a
 * search for leaks takes: he ends without one. @return whether they can be had */
static bool enter(void) {
    char mounted[96];
    snprintf(mounted, sizeof(mounted), "%s/bpf", check_dir);
    snprintf(place, sizeof(place), "%s/impacct", mounted);
    CHECK(mkdir(mounted, 0700) == 0);
    if (unshare(CLONE_NEWNS | CLONE_NEWPID) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("bpf", mounted, "bpf", 0, NULL) != 0) {
        return false;
    }
    const pid_t first = fork();
    if (first != 0) {
        _exit(status_of(first));
    }
    return mount("proc", "/proc", "proc", 0, NULL) == 0;
}

static struct pacct_exits* open_ring(void) {
    return pacct_exits_open(place, SIZE, &how, reason);
}

static void end_some(unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        const pid_t pid = fork();
        if (pid == 0) {
            _exit(0);
        }
        CHECK_EQ(status_of(pid), 0);
    }
}

static unsigned count(const struct pacct_exits* e) {
    uint64_t at = pacct_exits_oldest(e);
    unsigned number = 0;
    while (pacct_exits_next(e, &at) != NULL) {
        number++;
    }
    return number;
}

/* Whether there is something pinned, by its name in the place. */
static bool is_there(const char* name) {
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", place, name);
    return access(path, F_OK) == 0;
}

static unsigned entries(void) {
    unsigned number = 0;
    DIR* const dir = opendir(place);
    for (const struct dirent* entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        number += entry->d_name[0] != '.';
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return number;
}

/* Make a ring that holds some ends. @return its number */
static uint64_t make_ring(void) {
    struct pacct_exits* const e = open_ring();
    if (e == NULL) {
        fprintf(stderr, "%s\n", reason);
        exit(SKIPPED);
    }
    const uint64_t id = pacct_exits_id(e);
    CHECK(how.made && !how.discarded);
    CHECK_EQ(how.size, SIZE);
    pacct_exits_close(e);
    end_some(ENDS);
    return id;
}

/* The same, as another version of the module would have made it. */
static void make_other(void) {
    char from[256], to[256];
    make_ring();
    snprintf(from, sizeof(from), "%s/exits-1", place);
    snprintf(to, sizeof(to), "%s/exits-0", place);
    CHECK(rename(from, to) == 0);
}

/* Open and close while a call fails. @return whether that was before the end */
static bool open_failing(unsigned number, int error) {
    let_fail(number, error);
    struct pacct_exits* const e = open_ring();
    const bool failed = calls >= fails;
    let_fail(0, 0);
    pacct_exits_close(e);
    how.discarded = how.discarded && e != NULL;
    return failed;
}

/* The same, killed at that call. */
static bool open_killed(unsigned number) {
    const pid_t pid = fork();
    if (pid == 0) {
        open_failing(number, 0);
        _exit(0);
    }
    return status_of(pid) == KILLED;
}

/* ---- */

static void expect_refusal(const char* directory, const char* why) {
    CHECK(pacct_exits_open(directory, SIZE, &how, reason) == NULL);
    if (strstr(reason, why) == NULL) {
        fprintf(stderr, "'%s' is not in: %s\n", why, reason);
        exit(1);
    }
}

static void test_refused(void) {
    char path[128];
    snprintf(path, sizeof(path), "%s/no/such", check_dir);
    expect_refusal(path, "the directory that it is to be made in does not exist");
    snprintf(path, sizeof(path), "%s/new", check_dir);
    expect_refusal(path, "no BPF file system is mounted there");
    CHECK(access(path, F_OK) != 0);
    CHECK(mkdir(path, 0700) == 0);
    expect_refusal(path, "it is not in a BPF file system");
    CHECK(chmod(path, 0710) == 0);
    expect_refusal(path, "of mode 0700");
    CHECK(rmdir(path) == 0 && symlink(check_dir, path) == 0);
    expect_refusal(path, "it must be a directory");
    strcat(path, "/");
    expect_refusal(path, "it must be a directory");
}

static void test_kept(void) {
    CASE("a ring goes on while nobody has it open, and for one at a time") {
        CHECK(enter());
        const uint64_t id = make_ring();
        struct pacct_exits* const e = open_ring();
        CHECK(e != NULL && !how.made && !how.discarded && pacct_exits_id(e) == id);
        CHECK_EQ(count(e), ENDS + TRIED);
        expect_refusal(place, "another input, or another rsyslogd");
        end_some(ENDS);
        CHECK_EQ(count(e), 2 * (ENDS + TRIED));
        pacct_exits_close(e);
    }
    CASE("who is refused does not take away the directory of whoever is about to make his ring") {
        CHECK(enter());
        CHECK(mkdir(place, 0700) == 0);
        const int other = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        CHECK(other >= 0 && flock(other, LOCK_EX) == 0);
        expect_refusal(place, "another input, or another rsyslogd");
        CHECK(access(place, F_OK) == 0);
    }
    CASE("slashes behind the directory's name change nothing") {
        CHECK(enter());
        strcat(place, "//");
        const uint64_t id = make_ring();
        place[strlen(place) - 2] = '\0';
        struct pacct_exits* const e = open_ring();
        CHECK(e != NULL && pacct_exits_id(e) == id);
        pacct_exits_close(e);
    }
    CASE("whatever fails, the ring stays") {
        CHECK(enter());
        const uint64_t id = make_ring();
        for (unsigned k = 1; open_failing(k, ENOMEM); k++) {
            struct pacct_exits* const e = open_ring();
            CHECK(e != NULL && !how.made && pacct_exits_id(e) == id);
            CHECK_EQ(count(e), ENDS + 2 * k * TRIED);
            pacct_exits_close(e);
        }
    }
    CASE("wherever one is killed who opens it, the ring stays") {
        CHECK(enter());
        const uint64_t id = make_ring();
        for (unsigned k = 1; open_killed(k); k++) {
            struct pacct_exits* const e = open_ring();
            CHECK(e != NULL && !how.made && pacct_exits_id(e) == id);
            CHECK_EQ(count(e), ENDS + k * (1 + 2 * TRIED));
            pacct_exits_close(e);
        }
    }
    CASE("a call that fails, or a kill, while the first one is made") {
        CHECK(enter());
        make_ring();
        CHECK(nftw(place, check_remove, 16, FTW_DEPTH | FTW_PHYS) == 0);
        for (unsigned k = 1; open_failing(k, ENOMEM) && open_killed(k); k++) {
            struct pacct_exits* const e = open_ring();
            CHECK(e != NULL && !how.discarded);
            CHECK_EQ(entries(), 1);
            pacct_exits_close(e);
            CHECK(nftw(place, check_remove, 16, FTW_DEPTH | FTW_PHYS) == 0);
        }
    }
}

static void test_replaced(void) {
    CASE("one of another layout is replaced, with the number that it held") {
        CHECK(enter());
        make_other();
        struct pacct_exits* const e = open_ring();
        CHECK(e != NULL && how.made && how.discarded);
        CHECK_EQ(how.discarded_ends, ENDS + TRIED);
        CHECK_EQ(entries(), 1);
        end_some(1);
        CHECK_EQ(count(e), 1);
        pacct_exits_close(e);
    }
    CASE("one of another pid namespace is, too") {
        CHECK(enter());
        make_ring();
        const pid_t pid = fork();
        if (pid == 0) {
            CHECK(unshare(CLONE_NEWPID) == 0);
            const pid_t first = fork();
            if (first != 0) {
                _exit(status_of(first));
            }
            struct pacct_exits* const e = open_ring();
            CHECK(e != NULL && how.made && how.discarded);
            CHECK_EQ(how.discarded_ends, ENDS + TRIED);
            CHECK_EQ(entries(), 1);
            pacct_exits_close(e);
            _exit(0);
        }
        CHECK_EQ(status_of(pid), 0);
    }
    CASE("of one that somebody removed a part of, no number is told") {
        CHECK(enter());
        make_ring();
        char path[256];
        snprintf(path, sizeof(path), "%s/exits-1/ring", place);
        CHECK(unlink(path) == 0);
        struct pacct_exits* const e = open_ring();
        CHECK(e != NULL && how.made && !how.discarded);
        CHECK_EQ(entries(), 1);
        pacct_exits_close(e);
    }
    CASE("what is no directory is not looked into") {
        CHECK(enter());
        make_ring();
        char path[256], inside[256];
        snprintf(inside, sizeof(inside), "%s/elsewhere", check_dir);
        CHECK(mkdir(inside, 0700) == 0);
        snprintf(path, sizeof(path), "%s/exits-9", place);
        CHECK(symlink(inside, path) == 0);
        strcat(inside, "/ring");
        CHECK(mknod(inside, S_IFREG | 0600, 0) == 0);
        struct pacct_exits* const e = open_ring();
        CHECK(e != NULL && access(inside, F_OK) == 0);
        pacct_exits_close(e);
    }
    CASE("whatever fails while it is replaced, it is counted once") {
        CHECK(enter());
        make_other();
        bool more = true;
        for (unsigned k = 1; more; k++) {
            more = open_failing(k, ENOMEM);
            const bool before = how.discarded;
            const uint64_t ends = how.discarded_ends;
            struct pacct_exits* const e = open_ring();
            CHECK(e != NULL && how.discarded != before);
            CHECK_EQ(before ? ends : how.discarded_ends, ENDS + (before ? 1 : 2) * TRIED);
            CHECK_EQ(entries(), 1);
            pacct_exits_close(e);
            CHECK(nftw(place, check_remove, 16, FTW_DEPTH | FTW_PHYS) == 0);
            make_other();
        }
    }
    CASE("wherever one is killed who replaces it, it is counted unless it is gone, and nothing is left of it") {
        CHECK(enter());
        make_other();
        bool killed = true;
        for (unsigned k = 1; killed; k++) {
            killed = open_killed(k);
            const bool whole = is_there("exits-0/link");
            struct pacct_exits* const e = open_ring();
            CHECK(e != NULL && how.discarded == whole);
            CHECK(!whole || how.discarded_ends >= ENDS);
            CHECK_EQ(entries(), 1);
            pacct_exits_close(e);
            CHECK(nftw(place, check_remove, 16, FTW_DEPTH | FTW_PHYS) == 0);
            make_other();
        }
    }
}

/* Whether a ring can be made here. */
static bool is_possible(void) {
    strcpy(check_dir, "/tmp/impacct-unit.XXXXXX");
    CHECK(mkdtemp(check_dir) != NULL);
    fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        if (!enter()) {
            fprintf(stderr, "no BPF file system can be mounted in a pid namespace\n");
            _exit(SKIPPED);
        }
        make_ring();
        exit(0);
    }
    const int status = status_of(pid);
    CHECK(nftw(check_dir, check_remove, 16, FTW_DEPTH | FTW_PHYS) == 0);
    return status != SKIPPED;
}

int main(int argc, char** argv) {
    const char* const lack = pacct_bpf_missing();
    check_begin(argc, argv);
    if (lack != NULL) {
        fprintf(stderr, "%s\n", lack);
        return SKIPPED;
    }
    CASE("why a ring cannot be had") {
        test_refused();
    }
    if (!is_possible()) {
        return check_end() != 0 ? 1 : SKIPPED;
    }
    test_kept();
    test_replaced();
    return check_end();
}
