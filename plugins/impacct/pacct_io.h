/**
 * @file pacct_io.h
 * @brief Reading as much as was asked for.
 */
#ifndef PACCT_IO_H
#define PACCT_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** Read len bytes from an offset on, in spite of signals. @return bytes read, fewer only at the end; -1: errno */
ssize_t pacct_io_read(int fd, void* buf, size_t len, uint64_t offset);

#endif
