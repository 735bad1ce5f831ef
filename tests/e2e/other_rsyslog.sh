#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: after an upgrade or a downgrade of rsyslog, the module of the other one works or says why not.
# Invariant: the module that was built for the installed rsyslogd, loaded by another, and the other way round: either it is
# refused with one message, which has both versions, and nothing else comes of it; or a warning has them, and every record
# is read. rsyslogd does its other work in any case.
# Oracle: tests/lib/pacct.py, an independent decoder; the versions that rsyslogd -v tells.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
[ -n "${INSTALLED_MODULE_DIR:-}" ] || skip_test "takes a second rsyslogd: run by tests/other-rsyslog"
installed=$(PATH=$PATH:/usr/sbin:/sbin command -v rsyslogd)
version() { "$1" -v | sed -n '1s/^rsyslogd  *\([^ ]*\).*/\1/p'; }
pacct_py generate "$WORK/pacct" 2000

# loads RSYSLOGD MODULES MODULE_DIR BUILT: that rsyslogd the module built for version BUILT
loads() {
    local RSYSLOGD=$1 RSYSLOG_MODULES=$2 MODULE_DIR=$3 built=$4 runs
    runs=$(version "$RSYSLOGD")
    rm -f "$OUT" "$STATES" "$SYS" "$WORK"/{other,lines,imfile-state*,impacct-state*}
    generate_conf
    add_conf "module(load=\"imfile\")
ruleset(name=\"others\") { action(type=\"omfile\" file=\"$WORK/other\") }
input(type=\"imfile\" file=\"$WORK/lines\" tag=\"other\" ruleset=\"others\")
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\")"
    echo "other work" >"$WORK/lines"
    startup
    wait_content "other work" "$WORK/other"
    wait_content "impacct: the module was built for rsyslog $built, and this is rsyslog $runs"
    if grep -q "could not load module.*impacct" "$SYS"; then
        shutdown
        echo "rsyslog $runs refuses the module for $built"
        assert_eq "$(grep -c "impacct: " "$SYS")" 1 "messages of the module"
        content_check "the module is not loaded"
        [ ! -e "$OUT" ] || error_exit "records came"
    else
        wait_file_lines "$OUT" 2000
        shutdown
        echo "rsyslog $runs loads the module for $built"
        content_check "so it works"
        pacct_py compare "$WORK/pacct" "$OUT"
    fi
}

other=$(version "$RSYSLOGD") here=$(version "$installed")
[ "$other" != "$here" ] || skip_test "both are of version $here"
here_modules=$(echo /usr/lib/*/rsyslog /usr/lib/rsyslog /usr/lib64/rsyslog | tr ' ' ':')
loads "$RSYSLOGD" "$RSYSLOG_MODULES" "$INSTALLED_MODULE_DIR" "$here"
loads "$installed" "$here_modules" "$MODULE_DIR" "$other"
exit_test
