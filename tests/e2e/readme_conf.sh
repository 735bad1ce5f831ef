#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: somebody who copies the rsyslog.conf out of README.md gets what the text around it says.
# Invariant: rsyslogd accepts it, and every record arrives in the file that it names, which only root and the group of
# Debian's logs can read. The record that README.md shows has the fields that records have, in their order. Only paths are
# changed here: they are put below a scratch directory.
# Oracle: tests/lib/pacct.py, an independent decoder.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
readme=$srcdir/../README.md

# the code block that loads the module
awk '/^```/ { if (inside && block ~ /module\(load="impacct"\)/) { printf "%s", block; found++ }
             inside = !inside; block = ""; next }
     inside { block = block $0 "\n" }
     END { exit found != 1 }' "$readme" >"$WORK/example" || error_exit "README.md has no example, or more than one"
has_lines "$WORK/example" 3 || error_exit "the example is empty"
! has_lines "$WORK/example" 9 || error_exit "the example is longer than eight lines"

sed -E "s|\"(/[^\"]*)\"|\"$WORK/root\\1\"|g" "$WORK/example" >"$WORK/rsyslog.conf"
path_of() {
    sed -nE "s|.*$1[^)]* file=\"([^\"]*)\".*|\\1|p" "$WORK/rsyslog.conf"
}
records=$(path_of 'type="impacct"')
written=$(path_of 'type="omfile"')
workdir=$(sed -nE 's|.*workDirectory="([^"]*)".*|\1|p' "$WORK/rsyslog.conf")
for path in "$records" "$written" "$workdir"; do
    case $path in
        "$WORK"/root/*) mkdir -p "$(dirname "$path")" ;;
        *) error_exit "a path is missing in the example, or is not absolute: '$path'" ;;
    esac
done
mkdir -p "$workdir"

check_conf || error_exit "rsyslogd -N1 does not accept it: $(cat "$WORK/check.log")"

# state messages take the same way: one at the start, one at the stop
pacct_py generate "$records" 3000
startup
wait_file_lines "$written" 3001
pacct_py generate "$records" 40 --append --serial 3000
wait_file_lines "$written" 3041
shutdown
assert_eq "$(stat -c '%a %U %G' "$written")" "640 root adm" "who may read the records"
assert_eq "$(grep -o '"event":"module_[a-z]*"' "$written" | paste -sd' ')" \
    '"event":"module_started" "event":"module_stopped"' "state messages"
grep -v '"event":"module_' "$written" >"$WORK/records.jsonl"
pacct_py compare "$records" "$WORK/records.jsonl"
sed -n '/^```json$/,/^```$/{/^```/!p}' "$readme" | python3 -c '
import json, sys
shown = list(json.load(sys.stdin))
sys.exit(not any(shown == list(json.loads(line)) for line in open(sys.argv[1])))' "$WORK/records.jsonl" ||
    error_exit "no record has just the fields of the one that README.md shows"
exit_test
