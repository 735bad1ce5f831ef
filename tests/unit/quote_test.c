/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: a command line as text that cannot be misread.
 * Invariant: bash reads the line as just the arguments it was made from; it is valid UTF-8 without control characters;
 * so is each string of the list.
 * Oracle: bash itself; Unicode's rules by hand for single cases. */
#include "config.h"

#include "check.h"
#include "command/quote.h"
#include "base/utf8.h"
#include "sample.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGS(literal) ((struct pacct_bytes){literal, sizeof(literal) - 1})

static void check(struct pacct_bytes args, const char* line) {
    struct pacct_buf out = {0};
    CHECK(pacct_quote_line(args, &out));
    CHECK_TEXT(out.len == 0 ? "" : out.p, out.len, line);
    pacct_buf_free(&out);
}

static void test_forms(void) {
    check(ARGS(""), "");
    check(ARGS("true\0"), "true");
    check(ARGS("a\0b"), "a b"); /* cut off: no NUL behind the last */
    check(ARGS("a\0\0b\0"), "a '' b");
    check(ARGS("/bin/x-y_z\0--k=v,1:2@3%4+5\0"), "/bin/x-y_z --k=v,1:2@3%4+5");
    check(ARGS("a b\0$HOME\0*\0\\\0\"\0"), "'a b' '$HOME' '*' '\\' '\"'");
    check(ARGS("it's\0"), "$'it\\'s'");
    check(ARGS("a\nb\0\t\0\x1b[m\0"), "$'a\\nb' $'\\t' $'\\x1b[m'");
    check(ARGS("\xc3\xa9\0\xff\xc3\xa9\0"), "'\xc3\xa9' $'\\xff\xc3\xa9'");
    check(ARGS("\xc2\x9b\0\xe2\x80\xa8\0"), "$'\\xc2\\x9b' $'\\xe2\\x80\\xa8'");
    check(ARGS("\\\n\0"), "$'\\\\\\n'");
}

static void test_list(void) {
    struct pacct_buf out = {0};
    CHECK(pacct_quote_list(ARGS("a\0\0\xff x\0cut"), &out));
    const struct pacct_bytes expected = ARGS("a\0\0\xef\xbf\xbd x\0cut\0");
    CHECK_EQ(out.len, expected.len);
    CHECK(memcmp(out.p, expected.p, out.len) == 0);
    pacct_buf_free(&out);
}

/* What bash makes of a line, each argument ended by a NUL. */
static size_t ask_bash(const struct pacct_buf* line, char* to, size_t size) {
    int pipes[2];
    pid_t pid;
    char* const text = strndup(line->p, line->len);
    char script[] = "eval \"printf '%s\\\\0' $0\"";
    char* const argv[] = {(char[]){"bash"}, (char[]){"-c"}, script, text, NULL};
    char* const env[] = {(char[]){"LC_ALL=C"}, NULL};
    posix_spawn_file_actions_t actions;
    CHECK(text != NULL && pipe(pipes) == 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
    posix_spawn_file_actions_addclose(&actions, pipes[0]);
    CHECK(posix_spawn(&pid, "/bin/bash", &actions, NULL, argv, env) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(pipes[1]);
    size_t len = 0;
    for (ssize_t n = 1; n > 0; len += n > 0 ? (size_t)n : 0) {
        n = read(pipes[0], to + len, size - len);
    }
    close(pipes[0]);
    CHECK(waitpid(pid, NULL, 0) == pid);
    free(text);
    return len;
}

static void check_text(const char* p, size_t len) {
    for (size_t i = 0; i < len;) {
        const size_t used = pacct_utf8_sequence((const unsigned char*)p + i, len - i);
        CHECK(used > 0);
        CHECK((unsigned char)p[i] >= ' ' && p[i] != 0x7f);
        i += used;
    }
}

static void test_random(void) {
    static const char likely[] = "ab '\"\\\n\t$`!*x0\x7f\xc2\x85\xe2\x80\xa8\xff\xc3\xa9";
    uint64_t random = 1;
    for (unsigned round = 0; round < 100; round++) {
        char args[300], back[2000];
        const size_t len = 1 + random_below(&random, sizeof(args) - 1);
        for (size_t i = 0; i < len; i++) {
            const uint64_t kind = random_below(&random, 8);
            args[i] = kind == 0   ? '\0'
                      : kind == 1 ? (char)random_below(&random, 256)
                                  : likely[random_below(&random, sizeof(likely) - 1)];
        }
        args[len - 1] = '\0';
        struct pacct_buf out = {0};
        CHECK(pacct_quote_line((struct pacct_bytes){args, len}, &out));
        check_text(out.p, out.len);
        CHECK_EQ(ask_bash(&out, back, sizeof(back)), len);
        CHECK(memcmp(back, args, len) == 0);
        out.len = 0;
        CHECK(pacct_quote_list((struct pacct_bytes){args, len}, &out));
        for (size_t i = 0; i < out.len; i += strlen(out.p + i) + 1) {
            for (size_t k = i; out.p[k] != '\0';) {
                const size_t used = pacct_utf8_sequence((const unsigned char*)out.p + k, out.len - k);
                CHECK(used > 0);
                k += used;
            }
        }
        pacct_buf_free(&out);
    }
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("forms of quotes") {
        test_forms();
    }
    CASE("a list") {
        test_list();
    }
    CASE("bash reads back what was quoted") {
        test_random();
    }
    return check_end();
}
