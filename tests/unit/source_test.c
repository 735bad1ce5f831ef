/* Intent: a file of records is opened only if it is a regular one, and through a symbolic link only where that is
 * allowed.
 * Invariant: a link that takes the place of a rotated file after it was listed is not followed; the file at the path
 * may be a link; a FIFO does not hold anybody up; content is read the same from a plain and from a compressed file.
 * Oracle: the bytes written. */
#include "config.h"

#include "check.h"
#include "pacct_source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char dir[64];
static const char content[] = "some bytes that stand for records";

static const char* at(const char* name) {
    static char paths[4][192];
    static unsigned turn;
    char* const path = paths[turn++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
    return path;
}

static int open_it(const char* name, bool gzip, bool link) {
    struct pacct_source src = {.fd = -1};
    const char* call = "";
    char buf[sizeof(content)];
    const int error = pacct_source_open(&src, at(name), gzip, link, &call);
    if (error != 0) {
        CHECK_EQ(src.fd, -1);
        return error;
    }
    CHECK_EQ(pacct_source_read(&src, buf, sizeof(buf), 0), (ssize_t)sizeof(buf));
    CHECK(memcmp(buf, content, sizeof(buf)) == 0);
    pacct_source_close(&src);
    CHECK_EQ(src.fd, -1);
    return 0;
}

int main(void) {
    snprintf(dir, sizeof(dir), "/tmp/impacct-source_test.XXXXXX");
    CHECK(mkdtemp(dir) != NULL);
    const int fd = open(at("plain"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, content, sizeof(content)) == (ssize_t)sizeof(content) && close(fd) == 0);
    gzFile const gz = gzopen(at("compressed"), "wb");
    CHECK(gz != NULL && gzwrite(gz, content, sizeof(content)) == (int)sizeof(content) && gzclose(gz) == Z_OK);
    CHECK(symlink("plain", at("link")) == 0);
    CHECK(symlink("compressed", at("link.gz")) == 0);
    CHECK(symlink("nothing", at("dangling")) == 0);
    CHECK(mkfifo(at("fifo"), 0600) == 0);

    CHECK_EQ(open_it("plain", false, false), 0);
    CHECK_EQ(open_it("compressed", true, false), 0);
    CHECK_EQ(open_it("link", false, true), 0);
    CHECK_EQ(open_it("link", false, false), ELOOP);
    CHECK_EQ(open_it("link.gz", true, false), ELOOP);
    CHECK_EQ(open_it("dangling", false, true), ENOENT);
    CHECK_EQ(open_it("dangling", false, false), ELOOP);
    CHECK_EQ(open_it("fifo", false, true), EINVAL);
    CHECK_EQ(open_it("fifo", false, false), EINVAL);
    CHECK_EQ(open_it("", false, true), EINVAL); /* the directory */
    CHECK_EQ(open_it("nothing", false, false), ENOENT);

    static const char* const names[] = {"plain", "compressed", "link", "link.gz", "dangling", "fifo"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        CHECK(unlink(at(names[i])) == 0);
    }
    CHECK(rmdir(dir) == 0);
    return 0;
}
