/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_value.c
 *
 * Algorithm: what a value looks like is counted: small letters, capitals, digits, changes from letters to digits.
 */
#include "config.h"

#include "command/redact_value.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* More than that many bytes of a value are not looked at to say what it looks like. */
#define LOOK_MAX 128u
/* A longer value of a secret's name is one whatever it looks like, so that nothing long is looked at again. */
#define LONG_LEN 256u
/* A number that is as long is no port, no count and no date, but a key that happens to have no letters. */
#define NUMBER_LEN 20u
/* So many letters and digits in a row, with turns from one to the other, are no name: the key of an API, in
 * hexadecimal. */
#define HEX_LEN 20u
#define HEX_TURNS 4u
/* A user that is as long and random is no name. */
#define USER_TOKEN_LEN 32u
/* More backslashes before a quote than text within text within text needs. */
#define BACKSLASHES_MAX 7u

void pacct_redact_note(struct pacct_redact_work* work, struct pacct_bytes secret) {
    memset(work->secret + (secret.p - work->text), 1, secret.len);
    work->any = work->any || secret.len > 0;
}

/* ---- quotes ---- */

size_t pacct_redact_quote(const char* p, const char* end) {
    size_t len = 0;
    while (p + len < end && p[len] == '\\' && len < BACKSLASHES_MAX) {
        len++;
    }
    return p + len < end && (p[len] == '"' || p[len] == '\'') ? len + 1 : 0;
}

const char* pacct_redact_close_quote(const char* from, const char* end, char quote, size_t backslashes) {
    const char* at = from;
    while (at < end && (at = memchr(at, quote, (size_t)(end - at))) != NULL) {
        const char* begin = at;
        while (begin > from && begin[-1] == '\\') {
            begin--;
        }
        const size_t before = (size_t)(at - begin);
        at++;
        if (before == backslashes || (backslashes == 0 && before % 2 == 0)) {
            return at;
        }
    }
    return NULL;
}

struct pacct_bytes pacct_redact_unquote(struct pacct_bytes value) {
    const char* const end = value.p + value.len;
    const size_t dollar = value.len > 1 && value.p[0] == '$' && value.p[1] == '\'' ? 1 : 0;
    const size_t quote = value.len == 0 ? 0 : pacct_redact_quote(value.p + dollar, end);
    const char* const from = value.p + dollar + quote;
    if (quote == 0 || pacct_redact_close_quote(from, end, from[-1], quote - 1) != end) {
        return value;
    }
    return (struct pacct_bytes){from, (size_t)(end - from) - quote};
}

/* ---- what a value looks like ---- */

enum kind { OTHER, SPECIAL, LOWER, UPPER, DIGIT };

struct look {
    size_t count[5]; /* of each kind of characters */
    size_t turns; /* from letters to digits and back without anything in between, at most */
    size_t humps; /* from small letters to capitals */
    bool shouts; /* two capitals in a row */
    size_t tail; /* digits at the end */
    size_t longest; /* letters and digits in a row */
    bool mixed; /* small letters, capitals and digits in a row, without anything in between */
    bool capital; /* the only capital begins it */
};

static enum kind kind_of(unsigned char c, bool last) {
    if (c >= 'a' && c <= 'z') {
        return LOWER;
    }
    if (c >= 'A' && c <= 'Z') {
        return UPPER;
    }
    if (c >= '0' && c <= '9') {
        return DIGIT;
    }
    switch (c) {
        case '!':
        case '#':
        case '$':
        case '%':
        case '^':
        case '&':
        case '+':
            return SPECIAL;
        case '=':
            return last ? SPECIAL : OTHER; /* as base64 ends */
        default:
            return c >= 128 ? SPECIAL : OTHER;
    }
}

