/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/backend.h
 * @brief Where events of processes come from: BPF, or the kernel's process connector.
 *
 * A backend does not wait: its owner does, for the descriptor, and then drains it.
 */
#ifndef PACCT_BACKEND_H
#define PACCT_BACKEND_H

#include "command/command.h"

/** Size of the sentence that says why a backend cannot be had. */
#define PACCT_BACKEND_REASON_MAX 640

struct pacct_backend;

/** Called with each event; ev and what it points to are valid during the call. */
typedef void pacct_backend_add(void* context, const struct pacct_process_event* ev);

struct pacct_backend_ops {
    const char* name;
    bool tells_what; /**< an EXEC has all that is known; else the process is to be read */
    /** Hand over what has happened until now. Returns how many events were lost since the backend was opened. */
    uint64_t (*drain)(struct pacct_backend* backend, pacct_backend_add* add, void* context);
    /** Hand over of each running process how often it has executed something (PACCT_PROCESS_COUNT). No process can hold
     * it up; it may run beside the others. false: the kernel does not tell of all. NULL: of none */
    bool (*count)(struct pacct_backend* backend, pacct_backend_add* add, void* context);
    /** Let the descriptor become readable at the next exec; one that happened before is drained. */
    void (*await)(struct pacct_backend* backend);
    void (*close)(struct pacct_backend* backend);
};

/** What every backend begins with. */
struct pacct_backend {
    const struct pacct_backend_ops* ops;
    int fd; /**< readable (edge) when it should be drained before it overflows */
    uint64_t cut; /**< so many execs were reported without what was executed, for want of room */
};

struct pacct_backend_options {
    size_t args_max; /**< arguments are cut at so many bytes */
    bool groups; /**< control groups are wanted */
};

/**
 * Open a backend. All privileges that it needs are needed here only, but for what /proc asks of its readers.
 *
 * @param reason set on failure: what was missing, and what would help
 * @return NULL on failure
 */
struct pacct_backend* pacct_backend_bpf(const struct pacct_backend_options* options,
                                        char reason[PACCT_BACKEND_REASON_MAX]);
struct pacct_backend* pacct_backend_connector(const struct pacct_backend_options* options,
                                              char reason[PACCT_BACKEND_REASON_MAX]);

#endif
