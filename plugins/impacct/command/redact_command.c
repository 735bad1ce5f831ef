/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_command.c
 *
 * Algorithm: word by word, with what the words before say of the next. A program has rows in the table: of options, of
 * places, of what it runs. Behind a program that has none, the next word that is the name of one with rows begins a
 * command of its own, so that a wrapper that nobody has heard of hides nothing. A word with blanks in it is looked at
 * as a text for a shell, to a limited depth and once in each, so that the time stays linear.
 */
#include "config.h"

#include "command/redact_command.h"
#include "command/redact_name.h"
#include "command/redact_script.h"
#include "command/redact_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A tag, a target or a table behind -t is shorter. */
#define TOKEN_LEN 16u

static struct pacct_bytes behind(struct pacct_bytes word, size_t at) {
    return (struct pacct_bytes){word.p + at, word.len - at};
}

static bool is(struct pacct_bytes word, const char* text) {
    return word.len == strlen(text) && memcmp(word.p, text, word.len) == 0;
}

static bool has(struct pacct_bytes word, char c) {
    return word.len > 0 && memchr(word.p, c, word.len) != NULL;
}

static bool has_text(struct pacct_bytes word, const char* text) {
    return word.len > 0 && memmem(word.p, word.len, text, strlen(text)) != NULL;
}

static bool begins(struct pacct_bytes word, const char* text) {
    const size_t len = strlen(text);
    return word.len >= len && memcmp(word.p, text, len) == 0;
}

static bool has_blank(struct pacct_bytes word) {
    return has(word, ' ') || has(word, '\n') || has(word, '\t');
}

/* Whether a word that follows an option is the next option, and not its value. */
static bool is_next_option(struct pacct_bytes word) {
    size_t dashes = 0;
    while (dashes < word.len && dashes < 2 && word.p[dashes] == '-') {
        dashes++;
    }
    return dashes > 0 && word.len > dashes &&
           (dashes == 1 ? isalpha((unsigned char)word.p[1]) : islower((unsigned char)word.p[2])) &&
           !pacct_redact_strong(behind(word, dashes));
}

/* NAME=value before a program */
static bool is_assignment(struct pacct_bytes word) {
    size_t len = 0;
    while (len < word.len && (isalnum((unsigned char)word.p[len]) || word.p[len] == '_')) {
        len++;
    }
    return len > 0 && len < word.len && word.p[len] == '=' && !isdigit((unsigned char)word.p[0]);
}

/* Whether it says that what follows gets a value. */
static bool is_setting(struct pacct_bytes word) {
    static const struct pacct_bytes words[] = {
        PACCT_REDACT_WORD("set"),    PACCT_REDACT_WORD("put"),     PACCT_REDACT_WORD("add"),
        PACCT_REDACT_WORD("config"), PACCT_REDACT_WORD("setex"),   PACCT_REDACT_WORD("write"),
        PACCT_REDACT_WORD("update"), PACCT_REDACT_WORD("replace"), PACCT_REDACT_WORD("edit"),
        PACCT_REDACT_WORD("modify"), PACCT_REDACT_WORD("setenv"),  PACCT_REDACT_WORD("set-env"),
        PACCT_REDACT_WORD("env:set")};
    return pacct_redact_has(PACCT_REDACT_LIST(words), word);
}

/* The program's name, without its folder and what else may stand before it in a text. */
static struct pacct_bytes name_of(struct pacct_bytes word) {
    for (size_t i = word.len; i > 0; i--) {
        if (strchr("/\\('\"`", word.p[i - 1]) != NULL) {
            return behind(word, i);
        }
    }
    return word.len > 1 && word.p[0] == '-' ? behind(word, 1) : word;
}

/* ---- texts ---- */

/* The command in $(...) or `...` and what is behind it, where nothing but a part of a word is before it; p NULL: it is
 * otherwise. */
static struct pacct_bytes substitution(struct pacct_bytes word) {
    for (size_t i = 0; i < word.len && strchr(" \t\n", word.p[i]) == NULL; i++) {
        if (word.p[i] == '`' || (word.p[i] == '(' && i > 0 && word.p[i - 1] == '$')) {
            return behind(word, i + 1);
        }
    }
    return (struct pacct_bytes){NULL, 0};
}

