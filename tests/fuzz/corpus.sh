#!/usr/bin/env bash
# Intent: what the fuzzers know stays true with every compiler.
# Invariant: each fuzz target runs over its corpus without a finding.
# Oracle: the checks in the targets.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
built=$MODULE_DIR/../../../tests # where the module was
for target in $FUZZ; do
    [ -x "$built/$target" ] || error_exit "there is no $built/$target: make check builds it"
    "$built/$target" "$srcdir/fuzz/corpus/${target#fuzz/}" || error_exit "$target: see above"
done
exit_test
