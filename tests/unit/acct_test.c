/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: the files of accounting are made, shifted, undone and removed as they should be, and nobody else's touched.
 * Invariant: a rotation that fails leaves the live file as it was; only an unbroken row of our own files is removed;
 * nothing is trusted that others may have put there.
 * Oracle: files made here; the linker's --wrap puts our own acct(2) in its place, and lets us see which files are
 * looked at. */
#include "config.h"

#include "check.h"
#include "accounting/acct.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static char live[128], accounted[PATH_MAX];
static int acct_error;
static bool public_place; /* a file where anybody may make one was looked at */

int __real_lstat(const char* path, struct stat* st);
int __wrap_lstat(const char* path, struct stat* st);
int __wrap_acct(const char* path);

int __wrap_lstat(const char* path, struct stat* st) {
    static const char* const places[] = {"/tmp/", "/var/tmp/", "/dev/shm/"};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        public_place = public_place || strncmp(path, places[i], strlen(places[i])) == 0;
    }
    return __real_lstat(path, st);
}

int __wrap_acct(const char* path) {
    if (acct_error != 0) {
        errno = acct_error;
        return -1;
    }
    snprintf(accounted, sizeof(accounted), "%s", path == NULL ? "" : path);
    return 0;
}

static void in_directory(void) {
    umask(022);
    snprintf(live, sizeof(live), "%s/pacct", check_dir);
}

static char* name(const char* suffix) {
    static char path[256];
    snprintf(path, sizeof(path), "%s%s", live, suffix);
    return path;
}

static void make(const char* suffix, mode_t mode) {
    const int fd = open(name(suffix), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && fchmod(fd, mode) == 0 && write(fd, suffix, strlen(suffix)) == (ssize_t)strlen(suffix));
    close(fd);
}

/* Which file it was when it was made */
static void expect_content(const char* suffix, const char* content) {
    char buf[16];
    const int fd = open(name(suffix), O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    const ssize_t n = read(fd, buf, sizeof(buf));
    close(fd);
    CHECK(n >= 0);
    CHECK_TEXT(buf, n, content);
}

static bool exists(const char* suffix) {
    return access(name(suffix), F_OK) == 0;
}

static void test_prepare(void) {
    const char* call;
    struct stat st;
    in_directory();
    CHECK_EQ(pacct_acct_prepare(live, &call), 0);
    CHECK(stat(live, &st) == 0);
    CHECK_EQ(st.st_mode & 07777, 0600);
    CHECK_EQ(pacct_acct_prepare(live, &call), 0); /* it is there */
    CHECK(link(live, name(".link")) == 0);
    CHECK_EQ(pacct_acct_prepare(live, &call), EPERM);
    CHECK(unlink(name(".link")) == 0 && chmod(live, 0620) == 0);
    CHECK_EQ(pacct_acct_prepare(live, &call), EPERM);
    CHECK(unlink(live) == 0 && symlink("/dev/null", live) == 0);
    CHECK_EQ(pacct_acct_prepare(live, &call), ELOOP);
    CHECK(unlink(live) == 0 && chmod(check_dir, 0777) == 0);
    CHECK_EQ(pacct_acct_prepare(live, &call), EPERM);
    CHECK(chmod(check_dir, 0700) == 0);
}

static void test_reach(void) {
    const char* other;
    in_directory();
    CHECK_EQ(pacct_acct_reaches(live), PACCT_REACH_NO); /* there is no file */
    CHECK(mkdir(live, 0700) == 0);
    errno = ENOENT;
    CHECK_EQ(pacct_acct_reaches(live), PACCT_REACH_UNKNOWN);
    CHECK(rmdir(live) == 0);
    public_place = false;
    pacct_acct_find(live, &other);
    CHECK(!public_place);
}

static void test_rotate(void) {
    const char* call;
    bool lasts;
    struct stat st, next;
    in_directory();
    make("", 0640);
    make(".1", 0600);
    make(".2", 0600);
    make(".4", 0600); /* behind a gap: stays */
    CHECK(stat(live, &st) == 0);
    CHECK_EQ(pacct_acct_number(live, st.st_dev, st.st_ino), 0);
    CHECK_EQ(pacct_acct_rotate(live, &lasts, &call), 0);
    CHECK_EQ(pacct_acct_number(live, st.st_dev, st.st_ino), 1);
    CHECK(stat(live, &next) == 0);
    CHECK_EQ(next.st_mode, st.st_mode);
    CHECK_EQ(next.st_gid, st.st_gid);
    CHECK_TEXT(accounted, strlen(accounted), live);
    expect_content("", "");
    expect_content(".1", "");
    expect_content(".2", ".1");
    expect_content(".3", ".2");
    expect_content(".4", ".4");

    acct_error = ENOSPC;
    CHECK(stat(live, &st) == 0);
    CHECK_EQ(pacct_acct_rotate(live, &lasts, &call), ENOSPC);
    CHECK_TEXT(call, strlen(call), "acct");
    CHECK_EQ(pacct_acct_number(live, st.st_dev, st.st_ino), 0);
    CHECK(!exists(".1")); /* the gap that is left */
    expect_content(".3", ".1");
    expect_content(".5", ".4");
    acct_error = 0;
}

static void test_remove(void) {
    char removed[PATH_MAX];
    int error;
    in_directory();
    make("", 0600);
    for (int n = 2; n <= 5; n++) {
        char suffix[16];
        snprintf(suffix, sizeof(suffix), ".%d", n);
        make(suffix, 0600);
    }
    CHECK(!pacct_acct_remove_oldest(live, 0, removed, &error)); /* .1 is missing: what is behind is not ours */
    make(".1", 0600);
    CHECK(!pacct_acct_remove_oldest(live, 5, removed, &error));
    CHECK(pacct_acct_remove_oldest(live, 4, removed, &error));
    CHECK_EQ(error, 0);
    CHECK_TEXT(removed, strlen(removed), name(".5"));
    CHECK(!exists(".5") && exists(".4"));
    CHECK(chmod(name(".4"), 0602) == 0);
    CHECK(pacct_acct_remove_oldest(live, 0, removed, &error));
    CHECK_EQ(error, EPERM);
    CHECK(exists(".4"));
}

static void test_memory(void) {
    in_directory();
    const int lock = open(name(".lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    CHECK(lock >= 0);
    CHECK(!pacct_acct_was_left_on(lock, live));
    pacct_acct_remember(lock, "/somewhere/with/a/longer/path/than/this/one");
    CHECK(!pacct_acct_was_left_on(lock, live));
    pacct_acct_remember(lock, live);
    CHECK(pacct_acct_was_left_on(lock, live));
    CHECK(!pacct_acct_was_left_on(lock, "/somewhere"));
    pacct_acct_remember(lock, NULL);
    CHECK(!pacct_acct_was_left_on(lock, live));
    CHECK_EQ(pwrite(lock, "before the machine was started again", 30, 0), 30);
    CHECK(!pacct_acct_was_left_on(lock, live));
    close(lock);
    CHECK(!pacct_acct_was_left_on(-1, live));
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("the live file is made, and trusted only if nobody else can write it") {
        test_prepare();
    }
    CASE("whether accounting reaches the file") {
        test_reach();
    }
    CASE("a rotation, and one that fails") {
        test_rotate();
    }
    CASE("only an unbroken row of our own files is removed") {
        test_remove();
    }
    CASE("what was left on is remembered, for this file and this boot of the machine") {
        test_memory();
    }
    return check_end();
}
