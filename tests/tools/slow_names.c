/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into rsyslogd by e2e/slow_names.sh: a name service as slow as the test wants it.
 *
 * Each question takes as many milliseconds as the file $NAMES_TAKE says, and none where there is no such file; user 7
 * is called "user7".
 */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP_MS 2

static long takes(void) {
    long ms = 0;
    FILE* const f = fopen(getenv("NAMES_TAKE"), "re");
    if (f != NULL) {
        if (fscanf(f, "%ld", &ms) != 1) {
            ms = 0;
        }
        fclose(f);
    }
    return ms;
}

static void take_time(void) {
    for (long ms = 0; ms < takes(); ms += STEP_MS) {
        usleep(STEP_MS * 1000);
    }
}

int getpwuid_r(uid_t uid, struct passwd* pw, char* buf, size_t size, struct passwd** result) {
    take_time();
    snprintf(buf, size, "user%u", uid);
    memset(pw, 0, sizeof(*pw));
    pw->pw_name = buf;
    *result = pw;
    return 0;
}

int getgrgid_r(gid_t gid, struct group* gr, char* buf, size_t size, struct group** result) {
    take_time();
    snprintf(buf, size, "group%u", gid);
    memset(gr, 0, sizeof(*gr));
    gr->gr_name = buf;
    *result = gr;
    return 0;
}
