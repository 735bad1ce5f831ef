# SPDX-License-Identifier: Apache-2.0
# What .ci/run and tests/nightly are made of: suites and checks, counted over all, with the time at which each began.
# To be sourced in the top folder; ends with suites_end.
# shellcheck shell=bash
PATH=$PATH:/usr/sbin:/sbin
passed=0 failed=0 skipped=0
suites_log=.build/suites.log
mkdir -p .build
set -o pipefail

# suite NAME COMMAND...: ends with a line of counts of its own
suite() {
    local name=$1 status=0 counts
    shift
    echo "== $name (at $SECONDS s)"
    "$@" 2>&1 | tee "$suites_log" || status=$?
    counts=$(tail -n 1 "$suites_log")
    if [[ $counts =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        skipped=$((skipped + BASH_REMATCH[3]))
        [ "$status" = 0 ] || [ "${BASH_REMATCH[2]}" != 0 ] || failed=$((failed + 1))
    elif [ "$status" = 77 ]; then
        skipped=$((skipped + 1))
    else
        failed=$((failed + 1))
    fi
}

# check NAME COMMAND...: passes or fails as the command does
check() {
    local name=$1
    shift
    if "$@" >"$suites_log" 2>&1; then
        echo "PASS: $name (at $SECONDS s)"
        passed=$((passed + 1))
    else
        cat "$suites_log"
        echo "FAIL: $name"
        failed=$((failed + 1))
    fi
}

suites_end() {
    echo "in $SECONDS s"
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ]
}
