/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: no bytes in place of what the BPF program writes break the reader of the capture.
 * Invariant: what is taken for an event has paths that begin with a slash and lie in the storage, and arguments that
 * lie in the input; redacted and quoted, its text is valid UTF-8 without control characters. Oracle: these rules; the
 * sanitizers. The input is an event as in capture/wire_format.h. */
#include "config.h"

#include "check.h"
#include "capture/wire.h"
#include "command/cgroup.h"
#include "command/command.h"
#include "command/quote.h"
#include "command/redact.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static struct pacct_wire_storage storage;
static struct pacct_redact* redact;
static struct pacct_buf redacted, line, list;

static void check_path(struct pacct_bytes path, const char* in) {
    if (path.p != NULL) {
        CHECK(path.p >= in && path.p + path.len == in + PACCT_PATH_MAX);
        CHECK(path.len > 0 && path.p[0] == '/' && memchr(path.p, '\0', path.len) == NULL);
    }
}

static void check_part(struct pacct_bytes part, struct pacct_bytes path) {
    if (part.p != NULL) {
        CHECK(part.len > 0 && part.p > path.p && part.p + part.len <= path.p + path.len);
    }
}

static void check_text(const char* p, size_t len) {
    for (size_t i = 0; i < len;) {
        const size_t used = pacct_utf8_sequence((const unsigned char*)p + i, len - i);
        CHECK(used > 0 && (unsigned char)p[i] >= ' ' && p[i] != 0x7f);
        i += used;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    struct pacct_process_event ev;
    bool any;
    uint64_t* const aligned = malloc(size + sizeof(uint64_t));
    CHECK(aligned != NULL);
    memcpy(aligned, data, size);
    if (redact == NULL) {
        CHECK((redact = pacct_redact_new()) != NULL && pacct_redact_known(redact));
    }
    if (pacct_wire_parse(aligned, size, &storage, &ev)) {
        CHECK(ev.args.p == NULL ||
              (ev.args.p >= (const char*)aligned && ev.args.p + ev.args.len <= (const char*)aligned + size));
        check_path(ev.executable, storage.path[0]);
        check_path(ev.cwd, storage.path[1]);
        check_path(ev.cgroup, storage.path[2]);
        CHECK(memchr(ev.comm, '\0', sizeof(ev.comm)) != NULL);
        const struct pacct_cgroup group = pacct_cgroup_read(ev.cgroup);
        check_part(group.container, ev.cgroup);
        check_part(group.unit, ev.cgroup);
        check_part(group.job, ev.cgroup);
        if (ev.args.p != NULL) {
            redacted.len = line.len = list.len = 0;
            CHECK(pacct_redact_copy(redact, ev.args, &redacted, &any));
            const struct pacct_bytes args = {redacted.p, redacted.len};
            CHECK(pacct_quote_line(args, &line));
            CHECK(pacct_quote_list(args, &list));
            check_text(line.p, line.len);
            CHECK(list.len == 0 || list.p[list.len - 1] == '\0');
        }
    }
    free(aligned);
    return 0;
}
