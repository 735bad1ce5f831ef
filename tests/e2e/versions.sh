#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: records of every version and byte order are read right, each kind alone and all mixed in one file.
# Invariant: version and byte order are decided per record; what a record cannot tell is taken from ahz and v0.byteOrder.
# Oracle: tests/lib/pacct.py, an independent decoder.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf

# add_input NAME COUNT "GENERATE OPTIONS" "COMPARE OPTIONS" "PARAMETERS"
names=() counts=() compares=()
add_input() {
    # shellcheck disable=SC2086 # lists of options
    pacct_py generate "$WORK/$1" "$2" $3
    add_conf "ruleset(name=\"$1\") { action(type=\"omfile\" file=\"$WORK/$1.jsonl\" template=\"msg\") }
input(type=\"impacct\" file=\"$WORK/$1\" ruleset=\"$1\" $5)"
    names+=("$1") counts+=("$2") compares+=("$4")
}
for version in 3 2 1 0; do
    add_input "v$version-little" 300 "--version $version" "" 'v0.byteOrder="little"'
    add_input "v$version-big" 300 "--version $version --big" "--v0-big" 'v0.byteOrder="big"'
done
add_input v2-ahz 300 "--version 2 --ahz 1000" "" 'ahz="50"' # says so itself
add_input v2-no-ahz 300 "--version 2 --ahz 0" "--ahz 1024" 'ahz="1024"'
add_input v1-ahz 300 "--version 1" "--ahz 250" 'ahz="250"'
add_input v0-ahz 300 "--version 0" "--ahz 1024" 'ahz="1024" v0.byteOrder="little"'
add_input v3-ahz 300 "--version 3" "" 'ahz="1024"' # is 100 whatever is said
add_input mixed 3500 "--mixed" "" 'v0.byteOrder="little"'
add_input mixed-big 3500 "--mixed --big --seed 2" "--v0-big --ahz 250" 'v0.byteOrder="big" ahz="250"'
startup
for i in "${!names[@]}"; do
    wait_file_lines "$WORK/${names[i]}.jsonl" "${counts[i]}"
done
shutdown
for i in "${!names[@]}"; do
    # shellcheck disable=SC2086
    pacct_py compare "$WORK/${names[i]}" "$WORK/${names[i]}.jsonl" ${compares[i]}
done
exit_test
