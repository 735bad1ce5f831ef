#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: after a stop the input goes on where it was, from the state file.
# Invariant: nothing is lost and nothing comes twice; the state file is in its directory, only for its owner, replaced
# as a whole, and up to date when the file has fallen quiet.
# Oracle: tests/lib/pacct.py; hard links, through which the old contents must still be there; kill -9 at rest, after
# which nothing may come again.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
mkdir "$WORK/positions"
: >"$WORK/pacct"
: >"$WORK/named"
add_conf "ruleset(name=\"named\") { action(type=\"omfile\" file=\"$WORK/named.out\" template=\"msg\") }
    input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\")
    input(type=\"impacct\" file=\"$WORK/named\" ruleset=\"named\" stateFile=\"my state\" stateFile.directory=\"$WORK/positions\"
        persistStateInterval=\"10\")"
states=("$(state_file "$WORK/pacct")" "$WORK/positions/my state")
sum=0
more() {
    pacct_py generate "$WORK/pacct" "$1" --append --serial $sum --seed $sum
    pacct_py generate "$WORK/named" "$1" --append --serial $sum --seed $((sum + 1))
    sum=$((sum + $1))
}
arrived() {
    wait_file_lines "$OUT" $sum
    wait_file_lines "$WORK/named.out" $sum
}
hold() {
    for n in 0 1; do
        rm -f "$WORK/held.$n"
        ln "${states[$n]}" "$WORK/held.$n"
        cp "${states[$n]}" "$WORK/copy.$n"
    done
}

for count in 100 1 0 2500; do
    more "$count"
    startup
    arrived
    more 7
    arrived
    shutdown
    pacct_py compare "$WORK/pacct" "$OUT"
    pacct_py compare "$WORK/named" "$WORK/named.out"
    assert_eq "$(stat -c %a "${states[@]}" | sort -u)" 600 "mode of the state files"
    for n in 0 1; do
        [ ! -e "$WORK/held.$n" ] || cmp "$WORK/held.$n" "$WORK/copy.$n" || error_exit "a state file was written in place"
    done
    hold
    assert_eq "$(find "$WORK/positions" -type f | wc -l)" 1 "files beside the state file"
done

# at rest the position is stored without a stop: the end of the file, which only one offset can name
stored() { python3 -c 'import sys; sys.exit(sys.argv[2] not in open(sys.argv[1]).read())' "$1" "$((sum * 64))"; }
startup
more 3
arrived
for n in 0 1; do
    wait_for "the position in ${states[$n]}" stored "${states[$n]}"
done
kill_immediate
more 2
startup
arrived
shutdown
pacct_py compare "$WORK/pacct" "$OUT"
pacct_py compare "$WORK/named" "$WORK/named.out"
exit_test
