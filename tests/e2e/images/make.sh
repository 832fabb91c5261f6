#!/usr/bin/env bash
# Makes the images of the end-to-end tests with real tools: tests/e2e/images/make.sh FOLDER [PART]...
#
# Parts: app copies damaged debian dockerfiles. What was made is kept in FOLDER/PART with a stamp of these scripts and of the tools'
# versions; a part whose stamp still holds is not made again. A part or archive that cannot be made on this machine is
# named in a line `skipped: NAME: reason`. Root is needed (device files, other owners, the engine itself).
# Everything lies in FOLDER and one folder below TMPDIR that is removed at the end. Undo: rm -rf FOLDER
set -euo pipefail
shopt -s inherit_errexit 2>/dev/null || true # Not in the bash of macOS, where all of this is skipped.
export LC_ALL=C.UTF-8

here=$(cd "$(dirname "$0")" && pwd)
. "$here/engine.sh"
. "$here/stamp.sh"

[ $# -gt 0 ] || { echo "usage: make.sh FOLDER [PART]..." >&2; exit 2; }

say() { printf 'images: %s\n' "$*"; }
skip() { printf 'skipped: %s: %s\n' "$1" "$2"; }
have() { command -v "$1" >/dev/null 2>&1; }

if [ "$(id -u)" != 0 ]; then
    skip "images by real engines" "making them needs root: device files, other owners and the Docker engine itself"
    exit 0
fi
if ! have python3; then
    skip "images by real engines" "no python3 on PATH, which reads the reference listings (Debian: apt-get install python3)"
    exit 0
fi

mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- app copies damaged debian dockerfiles

work=$out/work
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lamina-e2e.XXXXXX")
leave() {
    local status=$?
    [ $status = 0 ] || [ -z "${part:-}" ] || say "error: the part $part was not made; what was said last is above"
    engine_stop
    rm -rf "$scratch" "$work"
    # Run by sudo, the files belong to the user who asked.
    [ -z "${SUDO_UID:-}" ] || chown -R --no-dereference "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$out"
    exit $status
}
trap leave EXIT
trap 'exit 130' INT TERM
rm -rf "$work"
mkdir -p "$work"

for part in "$@"; do
    stamp=$(stamp_of "$part")
    if [ "$(cat "$out/$part/stamp" 2>/dev/null)" = "$stamp" ]; then
        say "$part: kept from an earlier run"
        continue
    fi
    rm -rf "${out:?}/$part"
    mkdir -p "$out/$part"
    start=$SECONDS
    . "$here/$part.sh"
    # A part that cannot be made here says why, leaves $made empty, and is tried again in the next run.
    made=
    "make_$part" "$out/$part"
    if [ -n "$made" ]; then
        echo "$stamp" >"$out/$part/stamp"
        say "$part: made in $((SECONDS - start)) s"
    else
        rm -rf "${out:?}/$part"
    fi
done
part=
