/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: a state message holds what happened, and can be told from every other one.
 * Invariant: each kind has the name, severity and class that the documents promise; paths and details of any bytes
 * become valid UTF-8; what is empty is left out, what is too long is cut; two notices have the same id only if they are
 * the same. Oracle: a table written from doc/source/configuration/modules/impacct.rst and RFC 5424; SHA-256 of the
 * parts in a row. */
#include "config.h"

#include "check.h"
#include "event/notice.h"

#include <gcrypt.h>

static const struct pacct_origin origin = {
    .hostname = "box", .hostname_len = 3, .host_id = "4711", .host_id_len = 4, .wanted = {{0}}};
static struct pacct_notice notice;
static struct pacct_notice_storage storage;
static struct pacct_event ev;

enum { ALERT = 1, WARNING = 4, NOTICE = 5 };

static const struct {
    enum pacct_notice_id id;
    const char* event;
    unsigned severity;
    const char *kind, *type;
} kinds[] = {
    {PACCT_N_MODULE_STARTED, "module_started", NOTICE, "event", "start"},
    {PACCT_N_MODULE_STOPPED, "module_stopped", NOTICE, "event", "end"},
    {PACCT_N_ACCOUNTING_STARTED, "accounting_started", NOTICE, "event", "start"},
    {PACCT_N_ACCOUNTING_STOPPED, "accounting_stopped", ALERT, "alert", "end"},
    {PACCT_N_ACCOUNTING_SUSPENDED, "accounting_suspended", ALERT, "alert", "change"},
    {PACCT_N_ACCOUNTING_RESUMED, "accounting_resumed", NOTICE, "event", "change"},
    {PACCT_N_ACCOUNTING_SILENT, "accounting_silent", ALERT, "alert", "info"},
    {PACCT_N_ACCOUNTING_RECOVERED, "accounting_recovered", NOTICE, "event", "info"},
    {PACCT_N_FILE_ROTATED, "file_rotated", NOTICE, "event", "change"},
    {PACCT_N_FILE_TRUNCATED, "file_truncated", WARNING, "event", "change"},
    {PACCT_N_FILE_DAMAGED, "file_damaged", WARNING, "alert", "info"},
    {PACCT_N_RECORDS_LOST, "records_lost", ALERT, "alert", "info"},
    {PACCT_N_RECORDS_HELD, "records_held", WARNING, "alert", "info"},
    {PACCT_N_RECORDS_RELEASED, "records_released", NOTICE, "event", "info"},
    {PACCT_N_DISK_LOW, "disk_low", WARNING, "alert", "info"},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void check_text(enum pacct_field_id field, const char* expected) {
    CHECK(pacct_event_has(&ev, field));
    CHECK_TEXT(ev.v[field].s, ev.v[field].len, expected);
}

static void make(enum pacct_notice_id id, const char* file) {
    pacct_notice_begin(&notice, id, file);
    notice.time = (struct timespec){1700000000, 5};
    pacct_notice_event(&origin, &notice, &storage, &ev);
}

static void check_id(const char* event, const char* file, const struct timespec* time) {
    uint8_t parts[256], digest[32];
    char hex[33];
    size_t len = (size_t)snprintf((char*)parts, sizeof(parts), "4711%s%s", event, file);
    memcpy(parts + len, &time->tv_sec, sizeof(time->tv_sec));
    len += sizeof(time->tv_sec);
    memcpy(parts + len, &time->tv_nsec, sizeof(time->tv_nsec));
    len += sizeof(time->tv_nsec);
    gcry_md_hash_buffer(GCRY_MD_SHA256, digest, parts, len);
    for (size_t i = 0; i < 16; i++) {
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }
    check_text(PACCT_F_ID, hex);
}

static void every_kind(void) {
    CHECK_EQ(KINDS, PACCT_N_COUNT);
    for (size_t i = 0; i < KINDS; i++) {
        make(kinds[i].id, "/var/log/account/pacct");
        CHECK_EQ(pacct_notice_severity(kinds[i].id), kinds[i].severity);
        check_text(PACCT_F_EVENT, kinds[i].event);
        char name[64];
        snprintf(name, sizeof(name), "pacct.%s", kinds[i].event);
        check_text(PACCT_F_EVENT_NAME, name);
        check_text(PACCT_F_KIND, kinds[i].kind);
        check_text(PACCT_F_EVENT_TYPE, kinds[i].type);
        check_text(PACCT_F_CATEGORY, "host");
        check_text(PACCT_F_DATASET, "impacct.state");
        check_text(PACCT_F_HOSTNAME, "box");
        check_text(PACCT_F_FILE, "/var/log/account/pacct");
        check_id(kinds[i].event, "/var/log/account/pacct", &notice.time);
        CHECK(pacct_event_has(&ev, PACCT_F_TIME));
        CHECK_EQ(ev.v[PACCT_F_TIME].u, 1700000000);
    }
}

static void ids(void) {
    char first[PACCT_ID_LEN];
    make(PACCT_N_FILE_ROTATED, "/a");
    memcpy(first, ev.v[PACCT_F_ID].s, PACCT_ID_LEN);
    make(PACCT_N_FILE_ROTATED, "/a");
    CHECK(memcmp(first, ev.v[PACCT_F_ID].s, PACCT_ID_LEN) == 0);
    make(PACCT_N_FILE_ROTATED, "/b");
    CHECK(memcmp(first, ev.v[PACCT_F_ID].s, PACCT_ID_LEN) != 0);
    make(PACCT_N_FILE_TRUNCATED, "/a");
    CHECK(memcmp(first, ev.v[PACCT_F_ID].s, PACCT_ID_LEN) != 0);
    make(PACCT_N_FILE_ROTATED, "/a");
    notice.time.tv_nsec++;
    pacct_notice_event(&origin, &notice, &storage, &ev);
    CHECK(memcmp(first, ev.v[PACCT_F_ID].s, PACCT_ID_LEN) != 0);
}

static void any_bytes(void) {
    make(PACCT_N_FILE_ROTATED, "/log\xff/pacct");
    check_text(PACCT_F_FILE, "/log\xef\xbf\xbd/pacct");
    snprintf(notice.old_file, sizeof(notice.old_file), "/log\xc3/old");
    snprintf(notice.detail, sizeof(notice.detail), "two\nlines, and \xc3\xbc");
    pacct_notice_event(&origin, &notice, &storage, &ev);
    check_text(PACCT_F_OLD_FILE, "/log\xef\xbf\xbd/old");
    check_text(PACCT_F_DETAIL, "two\nlines, and \xc3\xbc");
}

/* Each byte that is no UTF-8 becomes three: the strings fill their storage, and nothing beyond it. */
static void longest(void) {
    char path[PATH_MAX + 10];
    memset(path, 0xff, sizeof(path));
    path[sizeof(path) - 1] = '\0';
    make(PACCT_N_FILE_ROTATED, path);
    memset(notice.old_file, 0xff, sizeof(notice.old_file) - 1);
    memset(notice.detail, 0xff, sizeof(notice.detail) - 1);
    pacct_notice_event(&origin, &notice, &storage, &ev);
    CHECK_EQ(ev.v[PACCT_F_FILE].len, PATH_MAX * 3);
    CHECK_EQ(ev.v[PACCT_F_OLD_FILE].len, (PATH_MAX - 1) * 3);
    CHECK_EQ(ev.v[PACCT_F_DETAIL].len, (PACCT_NOTICE_DETAIL - 1) * 3);
}

static void beginning(void) {
    struct timespec before, after;
    memset(&notice, 0xff, sizeof(notice));
    clock_gettime(CLOCK_REALTIME, &before);
    pacct_notice_begin(&notice, PACCT_N_DISK_LOW, "/a");
    clock_gettime(CLOCK_REALTIME, &after);
    CHECK(before.tv_sec <= notice.time.tv_sec && notice.time.tv_sec <= after.tv_sec);
    pacct_notice_event(&origin, &notice, &storage, &ev);
    CHECK(!pacct_event_has(&ev, PACCT_F_OLD_FILE));
    CHECK(!pacct_event_has(&ev, PACCT_F_DETAIL));
    CHECK(!pacct_event_has(&ev, PACCT_F_BUILT_FOR));
    CHECK(!pacct_event_has(&ev, PACCT_F_POSITION));
    pacct_notice_number(&notice, PACCT_F_FREE_PERCENT, 399);
    pacct_notice_number(&notice, PACCT_F_FREE_BYTES, UINT64_MAX);
    pacct_notice_event(&origin, &notice, &storage, &ev);
    CHECK_EQ(ev.v[PACCT_F_FREE_PERCENT].u, 399);
    CHECK_EQ(ev.v[PACCT_F_FREE_BYTES].u, UINT64_MAX);
}

int main(int argc, char** argv) {
    pacct_id_init();
    check_begin(argc, argv);
    CASE("every kind is as documented") {
        every_kind();
    }
    CASE("ids are shared by equal notices only") {
        ids();
    }
    CASE("paths and details of any bytes") {
        any_bytes();
    }
    CASE("the longest strings") {
        longest();
    }
    CASE("a notice begins empty, and now") {
        beginning();
    }
    return check_end();
}
