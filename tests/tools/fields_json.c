/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the table of fields as JSON, for tests/tools/schemas: a list of [symbol, type, native, ecs, otel], the names
 * as the table has them. */
#include "config.h"

#include "output/plan.h"

#include <stdio.h>

static const struct {
    const char *symbol, *type;
} rows[] = {
#define ROW(symbol, native, type, ...) {#symbol, #type},
    PACCT_FIELDS(ROW)
#undef ROW
};

int main(void) {
    for (int i = 0; i < PACCT_F_COUNT; i++) {
        const struct pacct_field* const f = &pacct_fields[i];
        printf("%s[\"%s\", \"%s\", \"%s\", \"%s\", \"%s\"]", i == 0 ? "[" : ",\n ", rows[i].symbol, rows[i].type,
               f->native, f->ecs, f->otel);
    }
    printf("]\n");
    return 0;
}
