#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: nobody builds a module for another rsyslog than the one that will load it, unless told to, nor with another
# compiler than the one named.
# Invariant: configure refuses a source tree of another version than the rsyslogd it finds, or is given, and names both
# versions and what to do; without one, or told that there is none here, it takes the tree; what is configured has the
# version of the tree. Headers that include config.h are asked; where they do not compile, it stops. The program for the
# kernel is compiled by the clang that BPF_CLANG names, with a path or without.
# Oracle: programs that tell a version as rsyslogd does, and a source tree that has another.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
(cd "$srcdir/.." && cp -a --parents configure config.h.in build-aux Makefile.in plugins/impacct/{Makefile.in,impacct.c} \
    tests/Makefile.in "$WORK")
cd "$WORK" || exit
mkdir -p source/runtime bin
touch source/runtime/{rsyslog,glbl,ratelimit}.h
printf 'AC_INIT([rsyslog],[8.4711.0.daily],[address])   # UPDATE on release\n' >source/configure.ac
for version in 8.4711.0.daily 8.4711.0; do
    printf '#!/bin/sh\necho "rsyslogd  %s (aka 4711.11) compiled with:"\necho more\n' $version >bin/rsyslogd-$version
done
chmod +x bin/rsyslogd-*

# configured PATH OPTION...
configured() {
    local path=$1
    shift
    rm -f config.h
    PATH=$path bash ./configure -q -C --with-rsyslog-src="$WORK/source" --disable-exec-capture "$@" >"$WORK/log" 2>&1 &&
        grep -qx '#define BUILT_FOR_RSYSLOG "8.4711.0.daily"' config.h
}
# refused VERSION PATH OPTION...
refused() {
    local version=$1
    shift
    ! configured "$@" || error_exit "the source is taken for rsyslogd $version"
    tr '\n' ' ' <"$WORK/log" >"$WORK/line"
    content_check "is of version $version, but $WORK/source is the source of 8.4711.0.daily" "$WORK/line"
    content_check "--without-rsyslogd" "$WORK/line"
}
accepted() {
    configured "$@" || error_exit "the source is not taken with $*: $(cat "$WORK/log")"
}

accepted "$PATH" --with-rsyslogd="$WORK/bin/rsyslogd-8.4711.0.daily"
refused 8.4711.0 "$PATH" --with-rsyslogd="$WORK/bin/rsyslogd-8.4711.0"
accepted "$PATH" --without-rsyslogd
ln -s rsyslogd-8.4711.0 bin/rsyslogd
refused 8.4711.0 "$WORK/bin:$PATH"
rm config.cache # which has the path
ln -sf rsyslogd-8.4711.0.daily bin/rsyslogd
accepted "$WORK/bin:$PATH"
printf '#include "config.h"\nextern void* ratelimitNewFromConfig(void);\n' >source/runtime/ratelimit.h
accepted "$PATH" --without-rsyslogd
content_check "HAVE_RSYSLOG_NAMED_RATELIMITS 1" config.h
echo 'no C' >source/runtime/glbl.h
! configured "$PATH" --without-rsyslogd || error_exit "headers that do not compile are taken"
content_check "the headers of rsyslog 8.4711.0.daily in $WORK/source do not compile; config.log says why" "$WORK/log"
: >source/runtime/glbl.h
echo 'nothing' >source/configure.ac
! configured "$PATH" --without-rsyslogd || error_exit "a source without a version is taken"
content_check "does not say it" "$WORK/log"

sed -i 's/.*/AC_INIT([rsyslog],[8.4711.0.daily],[address])/' source/configure.ac
printf '#!/bin/sh\nexit 0\n' >bin/clang-4711
chmod +x bin/clang-4711
for clang in clang-4711 "$WORK/bin/clang-4711"; do
    rm -f config.cache
    PATH=$WORK/bin:$PATH BPF_CLANG=$clang bash ./configure -q --with-rsyslog-src="$WORK/source" --without-rsyslogd \
        >"$WORK/log" 2>&1 || error_exit "BPF_CLANG=$clang: $(cat "$WORK/log")"
    content_check "BPF_CLANG = $clang" "$WORK/plugins/impacct/Makefile"
done
exit_test