static struct look look_at(struct pacct_bytes value) {
    struct look look = {0};
    size_t run = 0, turns = 0;
    enum kind before = OTHER;
    unsigned kinds = 0;
    for (size_t i = 0; i < value.len && i < LOOK_MAX; i++) {
        const enum kind kind = kind_of((unsigned char)value.p[i], i + 2 >= value.len);
        look.count[kind]++;
        look.humps += kind == UPPER && before == LOWER;
        look.shouts = look.shouts || (kind == UPPER && before == UPPER);
        look.tail = kind == DIGIT ? look.tail + 1 : 0;
        if (kind < LOWER) {
            run = turns = 0;
            kinds = 0;
        } else {
            run++;
            turns += before >= LOWER && (kind == DIGIT) != (before == DIGIT);
            kinds |= 1u << kind;
        }
        look.turns = turns > look.turns ? turns : look.turns;
        look.longest = run > look.longest ? run : look.longest;
        look.mixed = look.mixed || kinds == (1u << LOWER | 1u << UPPER | 1u << DIGIT);
        before = kind;
    }
    look.capital = look.count[UPPER] == 1 && kind_of((unsigned char)value.p[0], false) == UPPER;
    return look;
}

static bool equals(struct pacct_bytes value, const char* text) {
    return value.len == strlen(text) && strncasecmp(value.p, text, value.len) == 0;
}

static bool begins(struct pacct_bytes value, const char* text) {
    const size_t len = strlen(text);
    return value.len >= len && memcmp(value.p, text, len) == 0;
}

/* $NAME, ${name}, $(command), {{ name }}: what stands for a secret is none. */
static bool is_reference(struct pacct_bytes value) {
    const char last = value.p[value.len - 1];
    if (begins(value, "${") || begins(value, "$(") || begins(value, "`") || begins(value, "{{")) {
        return memchr("})`", last, 3) != NULL;
    }
    size_t len = value.p[0] == '$' ? 1 : value.len;
    while (len < value.len && (isupper((unsigned char)value.p[len]) || value.p[len] == '_')) {
        len++;
    }
    return value.p[0] == '$' && value.len > 1 && len == value.len;
}

