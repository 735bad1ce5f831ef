/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file output/properties.h
 * @brief An event as a tree of libfastjson objects: rsyslog's message properties.
 */
#ifndef PACCT_PROPERTIES_H
#define PACCT_PROPERTIES_H

#include "base/fmt.h"
#include "output/plan.h"

struct fjson_object;

/**
 * Make the tree.
 *
 * Its keys point into the plan, which has to outlive the tree.
 *
 * Values that have no such form (a duration beyond 2^63 ns) are left out.
 *
 * @return an object that the caller owns; NULL when out of memory
 */
struct fjson_object* pacct_properties_make(const struct pacct_plan* plan,
                                           const struct pacct_event* ev,
                                           struct pacct_rfc3339* clock);

#endif
