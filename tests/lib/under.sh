# SPDX-License-Identifier: Apache-2.0
# What tests/memcheck and tests/sanitizers are made of: tests in other builds, or with rsyslogd in something that watches
# it, counted over all. To be sourced in the top folder; ends with under_end.
# shellcheck shell=bash
top=$PWD
PATH=$PATH:/usr/sbin:/sbin
if ! command -v accton >/dev/null; then
    contrib/apt-install --unpack .build/acct acct
    PATH=$PATH:$top/.build/acct/usr/sbin:$top/.build/acct/usr/bin
fi
export TEST_TIMEOUT=300
passed=0 failed=0 skipped=0

# under NAME BUILD WRAPPER TEST...
under() {
    local name=$1 build=$2 log=$top/.build/memcheck.$1 status=0
    RSYSLOGD_WRAPPER=$3 make --no-print-directory -C "$build/tests" -j"$(nproc)" check TESTS="${*:4}" >"$log" 2>&1 ||
        status=$?
    grep -E '^(PASS|FAIL|XPASS|ERROR|SKIP|XFAIL):' "$log" | sed "s/: /: $name: /"
    count() { sed -n "s/^# $1: *//p" "$log" | tail -n 1; }
    if [ -z "$(count TOTAL)" ]; then
        tail -n 40 "$log"
        failed=$((failed + 1))
        return
    fi
    [ "$status" = 0 ] || cat "$build/tests/test-suite.log"
    passed=$((passed + $(count PASS)))
    failed=$((failed + $(count FAIL) + $(count ERROR)))
    skipped=$((skipped + $(count SKIP)))
}

# units_of BUILD: its unit tests
units_of() {
    (cd "$1/tests" && find unit -name '*_test' -type f -perm /100 | sort)
}

under_end() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ]
}
