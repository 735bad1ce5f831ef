/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_identity.c
 * @brief The host that records were written on: its name, and what its ids are made from.
 *
 * Algorithm: what the settings say, else rsyslog's name of this host and the
 * first line of the machine's id; without that, the host's name has to serve.
 *
 * Concurrency and locking: the input thread only.
 *
 * Failure model: there is always some identity.
 */
#include "impacct_identity.h"
#include "base/sys.h"

#include <string.h>

#define MACHINE_ID_LEN 32 /* machine-id(5) */

static void set_hostname(struct impacct_identity* identity, const char* name, struct pacct_origin* origin) {
    const size_t max = sizeof(identity->hostname) / PACCT_UTF8_GROWTH - 1;
    bool clean;
    origin->hostname_len = pacct_utf8_copy(name, strnlen(name, max), identity->hostname, &clean);
    identity->hostname[origin->hostname_len] = '\0';
    origin->hostname = identity->hostname;
}

/* "" where there is none */
static void read_machine_id(char line[PACCT_ID_HOST_MAX]) {
    pacct_sys_first_line(IMPACCT_MACHINE_ID, line, PACCT_ID_HOST_MAX);
    if (strlen(line) != MACHINE_ID_LEN) {
        line[0] = '\0'; /* systemd writes "uninitialized" before the first boot is complete */
    }
}

void impacct_identity_set(struct impacct_identity* identity,
                          const struct impacct_settings* settings,
                          const struct impacct_host* host,
                          struct pacct_origin* origin) {
    char line[PACCT_ID_HOST_MAX];
    char utf8[PACCT_ID_HOST_MAX * PACCT_UTF8_GROWTH];
    const char* id = settings->host_id;
    bool clean;
    set_hostname(identity,
                 settings->hostname[0] != '\0' ? settings->hostname : (const char*)host->glbl->GetLocalHostName(),
                 origin);
    if (id[0] == '\0') {
        read_machine_id(line);
        id = line[0] != '\0' ? line : identity->hostname;
    }
    origin->host_id_len = pacct_utf8_copy(id, strnlen(id, PACCT_ID_HOST_MAX / PACCT_UTF8_GROWTH), utf8, &clean);
    memcpy(identity->host_id, utf8, origin->host_id_len);
    origin->host_id = identity->host_id;
}
