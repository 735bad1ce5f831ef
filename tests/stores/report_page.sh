#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the page of contrib/report, as those who open it see it, in Debian's Chromium: on a desktop and on a phone,
# light and dark.
# Invariant: its figures are those that were counted; it makes no request; no name or command line becomes markup or
# code, and where one did, the page's policy would stop it; axe finds nothing serious; tables sort by keyboard; without script
# everything is shown. KEEP_WORK=1 keeps the pictures.
# Oracle: tests/report/day.py, which counts what it makes up; axe-core's rules; the browser's own log of requests.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
/usr/bin/python3 -c 'import jinja2, pygal' 2>/dev/null || skip_test "python3-jinja2 or -pygal is not installed"
command -v chromium >/dev/null || skip_test "chromium is not installed; tests/destinations installs it"
DIR=$TOP/.build/stores/report_page
[ -d "$DIR/node_modules/axe-core" ] || skip_test "axe-core is not installed; tests/destinations installs it"
python3 "$srcdir/report/day.py" "$WORK/day"
"$TOP/contrib/report" --top 1000 --html "$WORK/page.html" "$WORK/day/native.jsonl" || error_exit "report --html failed"
mkdir "$WORK/pictures"
# modules are looked for beside the script
cp "$srcdir/report/page.js" "$DIR"
node "$DIR/page.js" "$WORK/page.html" "$WORK/day/truth.json" "$WORK/pictures" || error_exit "see above"
exit_test