/* Whether a name is that of a command that writes a secret: --password-command, PASSWORD_CMD, passwordeval. */
static bool names_command(const struct pacct_redact_command* c, struct pacct_bytes name) {
    static const char* const ends[] = {"command", "cmd", "eval"};
    if (name.len < 4 || strchr("dDlL", name.p[name.len - 1]) == NULL) {
        return false;
    }
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        const size_t len = strlen(ends[i]);
        if (name.len > len && strncasecmp(name.p + name.len - len, ends[i], len) == 0) {
            name.len -= len;
            return pacct_redact_level_of(c->work->rules, name) >= PACCT_REDACT_KEY;
        }
    }
    return false;
}

/* What "echo" or "printf" writes, as such a command. */
static void note_printed(const struct pacct_redact_command* c, struct pacct_bytes command) {
    command = pacct_redact_unquote(command);
    const size_t len = begins(command, "echo ") ? 5 : begins(command, "printf ") ? 7 : 0;
    struct pacct_bytes printed = behind(command, len);
    while (begins(printed, "-n ") || begins(printed, "-e ") || begins(printed, " ")) {
        printed = behind(printed, printed.p[0] == ' ' ? 1 : 3);
    }
    if (len > 0) {
        pacct_redact_note_shape(c->work, PACCT_REDACT_WHOLE, printed);
    }
}

/* Look at a word like at any argument: for secrets in it, and for commands where there are blanks. */
static void look_at(struct pacct_redact_command* c, struct pacct_bytes word, enum pacct_redact_shape shape) {
    const bool deeper = c->depth < PACCT_REDACT_DEPTH && shape != PACCT_REDACT_PROSE && has_blank(word);
    const bool script = deeper && shape == PACCT_REDACT_SCRIPT;
    const struct pacct_bytes inner = deeper ? substitution(word) : (struct pacct_bytes){NULL, 0};
    const char* const equals = deeper ? memchr(word.p, '=', word.len) : NULL;
    if (equals != NULL && names_command(c, (struct pacct_bytes){word.p, (size_t)(equals - word.p)})) {
        note_printed(c, behind(word, (size_t)(equals + 1 - word.p)));
    }
    if (!script) {
        pacct_redact_note_text(c->work, word, shape == PACCT_REDACT_PROSE);
    }
    if (inner.p != NULL && (!script || inner.p <= word.p + 2)) {
        pacct_redact_note_script(c->work, inner, c->depth + 1, false);
    } else if (deeper) {
        const bool path = begins(word, "./") || begins(word, "/"); /* it begins with a program */
        pacct_redact_note_script(c->work, word, c->depth + 1, !script && !path);
    }
}

/* Note what of a value is secret by its row. Returns whether there was something. */
static bool note(const struct pacct_redact_command* c, const struct pacct_redact_rule* rule, struct pacct_bytes value) {
    const bool port = c->uncertain && rule->shape == PACCT_REDACT_WHOLE && pacct_redact_is_number(value);
    return !port && pacct_redact_note_shape(c->work, rule->shape, value);
}

static void apply(struct pacct_redact_command* c, const struct pacct_redact_rule* rule, struct pacct_bytes word) {
    const struct pacct_bytes value = pacct_redact_unquote(word);
    if (!note(c, rule, value)) {
        look_at(c, value, rule->shape);
    }
}

/* ---- the program ---- */

void pacct_redact_command_init(struct pacct_redact_command* c, struct pacct_redact_work* work) {
    memset(c, 0, sizeof(*c));
    c->work = work;
    c->at_program = true;
}

void pacct_redact_command_feed(struct pacct_redact_command* c, struct pacct_bytes input) {
    c->fed = input;
    if (c->reads && input.p != NULL) {
        pacct_redact_note_shape(c->work, PACCT_REDACT_WHOLE, input);
        c->fed.p = NULL;
    }
}

static bool holds(const struct pacct_redact_command* c, size_t row) {
    return (c->active >> row & 1) != 0;
}

/* A row begins to hold. */
static void activate(struct pacct_redact_command* c, size_t row) {
    const struct pacct_redact_rule* const rule = c->program.entries[row].rule;
    c->active |= UINT64_C(1) << row;
    switch (rule->kind) {
        case PACCT_REDACT_WRAPPER:
            c->wrapper = rule;
            c->operands = rule->operands;
            c->searching = rule->operands == PACCT_REDACT_SEARCH;
            break;
        case PACCT_REDACT_PLAIN:
            c->plain = true;
            break;
        case PACCT_REDACT_FEEDS:
            c->feeds = true;
            break;
        case PACCT_REDACT_READS:
            c->reads = true;
            pacct_redact_command_feed(c, c->fed);
            break;
        case PACCT_REDACT_OPTION:
        case PACCT_REDACT_OPERAND:
        case PACCT_REDACT_COMMON:
        default:
            break;
    }
}

