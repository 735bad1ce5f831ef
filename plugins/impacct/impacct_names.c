/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_names.c
 * @brief The names of users and groups of one input, and what there is to say where they come late.
 *
 * Algorithm: event/name_cache.h does the work. A name service that owes answers
 * for BEHIND_LONG_MS without a break, while records have to go without names,
 * is worth a word.
 *
 * Concurrency and locking: the input thread only, but for the cache's own
 * thread.
 *
 * Failure model: without a thread there are no names, which is said.
 */
#include "impacct_names.h"

#include <errno.h>

/* how long the name service may owe answers before it is said: many new users at once may well take a moment */
#define BEHIND_LONG_MS 5000

void impacct_names_start(struct impacct_names* names,
                         const struct impacct_settings* settings,
                         struct pacct_name_patience* patience,
                         struct pacct_origin* origin) {
    if (!settings->resolve_names) {
        return;
    }
    names->cache =
        pacct_name_cache_new(pacct_name_cache_ask_nss, (unsigned)settings->resolve_names_cache_time, patience);
    origin->names = names->cache;
    if (names->cache == NULL) {
        LogError(errno, RS_RET_ERR, "impacct: names of users cannot be resolved; records of '%s' go without them",
                 settings->file);
    }
}

void impacct_names_count(struct impacct_names* names, struct impacct_counts* counts) {
    if (names->cache != NULL) {
        const uint64_t late = pacct_name_cache_late(names->cache);
        counts->names_late = late - names->counted;
        names->counted = late;
    }
}

void impacct_names_watch(struct impacct_names* names, const struct impacct_settings* settings, time_t now) {
    const int64_t behind = names->cache != NULL ? pacct_name_cache_behind(names->cache, now) : 0;
    if (behind == 0) {
        names->said = false;
    } else if (behind >= BEHIND_LONG_MS && names->counted > 0 && !names->said) {
        names->said = true;
        LogMsg(0, RS_RET_ERR, LOG_WARNING,
               "impacct: the name service has not kept up for %lld seconds; records of '%s' go without the names of "
               "users and groups that it has not given yet (counter names.late), and later ones will have them",
               (long long)(behind / 1000), settings->file);
    }
}

void impacct_names_stop(struct impacct_names* names, struct pacct_origin* origin) {
    pacct_name_cache_free(names->cache);
    names->cache = NULL;
    origin->names = NULL;
}
