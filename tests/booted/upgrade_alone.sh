#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the same as upgrade.sh, which says more, where apt finds no package of Debian 13 at first.
# Invariant: what apt takes away is said, and noticed from outside; nothing is lost for good.
# Oracle: as there.
export ALONE=yes
. "$(dirname "$0")/upgrade.sh"
