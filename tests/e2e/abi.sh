#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a module that was built for another rsyslog is refused, or works, and never reads what it takes for something
# else.
# Invariant: where a structure that the module looks into, or an interface, is not as it was built for, it is not loaded,
# one message of it says for which version it was built, which one runs and what differs, and rsyslogd does its other
# work; where only the version is another, there is a warning, and records come; state messages tell the version.
# Oracle: modules that are built here with headers in which one thing was changed; the version that rsyslogd -v tells;
# tests/lib/pacct.py, an independent decoder.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
build=$(cd "$MODULE_DIR/.." && pwd)
runs=$("$RSYSLOGD" -v | sed -n '1s/^rsyslogd  *\([^ ]*\).*/\1/p')
pacct_py generate "$WORK/pacct" 2000

# how the module is built, less its headers
printf '%s\n' 'compile: ; @echo "$(CC) $(DEFS) $(AM_CPPFLAGS) $(CFLAGS) $(LIBFASTJSON_CFLAGS) $(LIBESTR_CFLAGS) -std=gnu11 -pthread -fPIC"' \
    'libraries: ; @echo "$(libpacct_la_LIBADD) $(LIBESTR_LIBS) -lm"' \
    'sources: ; @echo "$(filter impacct%.c,$(impacct_la_SOURCES))"' 'headers: ; @echo "$(RSYSLOG_SRC)"' \
    'source: ; @echo "$(abs_srcdir)"' 'top: ; @echo "$(abs_top_builddir)"' >"$WORK/print.mk"
print() {
    MAKEFLAGS='' make -s --no-print-directory -C "$build" -f Makefile -f "$WORK/print.mk" "$1"
}
compile=$(print compile) libraries=$(print libraries) sources=$(print sources) source=$(print source)
headers=$(print headers) config=$(print top)/config.h
built=$(sed -n 's/^#define BUILT_FOR_RSYSLOG "\(.*\)"/\1/p' "$config")

# build_with FILE EDIT: a module with the headers of rsyslog, or config.h, changed by sed
build_with() {
    local tree=$WORK/headers object=$WORK/objects file
    rm -rf "$tree" "$object" "$WORK/modules"
    mkdir -p "$tree/config" "$object" "$WORK/modules"
    (cd "$headers" && find . -maxdepth 2 -name '*.h' -exec cp --parents -t "$tree" {} +)
    cp "$config" "$tree/config"
    cp "$tree/$1" "$WORK/before"
    sed -i "$2" "$tree/$1"
    ! cmp -s "$WORK/before" "$tree/$1" || error_exit "nothing was changed in $1"
    cd "$build" || exit
    for file in $sources; do
        # shellcheck disable=SC2086 # command lines
        ${compile/ / -I$tree/config } -I"$source" -isystem "$tree/runtime" -isystem "$tree" -isystem "$tree/grammar" \
            -c -o "$object/$file.o" "$source/$file" || error_exit "$file does not compile with another $1"
    done
    # shellcheck disable=SC2086
    ${compile%% -I*} -shared -o "$WORK/modules/impacct.so" "$object"/*.o -Wl,--whole-archive .libs/libpacct.a \
        -Wl,--no-whole-archive $libraries -Wl,-Bsymbolic || error_exit "the module is not linked"
    cd "$WORK" || exit
}

# run_it: rsyslogd with that module and other work to do, until it was done
run_it() {
    rm -f "$OUT" "$STATES" "$SYS" "$WORK"/{other,imfile-state*,impacct-state*}
    generate_conf
    add_conf "module(load=\"imfile\")
ruleset(name=\"others\") { action(type=\"omfile\" file=\"$WORK/other\") }
input(type=\"imfile\" file=\"$WORK/lines\" tag=\"other\" ruleset=\"others\")
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\")"
    : >"$WORK/lines"
    MODULE_DIR=$WORK/modules startup
    echo "other work" >>"$WORK/lines"
    wait_content "other work" "$WORK/other"
}

# refused FILE EDIT WHAT: the module built so is refused with one message, which names WHAT
refused() {
    build_with "$1" "$2"
    run_it
    wait_content "impacct: the module was built for"
    shutdown
    assert_eq "$(grep -c "impacct: " "$SYS")" 1 "messages of the module"
    content_check "impacct: the module was built for rsyslog $built, and this is rsyslog $runs, in which $3"
    content_check "the module is not loaded"
    [ ! -e "$OUT" ] || error_exit "records came, with another $1"
    [ ! -e "$(state_file "$WORK/pacct")" ] || error_exit "a position was stored, with another $1"
    ! MODULE_DIR=$WORK/modules check_conf || error_exit "rsyslogd -N1 finds nothing wrong"
    assert_eq "$(grep -c "impacct: the module was built for" "$WORK/check.log")" 1 "messages of rsyslogd -N1"
}

first='/BEGINobjInstance;/a int added[4];'
refused runtime/prop.h "$first" "a property (struct prop_s) has its count of references elsewhere"
refused runtime/msg.h "$first" "a message (struct msg) has its count of references elsewhere"
refused runtime/syslogd-types.h '/^struct syslogTime {/a char added;' "a time (struct syslogTime) has other members"
refused runtime/statsobj.h '/define statsobjCURR_IF_VERSION/s/VERSION .*/VERSION 4711/' \
    "the interface 'statsobj' has another version"
[ "$built" != "$runs" ] || content_check "the versions are the same, but not the options of the build"
# a build for debugging has a member more in every object
refused config/config.h '/define NDEBUG/d' "a property (struct prop_s) has its count of references elsewhere"

# another version, and nothing else
build_with config/config.h 's/\(define BUILT_FOR_RSYSLOG\).*/\1 "8.1.2"/'
run_it
wait_file_lines "$OUT" 2000
shutdown
pacct_py compare "$WORK/pacct" "$OUT"
assert_eq "$(grep -c "impacct: the module was built for rsyslog 8.1.2, and this is rsyslog $runs: " "$SYS")" 1 "warnings"
grep '"event":"module_started"' "$STATES" | grep -q '"built_for":"8\.1\.2"' || error_exit "no version in $(cat "$STATES")"

# the module as it is
mkdir -p "$WORK/modules"
ln -sf "$MODULE_DIR/impacct.so" "$WORK/modules/impacct.so"
run_it
wait_file_lines "$OUT" 2000
shutdown
[ "$built" != "$runs" ] || content_absent "impacct: the module was built for"
grep '"event":"module_started"' "$STATES" | grep -q "\"built_for\":\"${built//./\\.}\"" ||
    error_exit "no version in $(cat "$STATES")"
! grep '"event":"module_stopped"' "$STATES" | grep -q built_for || error_exit "a stop has the version, too"
grep -q "built for rsyslog ${built//./\\.}" "$MODULE_DIR/impacct.so" || error_exit "the file does not tell the version"
exit_test
