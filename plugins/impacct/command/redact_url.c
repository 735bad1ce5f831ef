/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_url.c
 *
 * Algorithm: RFC 3986, but for passwords with a slash or an @ in them, which people type all the same. What is searched
 * in vain is short, so that many addresses in a row take no longer than one of their length.
 */
#include "config.h"

#include "command/redact_url.h"

#include <ctype.h>
#include <string.h>

/* how far is looked for an @ */
#define WINDOW 128

/* The last @ in a URL's part of user and host, or in what follows where the password has a slash in it. *stop: where
 * that part ends. */
static const char* last_at(const char* p, const char* end, const char** stop) {
    const char *at = NULL, *colon = NULL;
    for (; p < end && strchr("/?# \t\n\"'<>`", *p) == NULL; p++) {
        colon = *p == ':' && colon == NULL ? p : colon;
        at = *p == '@' ? p : at;
    }
    *stop = p;
    bool number = true;
    for (const char* c = colon; c != NULL && c + 1 < p; c++) {
        number = number && isdigit((unsigned char)c[1]);
    }
    if (at != NULL || colon == NULL || number) {
        return at;
    }
    for (; p < end && p - *stop < WINDOW && strchr(" \t\n\"'", *p) == NULL; p++) {
        if (end - p > 2 && memcmp(p, "://", 3) == 0) {
            break;
        }
        at = *p == '@' ? p : at;
    }
    return at;
}

const char* pacct_redact_note_url(struct pacct_redact_work* work, const char* at, const char* end) {
    const char* const user = at + 3;
    const char* stop;
    const char* last = last_at(user, end, &stop);
    const char* const colon = memchr(user, ':', (size_t)((last == NULL ? stop : last) - user));
    if (last == NULL && colon != NULL && stop == work->cut) {
        last = stop; /* the @ may have been cut off */
    }
    if (last == NULL) {
        return NULL;
    }
    const struct pacct_bytes who = {user, (size_t)((colon == NULL ? last : colon) - user)};
    const struct pacct_bytes password = {colon == NULL ? last : colon + 1,
                                         colon == NULL ? 0 : (size_t)(last - colon - 1)};
    if (password.len > 0) {
        pacct_redact_note_value(work, PACCT_REDACT_SECRET, password);
    }
    if (password.len == 0 || (password.len == 13 && memcmp(password.p, "x-oauth-basic", 13) == 0)) {
        pacct_redact_note_value(work, PACCT_REDACT_LIKELY, who);
    }
    return last;
}

/* host, host:port, host/path */
static bool is_host(struct pacct_bytes host) {
    for (size_t i = 0; i < host.len; i++) {
        if (!isalnum((unsigned char)host.p[i]) && strchr(".-_:/[]", host.p[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* mailto:somebody@host and the like */
static bool is_scheme(struct pacct_bytes word) {
    static const struct pacct_bytes schemes[] = {
        PACCT_REDACT_WORD("mailto"), PACCT_REDACT_WORD("sip"),  PACCT_REDACT_WORD("sips"),  PACCT_REDACT_WORD("xmpp"),
        PACCT_REDACT_WORD("acct"),   PACCT_REDACT_WORD("tel"),  PACCT_REDACT_WORD("urn"),   PACCT_REDACT_WORD("to"),
        PACCT_REDACT_WORD("from"),   PACCT_REDACT_WORD("cc"),   PACCT_REDACT_WORD("bcc"),   PACCT_REDACT_WORD("sftp"),
        PACCT_REDACT_WORD("ssh"),    PACCT_REDACT_WORD("scp"),  PACCT_REDACT_WORD("rsync"), PACCT_REDACT_WORD("ftp"),
        PACCT_REDACT_WORD("git"),    PACCT_REDACT_WORD("rest"), PACCT_REDACT_WORD("s3"),    PACCT_REDACT_WORD("imap"),
        PACCT_REDACT_WORD("smtp"),   PACCT_REDACT_WORD("To"),   PACCT_REDACT_WORD("From"),  PACCT_REDACT_WORD("Cc"),
        PACCT_REDACT_WORD("Bcc")};
    return pacct_redact_has(PACCT_REDACT_LIST(schemes), word);
}

const char* pacct_redact_note_userinfo(
    struct pacct_redact_work* work, const char* begin, const char* from, const char* at, const char* end) {
    const char *p = at, *colon = NULL;
    int signs = 0; /* of which the password may have one */
    while (p > from && at - p < WINDOW && strchr(" \t\r\n\"',/=", p[-1]) == NULL && signs < 2) {
        p--;
        colon = *p == ':' ? p : colon;
        signs += *p == '@';
    }
    const struct pacct_bytes host = {at + 1, (size_t)(end - at - 1)};
    if (colon == NULL || colon == p || host.len == 0 || !isalnum((unsigned char)*host.p) ||
        (host.len > 3 && memcmp(host.p, "sha", 3) == 0)) {
        return NULL;
    }
    /* domain/user:SECRET@host, or nothing else in the text */
    const bool sure = (p - from > 1 && p[-1] == '/' && (isalnum((unsigned char)p[-2]) || p[-2] == '/')) ||
                      (p == begin && is_host(host) && !is_scheme((struct pacct_bytes){p, (size_t)(colon - p)}));
    const struct pacct_bytes secret = {colon + 1, (size_t)(at - colon - 1)};
    return pacct_redact_note_value(work, sure ? PACCT_REDACT_KEY : PACCT_REDACT_LIKELY, secret) ? at : NULL;
}
