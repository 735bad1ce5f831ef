/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file host.h
 * @brief What the glue needs of rsyslog, for unit tests: properties and messages that a test holds as a queue would.
 *
 * To be included once, first, by a test that is linked with the files of plugins/impacct/impacct_*.c it is about.
 */
#ifndef HOST_H
#define HOST_H

#include "impacct_host.h"

#include "check.h"
#include "debug.h"

#include <stdarg.h>

int Debug;

void r_dbgprintf(const char* file __attribute__((unused)), const char* format __attribute__((unused)), ...) {}

/* ---- rsyslog's log ---- */

static char host_log[4096]; /* the last line */
static unsigned host_log_lines;

static void host_write(const char* format, va_list args) __attribute__((format(printf, 1, 0)));
static void host_write(const char* format, va_list args) {
    vsnprintf(host_log, sizeof(host_log), format, args);
    host_log_lines++;
}

void LogError(const int error __attribute__((unused)),
              const int code __attribute__((unused)),
              const char* format,
              ...) {
    va_list args;
    va_start(args, format);
    host_write(format, args);
    va_end(args);
}

void LogMsg(const int error __attribute__((unused)),
            const int code __attribute__((unused)),
            const int severity __attribute__((unused)),
            const char* format,
            ...) {
    va_list args;
    va_start(args, format);
    host_write(format, args);
    va_end(args);
}

/* ---- properties ---- */

static unsigned host_props; /* that exist */
static bool host_no_memory;

static rsRetVal host_prop_new(prop_t** prop,
                              const uchar* text __attribute__((unused)),
                              const int len __attribute__((unused))) {
    if (host_no_memory) {
        return RS_RET_OUT_OF_MEMORY;
    }
    *prop = calloc(1, sizeof(**prop));
    CHECK(*prop != NULL);
    (*prop)->iRefCount = 1;
    host_props++;
    return RS_RET_OK;
}

static rsRetVal host_prop_unref(prop_t** prop) {
    CHECK((*prop)->iRefCount > 0);
    if (--(*prop)->iRefCount == 0) {
        host_props--;
        free(*prop);
    }
    *prop = NULL;
    return RS_RET_OK;
}

static const prop_if_t host_prop = {.CreateStringProp = host_prop_new, .Destruct = host_prop_unref};
static const struct impacct_host host = {.prop = &host_prop};

/** What a message in a queue does with its property. */
static inline prop_t* host_keep(prop_t* prop) {
    prop->iRefCount++;
    return prop;
}

/* ---- messages ---- */

static unsigned host_messages; /* that exist */

/** A message with one reference, which a queue takes over. */
static inline smsg_t* host_message_new(void) {
    smsg_t* const msg = calloc(1, sizeof(*msg));
    CHECK(msg != NULL);
    msg->iRefCount = 1;
    host_messages++;
    return msg;
}

smsg_t* MsgAddRef(smsg_t* msg) {
    msg->iRefCount++;
    return msg;
}

rsRetVal msgDestruct(smsg_t** msg) {
    CHECK((*msg)->iRefCount > 0);
    if (--(*msg)->iRefCount == 0) {
        host_messages--;
        free(*msg);
    }
    *msg = NULL;
    return RS_RET_OK;
}

#endif
