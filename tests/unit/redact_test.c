/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: secrets are replaced at a bounded cost, whatever somebody fills arguments with.
 * Invariant: the number of arguments stays; what is cut off is treated as what it may have been; the user's expressions
 * hold; the time grows as the text does; text within text is looked at to a limit. Oracle: these rules; a limit of time
 * that only what grows faster than the text can reach. */
#include "config.h"

#include "redact_line.h"

#include <sys/resource.h>

#define R PACCT_REDACTED

/* Of all arguments together the module keeps a sixteenth of this. */
#define LONG ((size_t)256 << 10)
/* of the processor's time: more than that takes, unless it takes the square of it */
#define SECONDS 20

/* Whether arguments, each ended by a NUL but perhaps the last, become these. */
static void check(
    const struct pacct_redact* r, const char* args, size_t len, const char* expected, size_t expected_len) {
    struct pacct_buf out = {0};
    bool any;
    CHECK(pacct_redact_copy(r, (struct pacct_bytes){args, len}, &out, &any));
    CHECK_EQ(out.len, expected_len);
    CHECK(out.len == 0 || memcmp(out.p, expected, expected_len) == 0);
    CHECK_EQ(any, out.len > 0 && memmem(out.p, out.len, R, sizeof(R) - 1) != NULL);
    pacct_buf_free(&out);
}
/* without the NUL of the literal */
#define CHECK_ARGS(r, args, expected) check(r, args, sizeof(args) - 1, expected, sizeof(expected) - 1)

static void test_cut(const struct pacct_redact* r) {
    CHECK_ARGS(r, "", "");
    CHECK_ARGS(r, "x", "x\0");
    CHECK_ARGS(r, "x\0--password=", "x\0--password=\0");
    CHECK_ARGS(r, "x\0--password=a", "x\0--password=" R "\0");
    CHECK_ARGS(r, "x\0--password\0", "x\0--password\0");
    CHECK_ARGS(r, "x\0--password\0a", "x\0--password\0" R "\0");
    CHECK_ARGS(r, "curl\0https://me:abc", "curl\0https://me:" R "\0"); /* the @ may have been behind it */
    CHECK_ARGS(r, "wget\0https://host:80\0", "wget\0https://host:80\0");
    CHECK_ARGS(r, "sh\0-c\0mysql -pabc 'x", "sh\0-c\0mysql -p" R " 'x\0");
    CHECK_ARGS(r, "sh\0-c\0mysql -p'abc", "sh\0-c\0mysql -p" R "\0");
    CHECK_ARGS(r, "x\0\0\0--password\0\0y\0", "x\0\0\0--password\0\0y\0");
    CHECK_ARGS(r, "password=abc\0", "password=abc\0"); /* the name of a program */
}

static void test_own(void) {
    char why[PACCT_REDACT_WHY] = "";
    struct pacct_redact* const r = pacct_redact_new();
    CHECK(r != NULL);
    CHECK_ARGS(r, "x\0--password=abc\0", "x\0--password=abc\0"); /* nothing is asked for */
    CHECK(pacct_redact_pattern(r, "^--pin=(.*)$", why));
    CHECK(pacct_redact_pattern(r, "[0-9]{4}", why));
    CHECK(pacct_redact_pattern(r, "z*", why));
    CHECK_ARGS(r, "x\0--pin=abc\0--pin=\0", "x\0--pin=" R "\0--pin=\0");
    CHECK_ARGS(r,
               "x\0"
               "12345678\0"
               "a1234b1234c\0",
               "x\0" R "\0a" R "b" R "c\0");
    CHECK_ARGS(r, "x\0zz\0az\0", "x\0" R "\0az\0"); /* the first match is empty: no way on */
    CHECK(!pacct_redact_pattern(r, "(", why));
    CHECK(why[0] != '\0');
    pacct_redact_free(r);
}

/* Both look at what was given. */
static void test_own_and_known(void) {
    char why[PACCT_REDACT_WHY] = "";
    struct pacct_redact* const r = redact_line_rules();
    CHECK(pacct_redact_pattern(r, "user=([a-z]+)", why));
    CHECK(pacct_redact_pattern(r, "password=.b", why));
    CHECK_ARGS(r, "x\0user=me,password=abc\0", "x\0user=" R "," R "\0");
    pacct_redact_free(r);
}