/* Rows that hold once some word was there. Returns whether the program runs another from here on. */
static bool seen(struct pacct_redact_command* c, struct pacct_bytes word) {
    const struct pacct_redact_rule* const wrapper = c->wrapper;
    for (size_t i = 0; i < c->program.count; i++) {
        if (!holds(c, i) && pacct_redact_is_behind(c->program.entries[i].rule->behind, word)) {
            activate(c, i);
        }
    }
    return c->wrapper != wrapper;
}

/* A program begins. What it is fed with stays. */
static void begin(struct pacct_redact_command* c, struct pacct_redact_program program, bool uncertain) {
    const struct pacct_redact_command before = *c;
    pacct_redact_command_init(c, before.work);
    c->depth = before.depth;
    c->fed = before.fed;
    c->reads = before.reads && before.wrapper != NULL;
    c->at_program = false;
    c->program = program;
    c->uncertain = uncertain;
    c->searching = program.count == 0;
    for (size_t i = 0; i < program.count; i++) {
        if (program.entries[i].rule->behind.count == 0) {
            activate(c, i);
        }
    }
}

/* change-user-password, changepass.pl, but not askpass and gopass */
static bool names_password(struct pacct_bytes program) {
    static const char* const words[] = {"passw", "changepass", "setpass", "resetpass"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (has_text(program, words[i])) {
            return true;
        }
    }
    return false;
}

void pacct_redact_command_program(struct pacct_redact_command* c, struct pacct_bytes name) {
    const struct pacct_bytes program = name_of(name);
    begin(c, pacct_redact_rules_find(c->work->rules, program), false);
    c->changes = c->program.count == 0 && names_password(program);
}

/* The word where a program has to be. */
static void begin_with(struct pacct_redact_command* c, struct pacct_bytes word) {
    if (has_blank(word)) {
        look_at(c, word, PACCT_REDACT_SCRIPT);
        return;
    }
    pacct_redact_command_program(c, word);
    c->set = c->sets = is_setting(word); /* a command of an appliance: set password X */
    pacct_redact_note_text(c->work, word, false);
}

/* Whether a program is known for more than what its name is no secret for. */
static bool is_of_use(struct pacct_redact_program program) {
    bool any = false;
    for (size_t i = 0; i < program.count; i++) {
        const enum pacct_redact_kind kind = program.entries[i].rule->kind;
        if (kind == PACCT_REDACT_COMMON) {
            return false;
        }
        any = any || (kind != PACCT_REDACT_PLAIN && kind != PACCT_REDACT_FEEDS);
    }
    return any;
}

/* Begin a program if a word is a known one. Returns whether it was. */
static bool begin_if_known(struct pacct_redact_command* c, struct pacct_bytes word) {
    const char* const equals = word.len == 0 ? NULL : memrchr(word.p, '=', word.len);
    if (equals != NULL && !c->loose) {
        return false;
    }
    const struct pacct_bytes name = name_of(equals == NULL ? word : behind(word, (size_t)(equals + 1 - word.p)));
    const struct pacct_redact_program program = pacct_redact_rules_find(c->work->rules, name);
    if (!is_of_use(program)) {
        return false;
    }
    begin(c, program, true);
    return true;
}

/* ---- options ---- */

/* Options of the program. Returns whether the word was one. */
static bool program_option(struct pacct_redact_command* c, struct pacct_bytes word) {
    for (size_t i = 0; i < c->program.count; i++) {
        const struct pacct_redact_rule* const rule = c->program.entries[i].rule;
        struct pacct_bytes value = {NULL, 0};
        if (rule->kind != PACCT_REDACT_OPTION || !holds(c, i)) {
            continue;
        }
        const enum pacct_redact_match match = pacct_redact_match_option(rule, word, &value);
        if (match == PACCT_REDACT_WITH_VALUE) {
            apply(c, rule, value);
        } else if (match == PACCT_REDACT_NEXT_WORD) {
            c->option = rule;
        }
        if (match != PACCT_REDACT_NO_MATCH) {
            return true;
        }
    }
    return false;
}