static bool has_any(struct pacct_bytes value, const char* characters) {
    for (size_t i = 0; i < value.len && i < LOOK_MAX; i++) {
        if (strchr(characters, value.p[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* **** or ...: hidden already, or a pattern for any */
static bool is_mask(struct pacct_bytes value) {
    size_t len = 0;
    while (len < value.len && (value.p[len] == '*' || value.p[len] == '.')) {
        len++;
    }
    return len == value.len;
}

static bool is_trivial(struct pacct_bytes value) {
    static const char* const words[] = {"-",   "true", "false", "yes", "no",     "on",    "off",  "null",
                                        "nil", "none", "auto",  "ask", "prompt", "never", "stdin"};
    if (value.len == 0) {
        return true;
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (equals(value, words[i])) {
            return true;
        }
    }
    return is_mask(value) || is_reference(value);
}

bool pacct_redact_is_number(struct pacct_bytes value) {
    size_t digits = 0, i = begins(value, "0x") ? 2 : 0;
    const bool hex = i > 0;
    for (; i < value.len && i < LOOK_MAX; i++) {
        const unsigned char c = (unsigned char)value.p[i];
        if (!(hex ? isxdigit(c) : isdigit(c)) && strchr(".,:/-_%", c) == NULL) {
            return false;
        }
        digits += isdigit(c) ? 1 : 0;
    }
    return digits > 0;
}

static bool has_extension(struct pacct_bytes value) {
    static const struct pacct_bytes extensions[] = {
        PACCT_REDACT_WORD("pem"),  PACCT_REDACT_WORD("key"),      PACCT_REDACT_WORD("crt"),
        PACCT_REDACT_WORD("cer"),  PACCT_REDACT_WORD("csr"),      PACCT_REDACT_WORD("der"),
        PACCT_REDACT_WORD("p8"),   PACCT_REDACT_WORD("p12"),      PACCT_REDACT_WORD("pfx"),
        PACCT_REDACT_WORD("jks"),  PACCT_REDACT_WORD("json"),     PACCT_REDACT_WORD("yaml"),
        PACCT_REDACT_WORD("yml"),  PACCT_REDACT_WORD("txt"),      PACCT_REDACT_WORD("cfg"),
        PACCT_REDACT_WORD("conf"), PACCT_REDACT_WORD("ini"),      PACCT_REDACT_WORD("env"),
        PACCT_REDACT_WORD("pub"),  PACCT_REDACT_WORD("asc"),      PACCT_REDACT_WORD("gpg"),
        PACCT_REDACT_WORD("csv"),  PACCT_REDACT_WORD("xml"),      PACCT_REDACT_WORD("properties"),
        PACCT_REDACT_WORD("toml"), PACCT_REDACT_WORD("sh"),       PACCT_REDACT_WORD("py"),
        PACCT_REDACT_WORD("log"),  PACCT_REDACT_WORD("db"),       PACCT_REDACT_WORD("sqlite"),
        PACCT_REDACT_WORD("html"), PACCT_REDACT_WORD("enc"),      PACCT_REDACT_WORD("age"),
        PACCT_REDACT_WORD("lst"),  PACCT_REDACT_WORD("dat"),      PACCT_REDACT_WORD("bin"),
        PACCT_REDACT_WORD("gz"),   PACCT_REDACT_WORD("zip"),      PACCT_REDACT_WORD("tar"),
        PACCT_REDACT_WORD("ovpn"), PACCT_REDACT_WORD("keystore"), PACCT_REDACT_WORD("kdbx")};
    const char* const dot = value.len == 0 ? NULL : memrchr(value.p, '.', value.len);
    return dot != NULL && dot > value.p &&
           pacct_redact_has(PACCT_REDACT_LIST(extensions),
                            (struct pacct_bytes){dot + 1, (size_t)(value.p + value.len - dot - 1)});
}

bool pacct_redact_is_path(struct pacct_bytes value) {
    static const char* const beginnings[] = {"/", "./", "../", "~", "@", "\\\\", "file:", "env:"};
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
        if (begins(value, beginnings[i])) {
            return true;
        }
    }
    if (value.len > 2 && isalpha((unsigned char)value.p[0]) && value.p[1] == ':' && value.p[2] == '\\') {
        return true;
    }
    if (has_extension(value)) {
        return true;
    }
    const struct look look = look_at(value);
    return value.len > 0 && memchr(value.p, '/', value.len) != NULL && look.count[SPECIAL] == 0 &&
           (look.count[UPPER] == 0 || look.count[DIGIT] == 0);
}

bool pacct_redact_likely(struct pacct_bytes value) {
    if (value.len < 5 || is_trivial(value) || pacct_redact_is_number(value) || pacct_redact_is_path(value) ||
        memmem(value.p, value.len < LOOK_MAX ? value.len : LOOK_MAX, "://", 3) != NULL) {
        return false;
    }
    if (value.p[0] == '$' && memchr(value.p, '/', value.len) != NULL) {
        return false;
    }
    const struct look look = look_at(value);
    const size_t letters = look.count[LOWER] + look.count[UPPER];
    if (letters + look.count[DIGIT] < 4) {
        return false;
    }
    if (look.count[SPECIAL] > 0 && letters > 0) {
        return true;
    }
    if (look.mixed) {
        return !look.capital || look.turns > 1 || look.tail != look.count[DIGIT] || look.count[DIGIT] > 2;
    }
    if (letters > 0 && look.count[DIGIT] > 0) {
        return look.turns > 1 || (look.longest >= 12 && look.count[DIGIT] > 2) ||
               (look.count[DIGIT] > 2 && look.turns > 0 && look.tail > 2);
    }
    return look.humps > 2 && (look.shouts || look.longest >= 20);
}

bool pacct_redact_strong(struct pacct_bytes value) {
    const struct look look = look_at(value);
    if (value.len < 6 || value.len > LOOK_MAX || has_any(value, "/\\,;|<>()[]{}\"'` \t\n") ||
        pacct_redact_is_path(value) || memchr(value.p, ':', value.len) != NULL ||
        memchr(value.p, '.', value.len) != NULL) {
        return false;
    }
    return value.p[0] != '-' &&
           ((look.mixed && value.len >= 8) || (look.longest >= HEX_LEN && look.turns >= HEX_TURNS) ||
            (look.count[SPECIAL] > 0 && look.count[DIGIT] > 0 && look.count[LOWER] + look.count[UPPER] > 1 &&
             memchr(value.p, '=', value.len) == NULL && value.p[0] != '$'));
}

bool pacct_redact_obvious(struct pacct_bytes value) {
    const char* const sign = value.len < 7 || value.len > 64 ? NULL : memchr(value.p, '!', value.len);
    const char* const dollar = value.len < 7 || value.len > 64 ? NULL : memchr(value.p, '$', value.len);
    if ((sign == NULL && dollar == NULL) || sign == value.p || dollar == value.p || !pacct_redact_strong(value) ||
        memchr(value.p, '=', value.len) != NULL || (sign != NULL && sign[-1] == '^')) { /* git's commit^! */
        return false;
    }
    const struct look look = look_at(value);
    return sign != NULL || (look.count[LOWER] > 0 && look.count[UPPER] > 0);
}

/* ---- what of it is secret ---- */

static struct pacct_bytes behind(struct pacct_bytes value, const char* p) {
    return (struct pacct_bytes){p, (size_t)(value.p + value.len - p)};
}

static bool mark(struct pacct_redact_work* work, struct pacct_bytes secret) {
    secret = pacct_redact_unquote(secret);
    if (is_trivial(secret)) {
        return false;
    }
    pacct_redact_note(work, secret);
    return true;
}

static bool mark_behind(struct pacct_redact_work* work, struct pacct_bytes value, char c) {
    const char* const at = value.len == 0 ? NULL : memchr(value.p, c, value.len);
    return at != NULL && mark(work, behind(value, at + 1));
}

/* user/SECRET@database. A slash behind the @ is the database's. */
static bool mark_slash(struct pacct_redact_work* work, struct pacct_bytes value) {
    const char* const slash = value.len == 0 ? NULL : memchr(value.p, '/', value.len);
    const char* const first = value.len == 0 ? NULL : memchr(value.p, '@', value.len);
    if (slash == NULL || slash == value.p || (first != NULL && first < slash)) {
        return false;
    }
    struct pacct_bytes secret = behind(value, slash + 1);
    const char* const at = secret.len == 0 ? NULL : memrchr(secret.p, '@', secret.len);
    secret.len = at == NULL ? secret.len : (size_t)(at - secret.p);
    return mark(work, secret);
}

static bool mark_userinfo(struct pacct_redact_work* work, struct pacct_bytes value) {
    const char* const scheme = value.len == 0 ? NULL : memmem(value.p, value.len, "://", 3);
    value = scheme == NULL ? value : behind(value, scheme + 3);
    const char* const colon = value.len == 0 ? NULL : memchr(value.p, ':', value.len);
    const char* const at = value.len == 0 ? NULL : memrchr(value.p, '@', value.len);
    struct pacct_bytes secret = colon == NULL ? value : behind(value, colon + 1);
    secret.len = at == NULL ? secret.len : (size_t)(at - secret.p);
    return colon != NULL && (at == NULL ? !pacct_redact_is_number(secret) : colon < at) && mark(work, secret);
}

/* p=SECRET or data=SECRET among fields with commas between them */
static bool mark_field(struct pacct_redact_work* work, struct pacct_bytes value) {
    while (value.len > 2) {
        const char* const comma = memchr(value.p, ',', value.len);
        const size_t len = comma == NULL ? value.len : (size_t)(comma - value.p);
        const size_t name = begins(value, "p=") ? 2 : begins(value, "data=") ? 5 : 0;
        if (name > 0) {
            return mark(work, (struct pacct_bytes){value.p + name, len - name});
        }
        value = comma == NULL ? (struct pacct_bytes){value.p, 0} : behind(value, comma + 1);
    }
    return false;
}

bool pacct_redact_note_shape(struct pacct_redact_work* work, enum pacct_redact_shape shape, struct pacct_bytes value) {
    value = pacct_redact_unquote(value);
    const char* found;
    switch (shape) {
        case PACCT_REDACT_WHOLE:
            return mark(work, value);
        case PACCT_REDACT_UNLESS_PATH:
            return pacct_redact_note_value(work, PACCT_REDACT_KEY, value);
        case PACCT_REDACT_UNLESS_ASSIGNED:
            return (value.len == 0 || memchr(value.p, '=', value.len) == NULL) && mark(work, value);
        case PACCT_REDACT_IF_LIKELY:
            return pacct_redact_note_value(work, PACCT_REDACT_LIKELY, value);
        case PACCT_REDACT_COLON:
            return mark_behind(work, value, ':');
        case PACCT_REDACT_LAST_COLON:
            found = value.len == 0 ? NULL : memrchr(value.p, ':', value.len);
            return found != NULL && mark(work, behind(value, found + 1));
        case PACCT_REDACT_COLON_OR_TOKEN:
            return mark_behind(work, value, ':') || pacct_redact_note_value(work, PACCT_REDACT_LIKELY, value);
        case PACCT_REDACT_PERCENT:
            return mark_behind(work, value, '%');
        case PACCT_REDACT_COMMA:
            return mark_behind(work, value, ',');
        case PACCT_REDACT_SLASH:
            return mark_slash(work, value);
        case PACCT_REDACT_BEFORE_AT:
            found = value.len == 0 ? NULL : memrchr(value.p, '@', value.len);
            return found != NULL && mark(work, (struct pacct_bytes){value.p, (size_t)(found - value.p)});
        case PACCT_REDACT_USERINFO:
            return mark_userinfo(work, value);
        case PACCT_REDACT_EQUALS:
            found = value.len == 0 ? NULL : memchr(value.p, '=', value.len);
            return found != NULL && (found + 1 == value.p + value.len || found[1] != '@') &&
                   mark_behind(work, value, '=');
        case PACCT_REDACT_EQUALS_LIKELY:
            found = value.len == 0 ? NULL : memchr(value.p, '=', value.len);
            return found != NULL && pacct_redact_note_value(work, PACCT_REDACT_LIKELY, behind(value, found + 1));
        case PACCT_REDACT_FIELD:
            return mark_field(work, value);
        case PACCT_REDACT_OPENSSL:
            return (begins(value, "pass:") || begins(value, "key:") || begins(value, "hexkey:") ||
                    begins(value, "secret:")) &&
                   mark_behind(work, value, ':');
        case PACCT_REDACT_NOTHING:
        case PACCT_REDACT_SCRIPT:
        case PACCT_REDACT_PROSE:
        default:
            return false;
    }
}

bool pacct_redact_note_value(struct pacct_redact_work* work, enum pacct_redact_level level, struct pacct_bytes value) {
    value = pacct_redact_unquote(value);
    if (level == PACCT_REDACT_NO || (value.len <= LONG_LEN && is_trivial(value))) {
        return false;
    }
    struct pacct_bytes secret = value;
    if (level >= PACCT_REDACT_KEY && value.len > LONG_LEN) {
        pacct_redact_note(work, value);
        return true;
    }
    switch (level) {
        case PACCT_REDACT_SECRET:
            break;
        case PACCT_REDACT_KEY:
            if (pacct_redact_is_path(value) || (pacct_redact_is_number(value) && value.len < NUMBER_LEN)) {
                return false;
            }
            break;
        case PACCT_REDACT_LIKELY:
            if (!pacct_redact_likely(value)) {
                return false;
            }
            break;
        case PACCT_REDACT_AUTH: {
            const char* const colon = memchr(value.p, ':', value.len);
            if (colon == NULL || value.p + value.len - colon < 3 || colon[1] == '/') {
                return pacct_redact_note_value(work, PACCT_REDACT_LIKELY, value);
            }
            const char* const at = memrchr(colon, '@', (size_t)(value.p + value.len - colon));
            secret = behind(value, colon + 1);
            secret.len = at == NULL ? secret.len : (size_t)(at - secret.p);
            return pacct_redact_note_value(work, PACCT_REDACT_KEY, secret);
        }
        case PACCT_REDACT_PIN: {
            const struct look look = look_at(value);
            if (value.len < 4 || look.count[DIGIT] == 0 ||
                look.count[LOWER] + look.count[UPPER] + look.count[DIGIT] != value.len) {
                return false;
            }
            break;
        }
        case PACCT_REDACT_PAIR: {
            const char* const colon = memchr(value.p, ':', value.len);
            secret = colon == NULL ? secret : behind(value, colon + 1);
            const char* const at = colon == NULL || secret.len == 0 ? NULL : memrchr(secret.p, '@', secret.len);
            secret.len = at == NULL ? secret.len : (size_t)(at - secret.p);
            if (colon == NULL && value.len >= USER_TOKEN_LEN && pacct_redact_strong(value)) {
                break; /* a key in the place of a user, as hubs and the like have it */
            }
            if (colon == NULL || has_any(secret, ",=/") || !pacct_redact_likely(secret)) {
                return false;
            }
            break;
        }
        case PACCT_REDACT_NO:
        default:
            return false;
    }
    pacct_redact_note(work, secret);
    return true;
}
