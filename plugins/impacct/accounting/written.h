/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/written.h
 * @brief Whether anybody has a file open for writing, as the kernel has the one that accounting goes to.
 */
#ifndef PACCT_WRITTEN_H
#define PACCT_WRITTEN_H

enum pacct_written {
    PACCT_WRITTEN_UNKNOWN, /**< it may not be asked, or the file system cannot tell */
    PACCT_WRITTEN_NO, /**< nobody has */
    PACCT_WRITTEN_YES /**< somebody has */
};

/** Ask the kernel. @param fd open for reading only; -1: none */
enum pacct_written pacct_written(int fd);

#endif