static bool is_valued(const struct pacct_redact_command* c, struct pacct_bytes word) {
    for (size_t i = 0; i < c->program.count; i++) {
        if (holds(c, i) && pacct_redact_is_valued(c->program.entries[i].rule->valued, word)) {
            return true;
        }
    }
    return false;
}

/* Whether the table says what the options of the program are. */
static bool has_options(const struct pacct_redact_command* c) {
    bool any = false;
    for (size_t i = 0; i < c->program.count; i++) {
        const enum pacct_redact_kind kind = c->program.entries[i].rule->kind;
        any = any || (kind != PACCT_REDACT_OPERAND && kind != PACCT_REDACT_READS && kind != PACCT_REDACT_COMMON);
    }
    return any;
}

/* --password-stdin and the like */
static bool names_stdin(struct pacct_bytes word) {
    return word.len > 8 && memcmp(word.p + word.len - 5, "stdin", 5) == 0 &&
           (has_text(word, "pass") || has_text(word, "pw") || has_text(word, "token") || has_text(word, "secret"));
}

static bool names_user(struct pacct_bytes name) {
    static const struct pacct_bytes names[] = {PACCT_REDACT_WORD("user"), PACCT_REDACT_WORD("username"),
                                               PACCT_REDACT_WORD("login"), PACCT_REDACT_WORD("email")};
    return pacct_redact_has(PACCT_REDACT_LIST(names), name);
}

/* "db_password ... --value X" */
static bool names_value(struct pacct_bytes name) {
    static const struct pacct_bytes names[] = {PACCT_REDACT_WORD("value"), PACCT_REDACT_WORD("val"),
                                               PACCT_REDACT_WORD("data"), PACCT_REDACT_WORD("plaintext")};
    return pacct_redact_has(PACCT_REDACT_LIST(names), name);
}

/* Whether the table has an option of one letter, perhaps in a row that does not hold here. */
static bool is_listed(const struct pacct_redact_command* c, struct pacct_bytes word) {
    bool any = c->plain;
    for (size_t i = 0; i < c->program.count; i++) {
        const struct pacct_redact_rule* const rule = c->program.entries[i].rule;
        any = any || pacct_redact_has(rule->valued, word) ||
              (rule->kind == PACCT_REDACT_OPTION && pacct_redact_has(rule->what, word));
    }
    return any;
}

/* An option that the table does not have. */
static void other_option(struct pacct_redact_command* c, struct pacct_bytes word) {
    if (c->loose && begin_if_known(c, word)) {
        return; /* --exec=program */
    }
    static const struct pacct_bytes setting[] = {PACCT_REDACT_WORD("--arg"), PACCT_REDACT_WORD("--es"),
                                                 PACCT_REDACT_WORD("--stringparam"), PACCT_REDACT_WORD("-set"),
                                                 PACCT_REDACT_WORD("--string-param")};
    const bool known = has_options(c);
    size_t dashes = 1;
    while (dashes < word.len && word.p[dashes] == word.p[0]) {
        dashes++;
    }
    size_t len = dashes;
    while (len < word.len && pacct_redact_is_name(word.p[len])) {
        len++;
    }
    if (len == word.len && len - dashes > 1) {
        c->named = pacct_redact_level_of_option(c->work->rules, behind(word, dashes));
        c->users = c->named == PACCT_REDACT_PAIR || names_user(behind(word, dashes)) ? 'u' : 0;
        c->named =
            c->names && c->named == PACCT_REDACT_NO && names_value(behind(word, dashes)) ? PACCT_REDACT_KEY : c->named;
        c->reads = c->reads || names_stdin(word);
        c->prints = names_command(c, word);
        pacct_redact_command_feed(c, c->fed);
    } else if (len < word.len && word.p[len] == '=' &&
               names_user((struct pacct_bytes){word.p + dashes, len - dashes})) {
        c->user = 'u';
    } else if (word.len == 2 && known) {
        c->guessed = c->login && word.p[1] == 'p' && !is_listed(c, word) ? 'p' : 0;
    } else if (word.len == 2) {
        c->guessed = strchr("pPwWtkK", word.p[1]) != NULL ? word.p[1] : 0;
        c->users = strchr("uUl", word.p[1]) != NULL ? word.p[1] : 0;
        c->named = strchr("uUa", word.p[1]) != NULL ? PACCT_REDACT_PAIR : PACCT_REDACT_NO;
    }
    if (c->named <= PACCT_REDACT_PAIR && is_valued(c, word)) {
        c->named = PACCT_REDACT_NO;
        c->skipped = true;
    }
    c->sure = c->changes = false; /* it is not certain what follows an option */
    c->set = pacct_redact_has(PACCT_REDACT_LIST(setting), word);
    c->sets = c->sets || is(word, "--set");
    if (!known && word.len > 2 && strchr("pPwWtTkK", word.p[1]) != NULL && !has(word, '=') &&
        pacct_redact_strong(behind(word, 2))) {
        pacct_redact_note_shape(c->work, PACCT_REDACT_WHOLE, behind(word, 2));
    } else {
        look_at(c, word, PACCT_REDACT_NOTHING);
    }
}

