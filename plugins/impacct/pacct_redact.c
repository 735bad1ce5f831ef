/**
 * @file pacct_redact.c
 * @brief Secrets in arguments, made unreadable.
 *
 * Algorithm: each argument is asked where its secret begins and ends, by rules
 * in code, since regular expressions for all of them would cost many times as
 * much; then by the user's own expressions.
 *
 * Concurrency and locking: none; not changed after it was made.
 *
 * Failure model: out of memory is told; nothing is appended unredacted.
 */
#include "config.h"

#include "pacct_quote.h"
#include "pacct_redact.h"

#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct pacct_redact {
    bool known;
    regex_t* patterns;
    size_t count;
};

/* Ends of names whose values are secret. */
static const char* const words[] = {
    "password",  "passwd",     "passphrase", "passwort",   "pass",        "pwd",           "secret",
    "token",     "apikey",     "api-key",    "api_key",    "accesskey",   "access-key",    "access_key",
    "secretkey", "secret-key", "secret_key", "credential", "credentials", "authorization", "cookie"};
#define WORDS (sizeof(words) / sizeof(words[0]))

/* Options of one letter whose value, attached or in the next argument, is a secret. */
static const struct {
    const char* program; /* begins with this */
    char option;
    bool attached; /* only attached; in the next argument it is something else */
    bool after_colon; /* the secret is behind a user's name and a colon */
} options[] = {{"mysql", 'p', true, false},    {"mariadb", 'p', true, false},    {"mongo", 'p', false, false},
               {"sshpass", 'p', false, false}, {"curl", 'u', false, true},       {"redis-cli", 'a', false, false},
               {"ldap", 'w', false, false},    {"mosquitto_", 'P', false, false}};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

struct pacct_redact* pacct_redact_new(void) {
    return calloc(1, sizeof(struct pacct_redact));
}

void pacct_redact_free(struct pacct_redact* r) {
    if (r != NULL) {
        for (size_t i = 0; i < r->count; i++) {
            regfree(&r->patterns[i]);
        }
        free(r->patterns);
        free(r);
    }
}

void pacct_redact_known(struct pacct_redact* r) {
    r->known = true;
}

bool pacct_redact_pattern(struct pacct_redact* r, const char* pattern, char why[PACCT_REDACT_WHY]) {
    regex_t* const patterns = realloc(r->patterns, (r->count + 1) * sizeof(*patterns));
    if (patterns == NULL) {
        strcpy(why, "out of memory");
        return false;
    }
    r->patterns = patterns;
    const int error = regcomp(&patterns[r->count], pattern, REG_EXTENDED);
    if (error != 0) {
        regerror(error, &patterns[r->count], why, PACCT_REDACT_WHY);
        return false;
    }
    r->count++;
    return true;
}

/* ---- what is known ---- */

