/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: secrets that people type do not leave the machine; what is no secret does.
 * Invariant: of each command in redact_secrets.inc, just what is marked is replaced; of those in redact_innocent.inc,
 * nothing. Oracle: the manuals of the programs. */
#include "config.h"

#include "redact_line.h"

static const struct {
    const char *name, *command;
    bool secrets;
} lines[] = {
#define LINE(name, command) {name, command, true},
#include "redact_secrets.inc"
#undef LINE
#define LINE(name, command) {name, command, false},
#include "redact_innocent.inc"
#undef LINE
};

int main(int argc, char** argv) {
    struct pacct_redact* const r = redact_line_rules();
    check_begin(argc, argv);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        CASE(lines[i].name) {
            CHECK(lines[i].secrets == (strstr(lines[i].command, "@{") != NULL));
            CHECK(redact_line_holds(r, lines[i].name, lines[i].command));
        }
    }
    pacct_redact_free(r);
    return check_end();
}