/* Whether what follows an option of one letter, of a program that is not known, is a password: it looks like one, or
 * there was a user, too. */
static bool is_guess(const struct pacct_redact_command* c, char letter, struct pacct_bytes word) {
    const bool strong = pacct_redact_strong(word) || (c->user != 0 && pacct_redact_likely(word));
    if (has(word, '[') || has(word, '{')) {
        return false;
    }
    switch (letter) {
        case 'p':
            return strong || c->login || c->user != 0;
        case 'P':
        case 'w':
        case 'W':
            return strong || c->user != 0;
        case 't':
            return c->login || (strong && word.len >= TOKEN_LEN);
        default:
            return strong;
    }
}

/* Whether what follows an option for a user is user:PASSWORD, and not user:group, host:port or an address. */
static bool is_user_with_password(struct pacct_bytes word) {
    static const struct pacct_bytes groups[] = {
        PACCT_REDACT_WORD("root"),   PACCT_REDACT_WORD("wheel"),  PACCT_REDACT_WORD("staff"),
        PACCT_REDACT_WORD("users"),  PACCT_REDACT_WORD("nobody"), PACCT_REDACT_WORD("nogroup"),
        PACCT_REDACT_WORD("daemon"), PACCT_REDACT_WORD("docker"), PACCT_REDACT_WORD("www-data")};
    const char* const colon = word.len == 0 ? NULL : memchr(word.p, ':', word.len);
    if (colon == NULL) {
        return false;
    }
    const size_t len = (size_t)(colon - word.p);
    const struct pacct_bytes password = behind(word, len + 1);
    const bool same = password.len == len && memcmp(password.p, word.p, len) == 0;
    return len > 0 && password.len > 3 && !same && !has(password, ':') && !has(password, '/') && !has(password, ',') &&
           !has(password, '@') && !pacct_redact_is_number(password) && !pacct_redact_is_path(password) &&
           !pacct_redact_has(PACCT_REDACT_LIST(groups), password);
}

/* The same as Samba's programs have it: user%PASSWORD. %40 is an @ in a name, as addresses have it. */
static bool is_windows_user(struct pacct_bytes word) {
    const char* const percent = word.len == 0 ? NULL : memchr(word.p, '%', word.len);
    const size_t len = percent == NULL ? 0 : (size_t)(percent - word.p);
    return len > 0 && isalpha((unsigned char)word.p[0]) && isalnum((unsigned char)percent[-1]) && word.len - len > 4 &&
           !has_text(word, "://") && !begins(behind(word, len), "%40");
}

/* What the word before announced. Returns whether the word is that. */
static bool announced(struct pacct_redact_command* c, struct pacct_bytes word) {
    const struct pacct_redact_rule* const option = c->option;
    const enum pacct_redact_level named = c->loose && c->named > PACCT_REDACT_AUTH ? PACCT_REDACT_LIKELY : c->named;
    const bool skipped = c->skipped, prints = c->prints;
    const char guessed = c->guessed, users = c->users;
    if (option == NULL && named == PACCT_REDACT_NO && !skipped && !prints && guessed == 0 && users == 0) {
        return false;
    }
    c->option = NULL;
    c->named = PACCT_REDACT_NO;
    c->skipped = c->prints = false;
    c->guessed = c->users = 0;
    if (is_next_option(word)) {
        return false;
    }
    if (users != 0 && word.len > 0 && !has_text(word, "://")) {
        c->user = users;
    }
    if (option != NULL) {
        seen(c, word);
        apply(c, option, word);
        return true;
    }
    if (prints) {
        note_printed(c, word);
    }
    if (users != 0 && is_user_with_password(word) && pacct_redact_note_shape(c->work, PACCT_REDACT_COLON, word)) {
        return true;
    }
    if (users != 0 && is_windows_user(word) && pacct_redact_note_shape(c->work, PACCT_REDACT_PERCENT, word)) {
        return true;
    }
    if ((guessed != 0 && is_guess(c, guessed, word) && pacct_redact_note_value(c->work, PACCT_REDACT_KEY, word)) ||
        pacct_redact_note_value(c->work, named, word)) {
        return true;
    }
    if (skipped || named >= PACCT_REDACT_KEY) {
        look_at(c, word, PACCT_REDACT_NOTHING);
        return true;
    }
    return false;
}

