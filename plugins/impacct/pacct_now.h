/**
 * @file pacct_now.h
 * @brief The clock that time limits are reckoned by.
 */
#ifndef PACCT_NOW_H
#define PACCT_NOW_H

#include <stdint.h>
#include <time.h>

/** Milliseconds of a clock that nobody sets. */
static inline int64_t pacct_now_ms(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

#endif
