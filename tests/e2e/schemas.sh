#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: documents in schema "ecs" can be stored under the types of the Elastic Common Schema.
# Invariant: ids are keyword strings, times dates, durations integers in nanoseconds; no field of ECS that we fill is
# ever of another type; what ECS has no name for is below pacct.
# Oracle: the types of Elastic's field reference, in tests/lib/pacct.py; generated records of all kinds.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
pacct_py generate "$WORK/pacct" 2000 --mixed --hostile
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" schema=\"ecs\" hostId=\"test\")"
startup
wait_file_lines "$OUT" "$(pacct_py count "$WORK/pacct")"
shutdown
pacct_py ecstypes "$OUT"
pacct_py compare "$WORK/pacct" "$OUT" --schema ecs --host-id test
exit_test
