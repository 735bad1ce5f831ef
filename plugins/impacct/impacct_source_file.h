/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_source_file.h
 * @brief An accounting file as a source: its records become events.
 */
#ifndef IMPACCT_SOURCE_FILE_H
#define IMPACCT_SOURCE_FILE_H

#include "impacct_exec.h"
#include "impacct_guard.h"
#include "impacct_params.h"
#include "impacct_source.h"
#include "impacct_usage.h"
#include "event/event.h"
#include "file/watch.h"

/** What a source of a file works with. All of it has to outlive the source. */
struct impacct_source_file_parts {
    const struct impacct_settings* settings;
    const struct impacct_route* route;
    const struct pacct_origin* origin;
    struct impacct_guard* guard; /**< is given each record; NULL: the file is another host's */
    struct impacct_exec* exec; /**< who executed what; NULL: not known */
    struct impacct_usage* usage; /**< what was used; NULL: not known */
    struct pacct_watch* watch; /**< where changes of the file are waited for */
    unsigned slot; /**< in there */
};

/** @return NULL when out of memory */
struct impacct_source* impacct_source_file_new(const struct impacct_source_file_parts* parts);

#endif
