# SPDX-License-Identifier: Apache-2.0
# A Debian in a directory, and commands in it by systemd-nspawn: with a pid namespace of their own, whose accounting is
# not this machine's. To be sourced in the top folder, $top, as root.
# shellcheck shell=bash disable=SC2154
[ "$(id -u)" = 0 ] || { echo "$0: needs root" >&2; exit 1; }
PATH=$PATH:/usr/sbin:/sbin
contrib/apt-install systemd-container git

# in_system ROOT ARGUMENT...: systemd-nspawn, without the services of this machine that it otherwise talks to. The time is
# for a system that hangs. The message left out is about nspawn's own leftovers where /run is on a disk.
in_system() {
    local root=$1
    shift
    SYSTEMD_LOG_LEVEL=err timeout -k 20 7200 systemd-nspawn -q -D "$root" --register=no --keep-unit \
        --console=pipe "$@" </dev/null 2> >(grep -v 'Attempted to remove disk file system' >&2)
}

# quietly_in SUITE ROOT SCRIPT [ARGUMENT...]: a script of bash in there, with the packages that are kept for that suite;
# what it prints, in ROOT.log, matters only when it fails
quietly_in() {
    local suite=$1 root=$2
    shift 2
    in_system "$root" --bind="$top/.build/fresh/$suite.archives:/var/cache/apt/archives" \
        --setenv=DEBIAN_FRONTEND=noninteractive bash -eu -c "$1" bash "${@:2}" >"$root.log" 2>&1 ||
        { cat "$root.log" >&2; return 1; }
}

# put_sources ROOT: the files as they are here into its /root/impacct
put_sources() {
    mkdir -p "$1/root/impacct"
    git ls-files -z --cached --others --exclude-standard | tar --null -T - --ignore-failed-read -c |
        tar -x -C "$1/root/impacct"
}

# try_system SYSTEM: a copy of it in $root, which only keeps what is changed; until drop_system, or the script's end
scratch=
try_system() {
    scratch=$(mktemp -d "$1.try.XXXXXX")
    root=$scratch/root
    mkdir "$root" "$scratch/upper" "$scratch/work"
    mount -t overlay -o "lowerdir=$1,upperdir=$scratch/upper,workdir=$scratch/work" overlay "$root"
}
drop_system() {
    if [ -n "$scratch" ]; then
        ! mountpoint -q "$scratch/root" || umount "$scratch/root"
        rm -rf --one-file-system "$scratch"
    fi
    scratch=
}
trap drop_system EXIT
trap 'exit 1' INT TERM HUP