/* Text for a shell within text for a shell: to the limit of depth by its commands, beyond it by names. */
static void test_nesting(const struct pacct_redact* r) {
    char typed[REDACT_LINE_MAX];
    for (int depth = 1; depth <= 12; depth++) {
        size_t len = 0;
        for (int i = 0; i < depth; i++) {
            len += (size_t)sprintf(typed + len, "sh -c %s", i == 0 ? "'" : "$(sh -c ");
        }
        len += (size_t)sprintf(typed + len, "x --password=@{abc}@ y");
        for (int i = 1; i < depth; i++) {
            typed[len++] = ')';
        }
        strcpy(typed + len, "'");
        CHECK(redact_line_holds(r, "nested", typed));
    }
}

/* A text that is filled with something, as one argument, as that of a shell, and as many. */
static void test_long(const struct pacct_redact* r, const char* unit, int form) {
    static const char* const begins[] = {"x\0", "sh\0-c\0", "docker\0"};
    static const size_t lengths[] = {2, 6, 7};
    const size_t begin = lengths[form];
    char* const args = malloc(begin + LONG);
    struct pacct_buf out = {0};
    bool any;
    CHECK(args != NULL);
    memcpy(args, begins[form], begin);
    for (size_t i = 0; i < LONG; i++) {
        const char c = unit[i % strlen(unit)];
        args[begin + i] = form == 2 && c == ' ' ? '\0' : c;
    }
    CHECK(pacct_redact_copy(r, (struct pacct_bytes){args, begin + LONG}, &out, &any));
    pacct_buf_free(&out);
    free(args);
}

static const char* const units[] = {"a",
                                    "a=",
                                    "a:",
                                    "a ",
                                    "- ",
                                    "password=$(",
                                    "psk=/",
                                    "psk=1 ",
                                    "key: ",
                                    "key=a ",
                                    "auth=a:",
                                    "'",
                                    "\"",
                                    "'\"",
                                    "\\\"",
                                    "\\",
                                    "\\\\\\\\\\\\\\\\\"",
                                    "$(",
                                    "$( ",
                                    "`",
                                    "` ",
                                    "a:b@",
                                    "://",
                                    "a://b:c/",
                                    "a://b:",
                                    "@",
                                    "key='",
                                    "key=\"",
                                    "login(",
                                    "login('",
                                    "password(",
                                    "<<E ",
                                    "<<E\n",
                                    "echo a|",
                                    "echo a | sudo -S ",
                                    "sudo ",
                                    "sh -c ",
                                    "\"' ",
                                    "<password>",
                                    "-p ",
                                    "-pa ",
                                    "a;b ",
                                    "--password ",
                                    "--no-password ",
                                    "-e a ",
                                    "mysql ",
                                    "rman rman ",
                                    "( ",
                                    "\n",
                                    "AKIA",
                                    "eyJ",
                                    "-----BEGIN PRIVATE KEY-----",
                                    "-----BEGIN ",
                                    "identified by ",
                                    "password for a = ",
                                    "{\"name\":\"password\",",
                                    "Bearer ",
                                    "a=\\\"b\\\" ",
                                    "vault put a b=c ",
                                    "user:",
                                    "token:",
                                    "\"key=",
                                    "\"key= key=",
                                    "--user a:b ",
                                    "$6$",
                                    "key=abc123DEF456 "};

int main(int argc, char** argv) {
    struct pacct_redact* const r = redact_line_rules();
    check_begin(argc, argv);
    CASE("what is cut off") {
        test_cut(r);
    }
    CASE("patterns of the user") {
        test_own();
    }
    CASE("patterns of the user beside what is known") {
        test_own_and_known();
    }
    CASE("text within text") {
        test_nesting(r);
    }
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        char name[64];
        snprintf(name, sizeof(name), "filled with %zu", i);
        CASE(name) {
            CHECK(setrlimit(RLIMIT_CPU, &(struct rlimit){SECONDS, SECONDS}) == 0);
            for (int form = 0; form < 3; form++) {
                test_long(r, units[i], form);
            }
        }
    }
    pacct_redact_free(r);
    return check_end();
}
