/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/wire.h
 * @brief Reads the events that the BPF program writes (capture/wire_format.h).
 */
#ifndef PACCT_WIRE_H
#define PACCT_WIRE_H

#include "command/command.h"

#include "capture/wire_format.h"

/** For the paths of an event. */
struct pacct_wire_storage {
    char path[3][PACCT_PATH_MAX];
};

/**
 * Read one event.
 *
 * @param data size bytes, not trusted, aligned for struct pacct_wire
 * @param storage, ev set on success; ev points into data and storage
 * @return false where it is no event
 */
bool pacct_wire_parse(const void* data,
                      size_t size,
                      struct pacct_wire_storage* storage,
                      struct pacct_process_event* ev);

#endif
