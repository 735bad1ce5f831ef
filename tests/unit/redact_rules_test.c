/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: the table of rules says what it does, and each row does what it says.
 * Invariant: every row has a case that holds. Every word of a list of names, every prefix of a token and every option,
 * in each way that it may be given, for each program, does what its row says. Oracle: the columns of the table. */
#include "config.h"

#include "redact_line.h"
#include "command/redact_command.h"
#include "command/redact_rules.h"

#include <stdarg.h>

#define SECRET "Abc123Def456Ghi789Jkl012"

static struct pacct_redact* redact;
static size_t failed;

static void check(const char* name, const char* typed) {
    failed += !redact_line_holds(redact, name, typed);
}

__attribute__((format(printf, 2, 3))) static void check_made(const char* name, const char* format, ...) {
    char typed[REDACT_LINE_MAX];
    va_list args;
    va_start(args, format);
    CHECK((size_t)vsnprintf(typed, sizeof(typed), format, args) < sizeof(typed));
    va_end(args);
    check(name, typed);
}

/* ---- every row has a case ---- */

enum marks { MARKED, UNMARKED, EITHER };

static const struct {
    const char *row, *test;
    enum marks marks;
} cases[] = {
#define NAME(words, level, test) {words, test, MARKED},
#define NO_NAME(words, test) {words, test, UNMARKED},
#define LAST(words, test) {words, test, UNMARKED},
#define TAIL(words, test) {words, test, MARKED},
#define FLAG(words, test) {words, test, UNMARKED},
#define TOKEN(prefixes, min, test) {prefixes, test, MARKED},
#define BEHIND(prefix, min, stop, shape, test) {prefix, test, MARKED},
#define CALL(functions, from, test) {functions, test, MARKED},
#define WRAPPER(programs, behind, valued, operands, test) {programs, test, MARKED},
#define PLAIN(programs, test) {programs, test, UNMARKED},
#define COMMON(programs, test) {programs, test, UNMARKED},
#define FEEDS(programs, test) {programs, test, MARKED},
#define READS(programs, behind, test) {programs, test, MARKED},
#define OPTION(programs, behind, options, how, shape, test) {programs, test, EITHER},
#define OPERAND(programs, behind, pattern, shape, valued, test) {programs, test, EITHER},
#include "command/redact_rules.inc"
};

static void test_cases(void) {
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const bool marked = strstr(cases[i].test, "@{") != NULL;
        if (cases[i].test[0] == '\0' || (cases[i].marks == MARKED && !marked) ||
            (cases[i].marks == UNMARKED && marked)) {
            fprintf(stderr, "no case for the row %s: %s\n", cases[i].row, cases[i].test);
            failed++;
        }
        check(cases[i].row, cases[i].test);
    }
}

/* ---- words of lists ---- */

static const char* next(const char* list, char word[128]) {
    list += strspn(list, " ");
    const size_t len = strcspn(list, " ");
    CHECK(len < 128);
    memcpy(word, list, len);
    word[len] = '\0';
    return list + len;
}

static void check_name(const char* word, enum pacct_redact_level level) {
    const bool ends = word[0] == '*';
    word += ends;
    const bool marked = level != PACCT_REDACT_NO;
    const char* const value = !marked                      ? SECRET
                              : level == PACCT_REDACT_PAIR ? "me:@{" SECRET "}@"
                              : level == PACCT_REDACT_PIN  ? "@{1234}@"
                                                           : "@{" SECRET "}@";
    check_made(word, "x --%s=%s y", word, value);
    check_made(word, "x --my-%s %s y", word, value);
    check_made(word, "x MY_%s=%s y", word, value);
    check_made(word, "x 'a=b,%s=%s,c=d'", word, value);
    check_made(word, "x '{\"%s\": \"%s\", \"a\": 1}'", word, value);
    if (ends) {
        check_made(word, "x --my%s=%s", word, value);
    } else if (marked) {
        check_made(word, "x --my%s=%s", word, SECRET);
    }
}

static void test_words(void) {
    static const struct {
        const char* words;
        enum pacct_redact_level level;
    } names[] = {
#define NAME(words, level, test) {words, PACCT_REDACT_##level},
#define NO_NAME(words, test) {words, PACCT_REDACT_NO},
#include "command/redact_rules.inc"
    };
    static const char last[] =
#define LAST(words, test) words " "
#include "command/redact_rules.inc"
        ;
    static const char tail[] =
#define TAIL(words, test) words " "
#include "command/redact_rules.inc"
        ;
    static const char flag[] =
#define FLAG(words, test) words " "
#include "command/redact_rules.inc"
        ;
    char word[128];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        for (const char* list = names[i].words; list = next(list, word), word[0] != '\0';) {
            check_name(word, names[i].level);
        }
    }
    for (const char* list = last; list = next(list, word), word[0] != '\0';) {
        check_made(word, "x --password-%s=%s --token-%s %s", word, SECRET, word, SECRET);
    }
    for (const char* list = tail; list = next(list, word), word[0] != '\0';) {
        check_made(word, "x MAPS_KEY_%s=@{%s}@", word, SECRET);
    }
    for (const char* list = flag; list = next(list, word), word[0] != '\0';) {
        check_made(word, "x --%s-password %s", word, SECRET);
    }
}

static void test_tokens(void) {
    static const char* const prefixes[] = {
#define TOKEN(prefixes, min, test) prefixes,
#include "command/redact_rules.inc"
    };
    char word[128];
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        for (const char* list = prefixes[i]; list = next(list, word), word[0] != '\0';) {
            check_made(word, "x '@{%s%s}@' 'a,@{%s%s}@' 'x%s'", word, SECRET, word, SECRET, word);
            check_made(word, "git commit -m 'say @{%s%s}@'", word, SECRET);
        }
    }
}