/* ---- operands ---- */

/* What the patterns said of a word. */
struct said {
    bool matched; /* one is about it */
    bool noted; /* and there was a secret */
    bool within; /* it is a word in one of the program's own */
    enum pacct_redact_shape shape;
};

static void go_on(struct pacct_redact_command* c,
                  const struct pacct_redact_rule* rule,
                  unsigned char* element,
                  bool counts,
                  struct pacct_bytes word,
                  struct said* said) {
    const unsigned char before = *element;
    const enum pacct_redact_match match = pacct_redact_match_operand(rule, element, word);
    said->within = said->within || (*element > before && rule->what.words[before].p[0] != '_');
    if (match == PACCT_REDACT_NO_MATCH || !counts) {
        return;
    }
    said->matched = true;
    if (match == PACCT_REDACT_WITH_VALUE) {
        said->noted = note(c, rule, word) || said->noted;
        said->shape = rule->shape == PACCT_REDACT_SCRIPT ? rule->shape : said->shape;
    }
}

/* Go on with the patterns. Returns whether the word is what one of them is about. *within: as above. */
static bool patterns(struct pacct_redact_command* c, struct pacct_bytes word, bool* within) {
    const struct pacct_redact_program any = c->work->rules->any;
    struct said said = {false, false, false, PACCT_REDACT_NOTHING};
    for (size_t i = 0; i < c->program.count; i++) {
        if (c->program.entries[i].rule->kind == PACCT_REDACT_OPERAND) {
            go_on(c, c->program.entries[i].rule, &c->elements[i], holds(c, i), word, &said);
        }
    }
    *within = said.within;
    const bool begins = word.len > 0 && pacct_redact_rules_any_begins(c->work->rules, word.p[0]);
    for (size_t i = 0; (begins || c->within_any) && i < any.count && i < PACCT_REDACT_ANY; i++) {
        go_on(c, any.entries[i].rule, &c->any_elements[i], true, word, &said);
    }
    c->within_any = c->within_any || begins;
    if (said.matched && !said.noted && !pacct_redact_is_option(word)) {
        look_at(c, word, said.shape);
    }
    return said.matched;
}

/* Whether a word is a user of something: me@example.com, cn=me,dc=example. */
static bool is_somebody(struct pacct_bytes word) {
    const char* const at = word.len == 0 ? NULL : memchr(word.p, '@', word.len);
    return begins(word, "cn=") || begins(word, "uid=") || begins(word, "CN=") ||
           (at != NULL && at > word.p && has(behind(word, (size_t)(at - word.p)), '.') && !has(word, ':') &&
            !has(word, '/'));
}

/* A word that is a name of secrets, as in "login me password SECRET". */
static bool is_bare_name(const struct pacct_redact_command* c, struct pacct_bytes word) {
    const char* const slash = word.len == 0 ? NULL : memrchr(word.p, '/', word.len);
    const struct pacct_bytes name = slash == NULL ? word : behind(word, (size_t)(slash + 1 - word.p));
    for (size_t i = 0; i < name.len; i++) {
        if (!pacct_redact_is_name(name.p[i]) && name.p[i] != ':') {
            return false;
        }
    }
    return !c->plain && name.len > 1 && !pacct_redact_likely(name) &&
           pacct_redact_level_of(c->work->rules, name) >= PACCT_REDACT_KEY;
}

/* set-admin-password X: whose it is has been said */
static bool is_change(struct pacct_bytes word) {
    const size_t len = begins(word, "set-") ? 4 : begins(word, "reset-") ? 6 : 0;
    const char* const dash = len == 0 ? NULL : memrchr(word.p, '-', word.len);
    return dash != NULL && dash > word.p + len && is(behind(word, (size_t)(dash + 1 - word.p)), "password");
}

