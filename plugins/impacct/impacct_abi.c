/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_abi.c
 * @brief What the module knows of rsyslog's structures, and the proof that the rsyslogd which loads it has them so.
 *
 * Algorithm: rsyslogd's own functions make a property and a message, and take
 * and drop references; what is read of them has to be 1, 2, and 1 again. A time
 * that is known is broken down, in memory that has room behind it, which has to
 * stay as it is.
 *
 * No function of rsyslog returns its version. It is a part of the message with
 * which rsyslogd starts, which is looked for in what it was loaded from.
 *
 * Concurrency and locking: called while the module is loaded, by the main
 * thread.
 *
 * Failure model: what is read and is not what it seems is within memory that
 * belongs to the structure, or is ours. A version that is not found is unknown.
 */
#include "impacct_abi.h"

#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* also for those who look into the file */
#define BUILT_FOR "built for rsyslog " BUILT_FOR_RSYSLOG
#define VERSION_MARK "swVersion=\""
#define VERSION_CHARACTERS "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-+~_"
#define VERSION_MAX 32

static rsRetVal prove_property(const struct impacct_host* host, bool* same) {
    DEFiRet;
    prop_t *prop = NULL, *second;
    CHKiRet(host->prop->CreateStringProp(&prop, UCHAR_CONSTANT("impacct"), sizeof("impacct") - 1));
    *same = impacct_prop_references(prop) == 1;
    host->prop->AddRef(prop);
    *same = *same && impacct_prop_references(prop) == 2;
    second = prop;
    host->prop->Destruct(&second);
    *same = *same && impacct_prop_references(prop) == 1;
    host->prop->Destruct(&prop);

finalize_it:
    RETiRet;
}

static rsRetVal prove_message(bool* same) {
    DEFiRet;
    smsg_t *msg = NULL, *second;
    CHKiRet(msgConstruct(&msg));
    *same = impacct_msg_references(msg) == 1;
    second = MsgAddRef(msg);
    *same = *same && impacct_msg_references(msg) == 2;
    msgDestruct(&second);
    *same = *same && impacct_msg_references(msg) == 1;
    msgDestruct(&msg);

finalize_it:
    RETiRet;
}

static bool prove_time(const struct impacct_host* host) {
    static const unsigned char untouched = 0xa5;
    union {
        struct syslogTime is;
        unsigned char bytes[4 * sizeof(struct syslogTime)];
    } t;
    struct timeval tv = {.tv_sec = 951827696, .tv_usec = 123456}; /* 2000-02-29T12:34:56Z */
    memset(&t, untouched, sizeof(t));
    host->datetime->timeval2syslogTime(&tv, &t.is, TIME_IN_UTC);
    for (size_t i = sizeof(t.is); i < sizeof(t); i++) {
        if (t.bytes[i] != untouched) {
            return false;
        }
    }
    return t.is.year == 2000 && t.is.month == 2 && t.is.day == 29 && t.is.hour == 12 && t.is.minute == 34 &&
           t.is.second == 56 && t.is.secfrac == 123456 && t.is.OffsetHour == 0 && t.is.OffsetMinute == 0;
}

rsRetVal impacct_abi_prove(const struct impacct_host* host, const char** differs) {
    DEFiRet;
    bool same;
    *differs = "a property (struct prop_s) has its count of references elsewhere";
    CHKiRet(prove_property(host, &same));
    if (!same) {
        ABORT_FINALIZE(RS_RET_MISSING_INTERFACE);
    }
    *differs = "a message (struct msg) has its count of references elsewhere";
    CHKiRet(prove_message(&same));
    if (!same) {
        ABORT_FINALIZE(RS_RET_MISSING_INTERFACE);
    }
    *differs = "a time (struct syslogTime) has other members";
    if (!prove_time(host)) {
        ABORT_FINALIZE(RS_RET_MISSING_INTERFACE);
    }

finalize_it:
    RETiRet;
}

/* Of the program itself, which comes first: the version behind the mark, to "arg". */
static int find_version(struct dl_phdr_info* program, size_t size __attribute__((unused)), void* arg) {
    for (unsigned i = 0; i < program->dlpi_phnum; i++) {
        const ElfW(Phdr)* const part = &program->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || (part->p_flags & (PF_R | PF_W)) != PF_R) {
            continue;
        }
        const char* const start = (const char*)(program->dlpi_addr + part->p_vaddr);
        const char* const end = start + part->p_filesz;
        const char* at = memmem(start, part->p_filesz, VERSION_MARK, sizeof(VERSION_MARK) - 1);
        if (at != NULL && (at += sizeof(VERSION_MARK) - 1) + VERSION_MAX <= end) {
            const size_t len = strspn(at, VERSION_CHARACTERS);
            snprintf(arg, VERSION_MAX, "%.*s", (int)(len < VERSION_MAX ? len : VERSION_MAX - 1), at);
            break;
        }
    }
    return 1;
}

/* "": it was not found */
static void get_version(char version[VERSION_MAX]) {
    version[0] = '\0';
    dl_iterate_phdr(find_version, version);
}

void impacct_abi_refuse(rsRetVal why, const char* differs) {
    char version[VERSION_MAX];
    if (why == RS_RET_OUT_OF_MEMORY) {
        LogError(0, why, "impacct: out of memory: the module is not loaded, and nothing is read");
        return;
    }
    get_version(version);
    LogError(0, why,
             "impacct: the module was " BUILT_FOR
             ", and this is rsyslog %s, in which %s: the module is not loaded, and "
             "nothing is read; %s, install it, and restart rsyslogd",
             version[0] != '\0' ? version : "of an unknown version", differs,
             strcmp(version, BUILT_FOR_RSYSLOG) == 0
                 ? "the versions are the same, but not the options of the build: build it with those of this rsyslogd"
                 : "build it for this version (contrib/build), or get the package for it");
}

void impacct_abi_compare_versions(void) {
    char version[VERSION_MAX];
    get_version(version);
    if (version[0] != '\0' && strcmp(version, BUILT_FOR_RSYSLOG) != 0) {
        LogMsg(0, NO_ERRCODE, LOG_WARNING,
               "impacct: the module was " BUILT_FOR
               ", and this is rsyslog %s: what it uses of rsyslog is as it was, so "
               "it works; build it for this version when there is time (contrib/build)",
               version);
    }
}
