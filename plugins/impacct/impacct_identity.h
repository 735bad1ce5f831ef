/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_identity.h
 * @brief The host that records were written on: its name, and what its ids are made from.
 */
#ifndef IMPACCT_IDENTITY_H
#define IMPACCT_IDENTITY_H

#include "impacct_host.h"
#include "impacct_params.h"
#include "event/event.h"

/** Longest host name, as UTF-8, with its terminator. */
#define IMPACCT_HOSTNAME_SIZE 768

struct impacct_identity {
    char hostname[IMPACCT_HOSTNAME_SIZE];
    char host_id[PACCT_ID_HOST_MAX];
};

/**
 * Find out who this host is, unless the settings say.
 *
 * @param identity room for the strings that the origin points to; has to live as long
 * @param origin members hostname and host_id are set
 */
void impacct_identity_set(struct impacct_identity* identity,
                          const struct impacct_settings* settings,
                          const struct impacct_host* host,
                          struct pacct_origin* origin);

#endif
