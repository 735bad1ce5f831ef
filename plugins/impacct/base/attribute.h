/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/attribute.h
 * @brief What a compiler is told about a function, or a place in it.
 */
#ifndef PACCT_ATTRIBUTE_H
#define PACCT_ATTRIBUTE_H

/** Part of each function that calls it: with constants as arguments, what depends on them is decided when compiled. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

/** Never a part of who calls it: what happens seldom would make what happens with each record slower. */
#define NOT_INLINE static __attribute__((noinline))

/** Holds whenever this place is reached, which neither a compiler nor an analyzer finds out by itself. Costs nothing,
 * and checks nothing. */
#define ALWAYS(condition) ((condition) ? (void)0 : __builtin_unreachable())

/** Unsigned numbers wrap in here on purpose: in hashes, and where a word is eight bytes. Anywhere else that is an
 * error, which tests/sanitizers looks for. */
#ifdef __clang__
    #define UNSIGNED_WRAPS __attribute__((no_sanitize("unsigned-integer-overflow")))
#else
    #define UNSIGNED_WRAPS
#endif

#endif
