#!/usr/bin/env bash
# A root file system to measure with: benches/tools/root-fs.sh FOLDER. Exit 1, with the reason, when none can be made.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../tests/e2e/images/bootstrap.sh"

[ "$(id -u)" = 0 ] || { echo "debootstrap needs root"; exit 1; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
bootstrap "$1" "$log" || { echo "$bootstrap_reason"; exit 1; }
# What every Dockerfile removes.
rm -rf "$1"/var/cache/apt/archives/* "$1"/var/lib/apt/lists/*
