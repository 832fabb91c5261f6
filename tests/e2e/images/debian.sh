# A real Debian (or Ubuntu) root file system from the machine's own mirror, with layers on top. Sourced by make.sh.
#
# At least 150 MB, 10,000 entries and three layers, which the end-to-end tests check. Leaves debian.docker.tar, the same
# by gzip, its OCI archive by skopeo, and the reference listings (export.jsonl, umoci.jsonl).

. "$here/bootstrap.sh"

make_debian() {
    local to=$1
    if ! engine_start overlay2 vfs; then
        skip "a real Debian root file system" "$engine_reason"
        return 0
    fi
    if ! bootstrap "$work/debian" "$work/debootstrap.log"; then
        skip "a real Debian root file system" "$bootstrap_reason"
        return 0
    fi
    mkdir -p "$work/debian/var/www" && echo hello >"$work/debian/var/www/index.html"
    tar --create --format=gnu --numeric-owner --directory "$work/debian" . | docker import - lamina-e2e/debian-base:1.0 >/dev/null
    rm -rf "$work/debian"
    docker build --quiet --network=none --tag lamina-e2e/debian:1.0 "$here/debian" >/dev/null 2>"$work/build.log" ||
        { cat "$work/build.log"; return 1; }
    docker save --output "$to/debian.docker.tar" lamina-e2e/debian:1.0
    gzip -1 --stdout "$to/debian.docker.tar" >"$to/debian.docker.tar.gz"
    export_listing lamina-e2e/debian:1.0 "$work/export.tar" "$to/export.jsonl"
    if have skopeo; then
        skopeo --insecure-policy copy --quiet "docker-archive:$to/debian.docker.tar" "oci-archive:$to/debian.oci.tar:1.0"
    fi
    if have umoci && have skopeo; then
        skopeo --insecure-policy copy --quiet "oci-archive:$to/debian.oci.tar" "oci:$work/debian-layout:1.0"
        umoci unpack --image "$work/debian-layout:1.0" "$work/debian-bundle"
        python3 "$here/listing.py" dir "$work/debian-bundle/rootfs" >"$to/umoci.jsonl"
    fi
    chmod -R a+rX "$to"
    made=1
}
