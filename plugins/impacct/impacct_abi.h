/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_abi.h
 * @brief What the module knows of rsyslog's structures, and the proof that the rsyslogd which loads it has them so.
 *
 * rsyslogd checks the versions of the interfaces that a module takes, and no
 * more: a structure can differ with the version, or with the options of a
 * build (a build without NDEBUG has one member more in each object). Where the
 * module reads a member itself, it would read another one, and take messages
 * for done with that are not.
 *
 * What it reads is here and nowhere else: iRefCount of struct prop_s
 * (runtime/prop.h) and of struct msg (runtime/msg.h), and the members of
 * struct syslogTime (runtime/syslogd-types.h), the same from 8.2102 to 8.2610.
 * What rsyslogd reads of the module's, and cannot be tried at load, is struct
 * multi_submit_s (runtime/typedefs.h) and the block of parameters, which has a
 * version that rsyslogd checks.
 */
#ifndef IMPACCT_ABI_H
#define IMPACCT_ABI_H

#include "impacct_host.h"

/** How many references there are to a property. */
static inline int impacct_prop_references(const prop_t* prop) {
    return __atomic_load_n(&prop->iRefCount, __ATOMIC_ACQUIRE);
}

/** How many references there are to a message. */
static inline int impacct_msg_references(const smsg_t* msg) {
    return __atomic_load_n(&msg->iRefCount, __ATOMIC_ACQUIRE);
}

/**
 * Have rsyslogd make what the module looks into, and see whether it looks as it has to.
 *
 * @param differs set to what does not, a part of a sentence
 * @return RS_RET_OK, RS_RET_MISSING_INTERFACE where something differs, or what hindered the proof
 */
rsRetVal impacct_abi_prove(const struct impacct_host* host, const char** differs);

/** Log that the module is not loaded, and what to do. @param differs as above */
void impacct_abi_refuse(rsRetVal why, const char* differs);

/** Log a warning where another version runs than the one the module was built for, although it can be loaded. */
void impacct_abi_compare_versions(void);

#endif
