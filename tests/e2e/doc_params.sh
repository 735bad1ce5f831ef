#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what the documents say of the parameters is what the code does, and a user who copies an example has one that
# works.
# Invariant: the pages in doc/source/reference/parameters, the lists of the module page, the table in README.md, and what
# contrib has of the fields for stores, are what "make docs" makes; there is no page more. Each page says which release has
# the parameter first, one of CHANGELOG.md or the next, and has an example in RainerScript and one in YAML. rsyslogd accepts each one in RainerScript.
# Oracle: the generator's output; rsyslogd -N1.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
top=$srcdir/..
pages=$top/doc/source/reference/parameters
tools=$MODULE_DIR/../../../tests/tools
[ -x "$tools/params_pages" ] || error_exit "there is no generator: make check builds it"
mkdir "$WORK/tree"
cp -r "$top/doc" "$top/README.md" "$top/contrib" "$WORK/tree"
chmod -R u+w "$WORK/tree"
"$srcdir/tools/docs" "$tools" "$WORK/tree" || error_exit "the documents cannot be made"
for made in doc README.md contrib; do
    diff -ru "$top/$made" "$WORK/tree/$made" || error_exit "the documents are not what the tables say: make docs"
done

for page in "$pages"/*; do
    for language in rsyslog yaml; do
        [ "$(grep -c "^\.\. code-block:: $language$" "$page")" = 1 ] || error_exit "$page has no example in $language"
    done
    grep -qE '^:Introduced: [0-9]+\.[0-9]+\.[0-9]+$' "$page" || error_exit "$page does not say since when"
done
# what is new is since one release, the next, and is called new as long as that is not made
sed -n 's/^:Introduced: //p' "$pages"/*.rst | sort -u | while read -r since; do
    grep -qxF "## $since" "$top/CHANGELOG.md" || echo "$since"
done >"$WORK/next"
if [ -s "$WORK/next" ]; then
    grep -qx '## Unreleased' "$top/CHANGELOG.md" || error_exit "no release is $(cat "$WORK/next")"
    assert_eq "$(wc -l <"$WORK/next")" 1 "releases to come"
fi

# before 8.2602 rsyslog has no such objects
limits='ratelimit(name="processes" interval="10" burst="1000")'
generate_conf
add_conf "$limits"
check_conf
! grep -q 'invalid character' "$WORK/check.log" || limits=
count=0
for page in "$pages"/*.rst; do
    generate_conf
    printf '%s\nruleset(name="processes") { stop }\nruleset(name="alarms") { stop }\n' "$limits" >>"$WORK/rsyslog.conf"
    awk '/^\.\. code-block:: rsyslog$/ { inside = 1; next } /^[^ ]/ { inside = 0 } inside' "$page" >"$WORK/example"
    add_conf "$(cat "$WORK/example")"
    grep -q 'type="impacct"' "$WORK/rsyslog.conf" || error_exit "$(basename "$page") has no example"
    check_conf || { [ -z "$limits" ] && grep -q "this rsyslog has no ratelimit() objects" "$WORK/check.log"; } ||
        error_exit "the example of $(basename "$page") is not accepted: $(cat "$WORK/check.log")"
    count=$((count + 1))
done
assert_eq "$count" "$("$tools/params_pages" names | wc -l)" "pages whose example was tried"
exit_test
