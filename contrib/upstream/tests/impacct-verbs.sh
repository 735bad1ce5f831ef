# Verbs of the impacct tests, on top of diag.sh. The module's own repository has the same tests on an rsyslogd of the
# distribution, which has no imdiag: verbs that diag.sh does not have, or whose defaults differ there, are here.
#
# To be sourced in place of "diag.sh init". $WORK is a directory of the test's own, since state files need an absolute
# one; $OUT what the ruleset "records" writes, $STATES state messages, $SYS rsyslogd's own messages.
#
# Released under ASL 2.0
# shellcheck shell=bash disable=SC2034
export LC_ALL=C TZ=UTC
. "${srcdir:=.}/diag.sh" init
require_plugin impacct

WORK=$(pwd)/$RSYSLOG_DYNNAME.d
OUT=$WORK/out.jsonl
STATES=$WORK/states.jsonl
SYS=$WORK/sys.log
MODULE_DIR=$(pwd)/../plugins/impacct/.libs
RSYSLOGD_PID=
# what makes rsyslogd slower; tests that measure look at it
RSYSLOGD_WRAPPER=${USE_VALGRIND:+valgrind}
mkdir "$WORK" || exit 100

for verb in generate_conf add_conf startup wait_content content_check error_exit skip_test; do
    eval "testbench_$(declare -f $verb)"
done

# error_exit TEXT..., or CODE as in diag.sh
error_exit() {
    case $1 in
        *[!0-9]*)
            printf 'FAIL: %s\n' "$*"
            for file in "$SYS" "$WORK/check.log"; do
                [ ! -s "$file" ] || tail -n 40 "$file"
            done
            testbench_error_exit 1
            ;;
        *) testbench_error_exit "$@" ;;
    esac
}

skip_test() {
    printf 'info: skipping test: %s\n' "$*"
    testbench_skip_test
}

# generate_conf, or generate_conf --yaml-only as in diag.sh
generate_conf() {
    testbench_generate_conf "$@"
    [ "${1:-}" != --yaml-only ] || return 0
    testbench_add_conf "
global(workDirectory=\"$WORK\" maxMessageSize=\"64k\" processInternalMessages=\"on\")
module(load=\"../plugins/impacct/.libs/impacct\")
template(name=\"msg\" type=\"string\" string=\"%msg%\n\")
ruleset(name=\"records\") { action(type=\"omfile\" file=\"$OUT\" template=\"msg\") }
ruleset(name=\"states\") { action(type=\"omfile\" file=\"$STATES\" template=\"msg\") }
syslog.* action(type=\"omfile\" file=\"$SYS\")
"
}

# State messages are kept apart from the records, which tests count and compare; an input with a stateRuleset decides
# itself.
add_conf() {
    local text=$1
    [[ $text == *stateRuleset* ]] || text=${text//input(type=\"impacct\"/input(type=\"impacct\" stateRuleset=\"states\"}
    text=${text//module(load=\"impstats\"/module(load=\"../plugins/impstats/.libs/impstats\"}
    testbench_add_conf "$text
"
}

# check_conf: rsyslogd -N1, its messages in $WORK/check.log
check_conf() {
    env -u RSYSLOG_DEBUG_TIMEOUTS_TO_STDERR ../tools/rsyslogd -C -N1 -M../runtime/.libs:../.libs \
        -f"$TESTCONF_NM.${TESTCONF_EXT:-conf}" >"$WORK/check.log" 2>&1
}

startup() {
    testbench_startup "$@"
    RSYSLOGD_PID=$(cat "$RSYSLOG_PIDBASE.pid")
}

shutdown() {
    shutdown_immediate
    wait_shutdown
    RSYSLOGD_PID=
}

kill_immediate() {
    export RSTB_EXPECT_NO_PROPER_TERMINATION=YES
    kill -KILL "$RSYSLOGD_PID"
    wait_for "rsyslogd to be gone" is_gone
    rm -f "$RSYSLOG_PIDBASE.pid"
    unset RSTB_EXPECT_NO_PROPER_TERMINATION
    RSYSLOGD_PID=
}

is_gone() { ! ps -p "$RSYSLOGD_PID" >/dev/null 2>&1; }

# wait_for WHAT COMMAND...: until the command succeeds
wait_for() {
    local what=$1 deadline=$(($(date +%s) + TB_TEST_TIMEOUT))
    shift
    until "$@"; do
        [ "$(date +%s)" -lt "$deadline" ] || error_exit "waited $TB_TEST_TIMEOUT s in vain for $what"
        "$TESTTOOL_DIR/msleep" 50
    done
}

lines_of() {
    if [ -e "$1" ]; then wc -l <"$1"; else echo 0; fi
}

has_lines() {
    [ "$(lines_of "$1")" -ge "$2" ]
}

# wait_content TEXT [FILE], content_check TEXT [FILE], content_absent TEXT [FILE]: TEXT is no expression
wait_content() {
    wait_for "'$1'" grep -qsF -- "$1" "${2:-$SYS}"
}

content_check() {
    testbench_content_check "$1" "${2:-$SYS}"
}

content_absent() {
    ! grep -qsF -- "$1" "${2:-$SYS}" || error_exit "'$1' is in ${2:-$SYS}"
}

assert_eq() {
    [ "$1" = "$2" ] || error_exit "${3:-values differ}: is '$1', expected '$2'"
}

# the independent decoder and generator; see impacct_records.py
pacct_py() {
    $PYTHON "$srcdir/impacct_records.py" "$@" || error_exit "impacct_records.py $1: see above"
}

state_file() {
    echo "$WORK/impacct-state:$(printf %s "$1" | sed 's|%|%25|g; s|/|%2F|g')"
}