static bool ends_in_word(struct pacct_bytes name) {
    for (size_t i = 0; i < WORDS; i++) {
        const size_t len = strlen(words[i]);
        if (name.len >= len && strncasecmp(name.p + name.len - len, words[i], len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_name(char c) {
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

/* Length of the option's or variable's name that an argument begins with. */
static size_t name_length(struct pacct_bytes arg) {
    size_t len = 0;
    while (len < arg.len && is_name(arg.p[len])) {
        len++;
    }
    return len;
}

static struct pacct_bytes behind(struct pacct_bytes arg, size_t at) {
    return (struct pacct_bytes){arg.p + at, arg.len - at};
}

static struct pacct_bytes none(void) {
    return (struct pacct_bytes){NULL, 0};
}

/* name=SECRET, name: SECRET */
static struct pacct_bytes find_assigned(struct pacct_bytes arg) {
    const size_t len = name_length(arg);
    if (len == arg.len || (arg.p[len] != '=' && arg.p[len] != ':') || !ends_in_word((struct pacct_bytes){arg.p, len})) {
        return none();
    }
    size_t at = len + 1;
    while (at < arg.len && arg.p[at] == ' ') {
        at++;
    }
    return behind(arg, at);
}

/* scheme://user:SECRET@host, up to the last @ before the path. Where the argument is cut, that may be behind its end.
 */
static struct pacct_bytes find_in_url(struct pacct_bytes arg, bool cut) {
    const char* const end = arg.p + arg.len;
    const char* stop = arg.p;
    const char* slashes;
    while ((slashes = memmem(stop, (size_t)(end - stop), "://", 3)) != NULL) {
        const char *colon = NULL, *at = NULL;
        for (stop = slashes + 3; stop < end && strchr("/?# ", *stop) == NULL; stop++) {
            if (*stop == ':' && colon == NULL) {
                colon = stop;
            }
            if (*stop == '@') {
                at = stop;
            }
        }
        at = cut && stop == end ? end : at;
        if (colon != NULL && at != NULL && at > colon + 1) {
            return (struct pacct_bytes){colon + 1, (size_t)(at - colon - 1)};
        }
    }
    return none();
}

static bool is_quote(char c) {
    return c == '"' || c == '\'';
}

/* How far a value within an argument goes: to the quote that closes it or the whole; else to what separates, unless it
 * is a header's, which has blanks in it. */
static size_t value_length(struct pacct_bytes value, char quote, bool header) {
    size_t len = 0;
    while (len < value.len &&
           (quote != 0 ? value.p[len] != quote : header || strchr(",;& \t\n\"')}", value.p[len]) == NULL)) {
        len++;
    }
    return len;
}

/* name=SECRET, name: SECRET, "name": "SECRET" anywhere in an argument, such as user=x,password=SECRET */
static struct pacct_bytes find_inside(struct pacct_bytes arg) {
    for (size_t at = 0; at < arg.len; at++) {
        if (arg.p[at] != '=' && arg.p[at] != ':') {
            continue;
        }
        const bool quoted = at > 0 && is_quote(arg.p[at - 1]);
        const size_t end = quoted ? at - 1 : at;
        size_t begin = end;
        while (begin > 0 && is_name(arg.p[begin - 1])) {
            begin--;
        }
        if (begin == end || !ends_in_word((struct pacct_bytes){arg.p + begin, end - begin})) {
            continue;
        }
        const char around = !quoted && begin > 0 && is_quote(arg.p[begin - 1]) ? arg.p[begin - 1] : 0;
        size_t from = at + 1;
        while (from < arg.len && arg.p[from] == ' ') {
            from++;
        }
        const char own = from < arg.len && is_quote(arg.p[from]) ? arg.p[from] : 0;
        from += own != 0;
        const size_t len = value_length(behind(arg, from), own != 0 ? own : around, arg.p[at] == ':');
        if (len > 0) {
            return (struct pacct_bytes){arg.p + from, len};
        }
    }
    return none();
}

/* The program's name, without its folder. */
static struct pacct_bytes name_of(struct pacct_bytes program) {
    const char* const slash = program.len == 0 ? NULL : memrchr(program.p, '/', program.len);
    return slash == NULL ? program : behind(program, (size_t)(slash + 1 - program.p));
}

static struct pacct_bytes after_colon(struct pacct_bytes value) {
    const char* const colon = value.len == 0 ? NULL : memchr(value.p, ':', value.len);
    return colon == NULL ? none() : behind(value, (size_t)(colon + 1 - value.p));
}

/* Which of the options an argument is, for this program; -1: none */
static int option_of(struct pacct_bytes program, struct pacct_bytes arg) {
    if (arg.len < 2 || arg.p[0] != '-') {
        return -1;
    }
    for (size_t i = 0; i < OPTIONS; i++) {
        const size_t len = strlen(options[i].program);
        if (arg.p[1] == options[i].option && program.len >= len && memcmp(program.p, options[i].program, len) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* The secret that is attached to an option of one letter. */
static struct pacct_bytes find_attached(struct pacct_bytes program, struct pacct_bytes arg) {
    const int option = option_of(program, arg);
    if (option < 0 || arg.len == 2) {
        return none();
    }
    const struct pacct_bytes value = behind(arg, 2);
    return options[option].after_colon ? after_colon(value) : value;
}

/* Whether there can be the value of a name, or a password in a URL. Most arguments are done with then. */
static bool has_values(struct pacct_bytes arg) {
    return arg.len > 0 && (memchr(arg.p, '=', arg.len) != NULL || memchr(arg.p, ':', arg.len) != NULL);
}

/* Whether an argument is one or more options of one letter, as -sSu. */
static bool is_letters(struct pacct_bytes arg) {
    size_t len = 1;
    if (arg.len < 2 || arg.p[0] != '-') {
        return false;
    }
    while (len < arg.len && isalnum((unsigned char)arg.p[len])) {
        len++;
    }
    return len == arg.len;
}

/* The secret that an argument is, because of the one before it. Of several options there, the last takes a value. */
static struct pacct_bytes find_announced(struct pacct_bytes program,
                                         struct pacct_bytes before,
                                         struct pacct_bytes arg) {
    const char last[] = {'-', before.len > 0 ? before.p[before.len - 1] : '-'};
    const int option = is_letters(before) ? option_of(program, (struct pacct_bytes){last, sizeof(last)}) : -1;
    if (option >= 0 && !options[option].attached) {
        return options[option].after_colon ? after_colon(arg) : arg;
    }
    const bool announces = before.len > 2 && before.p[0] == '-' && name_length(before) == before.len &&
                           ends_in_word(before) && (arg.len == 0 || arg.p[0] != '-');
    return announces ? arg : none();
}

/* ---- copying ---- */

static bool append(struct pacct_buf* out, const char* p, size_t len) {
    if (!pacct_buf_reserve(out, len + 1)) {
        return false;
    }
    if (len > 0) {
        memcpy(out->p + out->len, p, len);
    }
    out->len += len;
    return true;
}

/* Append an argument with the secret in it replaced; secret.p NULL: there is none. */
static bool append_without(struct pacct_buf* out, struct pacct_bytes arg, struct pacct_bytes secret, bool* any) {
    if (secret.p == NULL || secret.len == 0) {
        return append(out, arg.p, arg.len);
    }
    const size_t front = (size_t)(secret.p - arg.p);
    *any = true;
    return append(out, arg.p, front) && append(out, PACCT_REDACTED, sizeof(PACCT_REDACTED) - 1) &&
           append(out, secret.p + secret.len, arg.len - front - secret.len);
}

/* Append an argument without the secrets that may stand anywhere in it. Either kind is only looked for again behind the
 * one that was found: who fills an argument with them must not make it take long. */
static bool append_clean(struct pacct_buf* out, struct pacct_bytes arg, bool cut, bool* any) {
    struct pacct_bytes url = find_in_url(arg, cut), inside = find_inside(arg);
    for (;;) {
        const bool is_url = url.p != NULL && (inside.p == NULL || url.p <= inside.p);
        const struct pacct_bytes secret = is_url ? url : inside;
        if (secret.p == NULL) {
            return append(out, arg.p, arg.len);
        }
        const size_t used = (size_t)(secret.p + secret.len - arg.p);
        if (!append_without(out, (struct pacct_bytes){arg.p, used}, secret, any)) {
            return false;
        }
        arg = behind(arg, used);
        if (url.p != NULL && url.p < arg.p) {
            url = find_in_url(arg, cut);
        }
        if (inside.p != NULL && inside.p < arg.p) {
            inside = find_inside(arg);
        }
    }
}

/* Replace in the argument that begins at "from" in out what a pattern matches, every time. */
static bool replace(const regex_t* pattern, size_t from, struct pacct_buf* out, bool* any) {
    regmatch_t m[2];
    char* const text = strndup(out->p + from, out->len - from);
    const char* at = text;
    bool ok = text != NULL;
    out->len = from;
    while (ok && *at != '\0' && regexec(pattern, at, 2, m, at == text ? 0 : REG_NOTBOL) == 0 && m[0].rm_eo > 0) {
        const regmatch_t secret = pattern->re_nsub > 0 ? m[1] : m[0];
        const size_t end = (size_t)m[0].rm_eo;
        if (secret.rm_so >= 0) {
            ok = append_without(out, (struct pacct_bytes){at, end},
                                (struct pacct_bytes){at + secret.rm_so, (size_t)(secret.rm_eo - secret.rm_so)}, any);
        } else {
            ok = append(out, at, end);
        }
        at += end;
    }
    ok = ok && append(out, at, strlen(at));
    free(text);
    return ok;
}

bool pacct_redact_copy(const struct pacct_redact* r, struct pacct_bytes args, struct pacct_buf* out, bool* any) {
    struct pacct_bytes program = {NULL, 0}, before = {NULL, 0};
    const char* const first = args.p;
    *any = false;
    while (args.len > 0) {
        const struct pacct_bytes arg = pacct_quote_next(&args);
        const size_t from = out->len;
        struct pacct_bytes secret = {NULL, 0};
        const bool known = r->known && arg.p != first, values = known && has_values(arg);
        const bool cut = args.p == arg.p + arg.len;
        if (known) {
            secret = find_announced(program, before, arg);
            secret = secret.p != NULL ? secret : find_attached(program, arg);
        }
        if (values && secret.p == NULL) {
            secret = find_assigned(arg);
        }
        bool ok = values && secret.p == NULL ? append_clean(out, arg, cut, any) : append_without(out, arg, secret, any);
        for (size_t i = 0; i < r->count && ok; i++) {
            ok = replace(&r->patterns[i], from, out, any);
        }
        if (!ok || !append(out, "", 1)) {
            return false;
        }
        program = arg.p == first ? name_of(arg) : program;
        before = arg;
    }
    return true;
}