/* DB_PASSWORD, db.password: no command's name */
static bool is_variable(struct pacct_bytes word) {
    return has(word, '_') || has(word, '.');
}

static void operand(struct pacct_redact_command* c, struct pacct_bytes word, bool quoted) {
    static const struct pacct_bytes password[] = {
        PACCT_REDACT_WORD("password"),          PACCT_REDACT_WORD("passwd"),
        PACCT_REDACT_WORD("passphrase"),        PACCT_REDACT_WORD("community"),
        PACCT_REDACT_WORD("pre-shared-key"),    PACCT_REDACT_WORD("ascii-text"),
        PACCT_REDACT_WORD("pre-shared-secret"), PACCT_REDACT_WORD("plain-text-password-value")};
    static const struct pacct_bytes login[] = {PACCT_REDACT_WORD("login"), PACCT_REDACT_WORD("auth"),
                                               PACCT_REDACT_WORD("signin"), PACCT_REDACT_WORD("register")};
    const bool ended = word.len > 1 && word.p[word.len - 1] == '='; /* password= X */
    const struct pacct_bytes name = {word.p, word.len - ended};
    const bool sign = c->bare && (is(word, "=") || is(word, ":"));
    const bool sure = (c->sure || (quoted && c->loose)) && !has(word, '=');
    const enum pacct_redact_level level = !c->bare || sign ? PACCT_REDACT_NO
                                          : sure           ? PACCT_REDACT_KEY
                                                           : PACCT_REDACT_LIKELY;
    bool within;
    c->bare = c->sure = false;
    c->said.p = c->said.p == NULL ? word.p : c->said.p;
    c->said.len = (size_t)(word.p + word.len - c->said.p);
    if (pacct_redact_note_value(c->work, level, word)) {
        c->set = sure; /* set a X b Y */
        return;
    }
    const bool obvious = !c->plain && !c->loose && pacct_redact_obvious(word);
    if ((obvious || (c->changes && c->said.p != word.p)) && pacct_redact_note_value(c->work, PACCT_REDACT_KEY, word)) {
        return;
    }
    if (patterns(c, word, &within)) {
        return;
    }
    if (c->wrapper != NULL && !c->searching && c->operands-- <= 0) {
        begin_with(c, word);
        return;
    }
    if (c->searching && begin_if_known(c, word)) {
        return;
    }
    c->bare = sign || (!within && is_bare_name(c, name));
    const bool does = begins(name, "set-"); /* it is what a command does */
    const bool whose = c->bare && !c->loose && is_change(name);
    c->sure =
        sign || whose ||
        (c->bare && !c->loose && !does &&
         (ended || c->set || (c->sets && (is_variable(name) || pacct_redact_has(PACCT_REDACT_LIST(password), word)))));
    c->names = c->names || c->bare;
    c->user = c->user == 0 && c->program.count == 0 && is_somebody(word) ? 'u' : c->user;
    c->set = is_setting(word);
    c->sets = c->sets || c->set;
    c->login = c->login || pacct_redact_has(PACCT_REDACT_LIST(login), word) ||
               (has_text(word, "user") && (has_text(word, "create") || has_text(word, "add")));
    look_at(c, word, PACCT_REDACT_NOTHING);
}

/* ---- words ---- */

void pacct_redact_command_word(struct pacct_redact_command* c, struct pacct_bytes word, bool quoted) {
    bool within;
    if (announced(c, word)) {
        return;
    }
    if (word.len == 0) {
        patterns(c, word, &within);
    } else if (c->depth == 0 && (is(word, ";") || is(word, "&&") || is(word, "||") || is(word, "|"))) {
        begin(c, (struct pacct_redact_program){NULL, 0}, false);
    } else if (c->at_program && !pacct_redact_is_option(word)) {
        if (is_assignment(word)) {
            look_at(c, word, PACCT_REDACT_NOTHING);
        } else {
            begin_with(c, word);
        }
    } else if (is(word, "--")) {
        c->at_program = c->wrapper != NULL;
        c->searching = c->searching || c->uncertain;
    } else if (seen(c, word) || program_option(c, word)) {
        return;
    } else if (pacct_redact_is_option(word)) {
        if (!patterns(c, word, &within)) {
            other_option(c, word);
        }
    } else if (c->wrapper != NULL && !c->searching && is_assignment(word)) {
        look_at(c, word, PACCT_REDACT_NOTHING);
    } else {
        operand(c, word, quoted);
    }
}
