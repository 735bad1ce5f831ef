/**
 * @file impacct_host.h
 * @brief rsyslog's headers, and what differs between its versions.
 *
 * The only place with conditions on the version of rsyslog. configure probes
 * for what is there (AC_CHECK_DECL), so nothing asks for a version number.
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
