/**
 * @file pacct_tap.h
 * @brief Where events of processes come from: BPF, or the kernel's process connector.
 *
 * A tap does not wait: its owner does, for the descriptor, and then drains it.
 */
#ifndef PACCT_TAP_H
#define PACCT_TAP_H

#include "pacct_exec.h"

/** Room for the sentence that says why a tap cannot be had. */
#define PACCT_TAP_WHY 256

struct pacct_tap;

/** Told each event; ev and what it points to are valid during the call. */
typedef void pacct_tap_tell(void* context, const struct pacct_exec* ev);

struct pacct_tap_ops {
    const char* name;
    /** Tell what has happened until now. Returns how many events were lost since the tap was opened. */
    uint64_t (*drain)(struct pacct_tap* tap, pacct_tap_tell* tell, void* context);
    /** Let the descriptor become readable at the next exec; one that happened before is drained. */
    void (*await)(struct pacct_tap* tap);
    void (*close)(struct pacct_tap* tap);
};

/** What every tap begins with. */
struct pacct_tap {
    const struct pacct_tap_ops* ops;
    int fd; /**< readable (edge) when it should be drained before it overflows */
};

struct pacct_tap_options {
    size_t args_max; /**< arguments are cut at so many bytes */
    bool groups; /**< control groups are wanted */
};

/**
 * Open a tap. All privileges that it needs are needed here only, but for what /proc asks of its readers.
 *
 * @param why set on failure: what was missing, and what would help
 * @return NULL on failure
 */
struct pacct_tap* pacct_tap_bpf(const struct pacct_tap_options* options, char why[PACCT_TAP_WHY]);
struct pacct_tap* pacct_tap_connector(const struct pacct_tap_options* options, char why[PACCT_TAP_WHY]);

#endif
