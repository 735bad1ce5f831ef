#!/usr/bin/env bash
# Intent: what the fuzzers know stays true with every compiler.
# Invariant: each fuzz target runs over its corpus without a finding.
# Oracle: the checks in the targets.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
targets=$MODULE_DIR/../../../tests/fuzz # where the module was built
for target in record follow state exec; do
    [ -x "$targets/$target" ] || error_exit "there is no $targets/$target: make check builds it"
    "$targets/$target" "$srcdir/fuzz/corpus/$target" || error_exit "$target: see above"
done
exit_test
