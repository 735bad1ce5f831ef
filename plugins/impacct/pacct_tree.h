/**
 * @file pacct_tree.h
 * @brief An event as a tree of libfastjson objects: rsyslog's message properties.
 */
#ifndef PACCT_TREE_H
#define PACCT_TREE_H

#include "pacct_clock.h"
#include "pacct_schema.h"

struct fjson_object;

/**
 * Make the tree.
 *
 * Its keys point into the plan, which has to outlive the tree.
 *
 * Values that a form cannot say (a duration beyond 2^63 ns) are left out.
 *
 * @return an object that the caller owns; NULL when out of memory
 */
struct fjson_object* pacct_tree_make(const struct pacct_plan* plan,
                                     const struct pacct_event* ev,
                                     struct pacct_clock* clock);

#endif