/* ---- options ---- */

static const char* value_of(enum pacct_redact_shape shape) {
    switch (shape) {
        case PACCT_REDACT_COLON:
        case PACCT_REDACT_COLON_OR_TOKEN:
            return "me:@{" SECRET "}@";
        case PACCT_REDACT_LAST_COLON:
            return "a:b:@{" SECRET "}@";
        case PACCT_REDACT_PERCENT:
            return "me%@{" SECRET "}@";
        case PACCT_REDACT_COMMA:
            return "me,@{" SECRET "}@";
        case PACCT_REDACT_SLASH:
            return "me/@{" SECRET "}@@db";
        case PACCT_REDACT_BEFORE_AT:
            return "@{" SECRET "}@@h";
        case PACCT_REDACT_USERINFO:
            return "me:@{" SECRET "}@@h";
        case PACCT_REDACT_EQUALS:
        case PACCT_REDACT_EQUALS_LIKELY:
            return "a=@{" SECRET "}@";
        case PACCT_REDACT_FIELD:
            return "h=a,p=@{" SECRET "}@,D=b";
        case PACCT_REDACT_OPENSSL:
            return "pass:@{" SECRET "}@";
        case PACCT_REDACT_SCRIPT:
            return "'tool --password @{" SECRET "}@; x'";
        case PACCT_REDACT_NOTHING:
            return "a";
        case PACCT_REDACT_PROSE:
            return "'password: say why'";
        case PACCT_REDACT_WHOLE:
        case PACCT_REDACT_UNLESS_PATH:
        case PACCT_REDACT_UNLESS_ASSIGNED:
        case PACCT_REDACT_IF_LIKELY:
        default:
            return "@{" SECRET "}@";
    }
}

static void check_option(const char* program,
                         const char* behind,
                         const char* option,
                         enum pacct_redact_how how,
                         enum pacct_redact_shape shape) {
    const char* const value = value_of(shape);
    const bool letter = strlen(option) == 2 && option[0] == '-';
    const bool prefix = strchr(":=>", option[strlen(option) - 1]) != NULL;
    if (how == PACCT_REDACT_ALONE) {
        check_made(option, "%s %s %s a", program, behind, option);
        return;
    }
    if (how != PACCT_REDACT_ATTACHED && !prefix) {
        check_made(option, "%s %s %s %s", program, behind, option, value);
        check_made(option, "/usr/bin/%s %s %s ''", program, behind, option);
    }
    if (prefix || how == PACCT_REDACT_ATTACHED || (how == PACCT_REDACT_VALUE && letter)) {
        check_made(option, "%s %s '%s'%s", program, behind, option, value);
    }
    if (!prefix && (how == PACCT_REDACT_NEXT || (how == PACCT_REDACT_VALUE && option[1] == '-'))) {
        check_made(option, "%s %s %s=%s", program, behind, option, value);
    }
    if (how == PACCT_REDACT_VALUE && letter) {
        check_made(option, "%s %s -1%c %s", program, behind, option[1], value);
    }
}

/* Of each row, the first of the words that it needs, all options and all programs. */
static void test_options(void) {
    static const struct {
        const char *programs, *behind, *options;
        enum pacct_redact_how how;
        enum pacct_redact_shape shape;
    } rows[] = {
#define OPTION(programs, behind, options, how, shape, test) \
    {programs, behind, options, PACCT_REDACT_##how, PACCT_REDACT_##shape},
#include "command/redact_rules.inc"
    };
    char program[128], behind[128], option[128];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        next(rows[i].behind, behind);
        for (const char* programs = rows[i].programs; programs = next(programs, program), program[0] != '\0';) {
            for (const char* options = rows[i].options; options = next(options, option), option[0] != '\0';) {
                check_option(program, behind, option, rows[i].how, rows[i].shape);
            }
        }
    }
}

/* What is counted in arrays of a fixed length. */
static void test_limits(void) {
    struct pacct_redact_rules* const rules = pacct_redact_rules_new();
    CHECK(rules != NULL);
    for (size_t i = 0; i < rules->entries_count; i++) {
        const struct pacct_redact_program program = pacct_redact_rules_find(rules, rules->entries[i].name);
        size_t count = 0;
        for (size_t k = 0; k < rules->entries_count; k++) {
            count += rules->entries[k].name.len == rules->entries[i].name.len &&
                     memcmp(rules->entries[k].name.p, rules->entries[i].name.p, rules->entries[i].name.len) == 0;
        }
        CHECK_EQ(program.count, count); /* not more than PACCT_REDACT_ROWS */
    }
    CHECK(rules->any.count > 0 && rules->any.count <= PACCT_REDACT_ANY);
    pacct_redact_rules_free(rules);
}

int main(int argc, char** argv) {
    redact = redact_line_rules();
    check_begin(argc, argv);
    CASE("every row has a case, which holds") {
        test_cases();
        CHECK_EQ(failed, 0);
    }
    CASE("every word of names") {
        test_words();
        CHECK_EQ(failed, 0);
    }
    CASE("every prefix of tokens") {
        test_tokens();
        CHECK_EQ(failed, 0);
    }
    CASE("every option of every program, as it may be given") {
        test_options();
        CHECK_EQ(failed, 0);
    }
    CASE("no program has more rows than are looked at") {
        test_limits();
    }
    pacct_redact_free(redact);
    return check_end();
}
