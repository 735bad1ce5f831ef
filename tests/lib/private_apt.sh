# SPDX-License-Identifier: Apache-2.0
# An apt of its own for a suite of Debian, which knows of nothing that is installed, and changes nothing of the system's.
# To be sourced with $top and $suite set; sets $private, a folder that goes when the script ends, and the command $apt.
# Exit code 77: this machine knows no mirror of Debian.
# shellcheck shell=bash disable=SC2154
archive=$("$top/tests/tools/debian-archive") || exit
"$top/contrib/apt-install" dpkg-dev xz-utils ca-certificates >&2
private=$(mktemp -d)
trap 'rm -rf "$private"' EXIT
mkdir -p "$private"/{lists,archives}/partial "$private/sources"
: >"$private/status"
printf 'Types: deb deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$archive" "$suite" \
    /usr/share/keyrings/debian-archive-keyring.gpg >"$private/sources/debian.sources"
apt=(apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$private/sources"
    -o Dir::State::Lists="$private/lists" -o Dir::State::status="$private/status" -o Dir::Cache="$private"
    -o APT::Sandbox::User=root -o Acquire::Languages=none)

private_update() {
    [ -n "$(ls "$private/lists/"*_Packages 2>/dev/null)" ] || "${apt[@]}" update
}

# private_source: rsyslog's source of that suite, in $private/source
private_source() {
    private_update || return
    (cd "$private" && "${apt[@]}" source --download-only "rsyslog/$suite" && dpkg-source --no-check -x rsyslog_*.dsc source)
}
