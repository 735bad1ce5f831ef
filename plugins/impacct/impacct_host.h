/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_host.h
 * @brief rsyslog's headers, and the interfaces of rsyslog that the module uses.
 *
 * The same source builds with rsyslog 8.2102 to 8.2610 without a condition on
 * its version.
 */
#ifndef IMPACCT_HOST_H
#define IMPACCT_HOST_H

#include "config.h"

#include "rsyslog.h"

#include "datetime.h"
#include "dirty.h"
#include "errmsg.h"
#include "glbl.h"
#include "module-template.h"
#include "msg.h"
#include "prop.h"
#include "ratelimit.h"
#include "ruleset.h"
#include "srUtils.h"
#include "statsobj.h"
#include "unicode-helper.h"

/** The global parameter workDirectory, whose function takes the configuration since there may be several (8.2204). */
#ifdef HAVE_RSYSLOG_SEVERAL_CONFIGURATIONS
    #define IMPACCT_WORK_DIRECTORY(glbl, conf) ((glbl).GetWorkDir(conf))
#else
    #define IMPACCT_WORK_DIRECTORY(glbl, conf) ((void)(conf), (glbl).GetWorkDir())
#endif

/** Whether there are ratelimit() objects (8.2602), and a limiter that takes its limits from one. */
#ifdef HAVE_RSYSLOG_NAMED_RATELIMITS
    #define IMPACCT_NAMED_RATELIMITS 1
    #define IMPACCT_RATELIMIT_OF(limiter, conf, name, file) ratelimitNewFromConfig(limiter, conf, name, "impacct", file)
#else
    #define IMPACCT_NAMED_RATELIMITS 0
    #define IMPACCT_RATELIMIT_OF(limiter, conf, name, file) ((void)(conf), RS_RET_NOT_IMPLEMENTED)
#endif

/**
 * rsyslog's object interfaces. DEFobjCurrIf makes them static per file, so
 * impacct.c, which obtains them, lends them to the other files by this.
 */
struct impacct_host {
    const datetime_if_t* datetime;
    const glbl_if_t* glbl;
    const prop_if_t* prop;
    const statsobj_if_t* statsobj;
};

#endif
