/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: accounting is switched on by a name that outlives this process' mount namespace, where there is one.
 * Invariant: the name is that of the same file, whatever links lead to it; a file that only this namespace has gets
 * none. Oracle: a namespace that is made here, and the files' own numbers. */
#include "config.h"

#include "accounting/mount.h"
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

static char file[PATH_MAX];

static void make_file(void) {
    snprintf(file, sizeof(file), "%s/pacct", check_dir);
    const int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    close(fd);
}

static bool in_own_namespace(void) {
    if (unshare(CLONE_NEWNS) != 0) {
        CHECK(errno == EPERM); /* it takes root */
        return false;
    }
    CHECK_EQ(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    return true;
}

static void check_same_file(const char* name) {
    struct stat a, b;
    CHECK(stat(file, &a) == 0 && stat(name, &b) == 0);
    CHECK_EQ(a.st_ino, b.st_ino);
    CHECK_EQ(a.st_dev, b.st_dev);
}

static void same_namespace(void) {
    char name[PATH_MAX];
    make_file();
    if (pacct_mount_lasting(file, name)) { /* process 1 may be in another one than the tests */
        check_same_file(name);
    }
}

static void other_namespace(void) {
    char name[PATH_MAX], link[PATH_MAX], real[PATH_MAX];
    make_file();
    snprintf(link, sizeof(link), "%s/link", check_dir);
    CHECK_EQ(symlink(file, link), 0);
    if (!in_own_namespace() || !pacct_mount_lasting(link, name)) {
        return; /* not root, or process 1 has another root */
    }
    CHECK(realpath(file, real) != NULL);
    CHECK_EQ(strncmp(name, "/proc/1/root/", 13), 0);
    CHECK_TEXT(name + 12, strlen(name + 12), real);
    check_same_file(name);
}

static void file_of_this_namespace(void) {
    char name[PATH_MAX];
    if (!in_own_namespace()) {
        return;
    }
    CHECK_EQ(mount("tmpfs", check_dir, "tmpfs", 0, NULL), 0);
    make_file();
    CHECK(!pacct_mount_lasting(file, name));
    CHECK(!pacct_mount_lasting("/is/not/there", name));
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("in the namespace of process 1") {
        same_namespace();
    }
    CASE("in another namespace, by a link") {
        other_namespace();
    }
    CASE("a file that only this namespace has") {
        file_of_this_namespace();
    }
    return check_end();
}
