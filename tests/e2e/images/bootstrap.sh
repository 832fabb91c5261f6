# A real Debian (or Ubuntu) root file system from the machine's own mirror. Sourced, by debian.sh and by the benchmarks.

debian_packages=perl,python3,vim-tiny,locales,tzdata,man-db,less,git

bootstrap_reason=

# bootstrap FOLDER LOG: fills the folder; 1 when it cannot, with the reason in $bootstrap_reason.
bootstrap() {
    local folder=$1 log=$2 codename mirror
    if ! command -v debootstrap >/dev/null 2>&1; then
        bootstrap_reason="no debootstrap on PATH (Debian: apt-get install debootstrap)"
        return 1
    fi
    codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Identifier: Packages' | awk -v c="$codename" '$2 == c { print $1; exit }')
    mkdir -p "$folder"
    if [ -z "$mirror" ] || ! debootstrap --variant=minbase --include="$debian_packages" "$codename" "$folder" "$mirror" >"$log" 2>&1; then
        bootstrap_reason="debootstrap found no way to '${mirror:-a mirror}': $(tail -n 1 "$log" 2>/dev/null)"
        return 1
    fi
}
