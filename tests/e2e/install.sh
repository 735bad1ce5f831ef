#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: make install puts the module where rsyslogd looks for modules, and nothing else anywhere; make uninstall takes it
# away.
# Invariant: the installed module loads by its name; it shows no symbol but its entry point, since rsyslogd's own
# symbols take precedence over a module's. What was there before make install is there after make uninstall, and nothing
# else.
# Oracle: the list of installed files; nm; rsyslogd's check of a configuration.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
build=$MODULE_DIR/../../..
make_it() {
    make -s -C "$build" "$1" DESTDIR="$WORK/root" >"$WORK/install.log" 2>&1 || error_exit "$1: $(cat "$WORK/install.log")"
    find "$WORK/root" ! -type d >"$WORK/files"
}
make_it install
assert_eq "$(sed 's|.*/||' "$WORK/files" | sort | tr '\n' ' ')" "impacct.la impacct.so " "installed files"
module=$(grep 'so$' "$WORK/files")
assert_eq "$(nm -D --defined-only "$module" | awk '{ print $3 }')" modInit "symbols"
generate_conf
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\")"
MODULE_DIR=$(dirname "$module") check_conf || error_exit "$(cat "$WORK/check.log")"
# and with the module somewhere else, this check fails
! MODULE_DIR=$WORK check_conf || error_exit "the configuration is right without the module"

others=$(dirname "$module")/others.so
: >"$others"
make_it uninstall
assert_eq "$(cat "$WORK/files")" "$others" "files after make uninstall"
exit_test
