#!/usr/bin/env bash
# Intent: documents in schema "ecs" can be stored under the types of the Elastic Common Schema.
# Invariant: ids are keyword strings, times dates, durations integers in nanoseconds; no field of ECS that we fill is
# ever of another type; what ECS has no name for is below pacct.
# Oracle: the types of Elastic's field reference, in tests/lib/pacct.py; real and generated records.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_accounting
generate_conf
: >"$WORK/pacct"
in_accounting "$WORK/pacct" sh -c 'for i in 1 2 3; do (exit $i); sh -c "kill -9 \$\$"; /bin/true; done' 2>/dev/null
pacct_py generate "$WORK/pacct" 2000 --mixed --hostile --append
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" schema=\"ecs\" hostId=\"test\")"
startup
wait_file_lines "$OUT" "$(pacct_py count "$WORK/pacct")"
shutdown
pacct_py ecstypes "$OUT"
pacct_py compare "$WORK/pacct" "$OUT" --schema ecs --host-id test
exit_test
