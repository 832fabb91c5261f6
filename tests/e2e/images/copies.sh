# The same image as other real tools write it: skopeo, podman, umoci, and Docker's oldest form. Sourced by make.sh.
#
# Made from app/app.docker.tar. Leaves for each writer an archive or layout folder; umoci.jsonl is the second reference
# (umoci unpack), umoci-opaque.* an image whose last layer is an opaque directory, with the engine's own listing of it,
# umoci-empty.oci.tar an image without layers.

make_copies() {
    local to=$1 from=$out/app/app.docker.tar
    if [ ! -f "$from" ]; then
        skip "the same image by skopeo, podman and umoci" "there is no image by Docker to begin with"
        return 0
    fi
    if ! have skopeo; then
        skip "the same image by skopeo, podman and umoci" "no skopeo on PATH (Debian: apt-get install skopeo)"
        return 0
    fi
    write_by_skopeo "$to" "docker-archive:$from"
    write_by_podman "$to" "$from"
    write_by_umoci "$to"
    write_oldest "$to" "$from"
    chmod -R a+rX "$to"
    made=1
}

copy() { skopeo --insecure-policy copy --quiet "$@"; }

write_by_skopeo() {
    local to=$1 source=$2
    copy "$source" "oci:$to/skopeo-gzip:1.0"
    copy "$source" "oci-archive:$to/skopeo-gzip.oci.tar:1.0"
    copy --dest-compress-format zstd "$source" "oci:$to/skopeo-zstd:1.0"
    copy --dest-compress-format zstd "$source" "oci-archive:$to/skopeo-zstd.oci.tar:1.0"
    copy --dest-oci-accept-uncompressed-layers "$source" "oci-archive:$to/skopeo-plain.oci.tar:1.0"
    copy "$source" "docker-archive:$to/skopeo.docker.tar:lamina-e2e/app:1.0"
    # By now these are other formats, or the tests that follow would test the same thing again.
    grep -q 'tar+zstd' "$to"/skopeo-zstd/blobs/sha256/* || { say "error: skopeo wrote no zstd layers"; return 1; }
}

write_by_podman() {
    local to=$1 from=$2 run names
    if ! have podman; then
        skip "the same image by podman" "no podman on PATH (Debian: apt-get install podman)"
        return 0
    fi
    echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$scratch/policy.json"
    run=(podman --root "$work/podman" --runroot "$scratch/podman" --tmpdir "$scratch/podman-tmp"
        --storage-driver vfs --cgroup-manager cgroupfs --events-backend none --log-level error)
    if ! "${run[@]}" load --quiet --signature-policy "$scratch/policy.json" --input "$from" >"$work/podman.log" 2>&1; then
        skip "the same image by podman" "podman does not load here: $(tail -n 1 "$work/podman.log")"
        return 0
    fi
    names=$("${run[@]}" images --format '{{.Repository}}:{{.Tag}}' | head -n 1)
    "${run[@]}" save --quiet --format docker-archive --output "$to/podman.docker.tar" "$names"
    "${run[@]}" save --quiet --format oci-archive --output "$to/podman.oci.tar" "$names"
    "${run[@]}" load --quiet --signature-policy "$scratch/policy.json" --input "$out/app/several.docker.tar" >/dev/null
    # shellcheck disable=SC2046
    "${run[@]}" save --quiet --multi-image-archive --output "$to/podman-several.docker.tar" \
        $("${run[@]}" images --format '{{.Repository}}:{{.Tag}}' | grep -E 'app:(1.0|built)$' | sort)
}

# umoci makes the commit's layer itself: unpacks what was built, changes it as the container did, packs what changed.
write_by_umoci() {
    local to=$1 layout=$work/umoci bundle=$work/bundle
    if ! have umoci; then
        skip "the same image by umoci" "no umoci on PATH (Debian: apt-get install umoci)"
        return 0
    fi
    copy "docker-archive:$out/app/several.docker.tar:lamina-e2e/app:built" "oci:$layout:built"
    umoci unpack --image "$layout:built" "$bundle"
    chroot "$bundle/rootfs" /bin/sh -s <"$here/app/change.sh"
    install -m 0644 "$here/app/notes.txt" "$bundle/rootfs/srv/site/notes.txt"
    umoci repack --image "$layout:1.0" --history.author 'Ada <ada@example.com>' --history.comment 'fix the greeting' "$bundle"
    umoci config --image "$layout:1.0" --author 'Ada <ada@example.com>'
    umoci rm --image "$layout:built"
    umoci gc --layout "$layout"
    tar --create --numeric-owner --directory "$layout" --file "$to/umoci.oci.tar" .

    umoci unpack --image "$to/skopeo-gzip:1.0" "$work/reference"
    python3 "$here/listing.py" dir "$work/reference/rootfs" >"$to/umoci.jsonl"

    umoci init --layout "$work/empty"
    umoci new --image "$work/empty:1.0"
    umoci config --image "$work/empty:1.0" --author 'Ada <ada@example.com>' --config.label layers=none
    tar --create --numeric-owner --directory "$work/empty" --file "$to/umoci-empty.oci.tar" .

    mkdir -p "$work/opaque/fresh"
    echo 'only this is left' >"$work/opaque/fresh/file"
    umoci insert --image "$layout:1.0" --tag opaque --opaque "$work/opaque" /srv/names
    tar --create --numeric-owner --directory "$layout" --file "$to/umoci-several.oci.tar" .
    copy "oci:$layout:opaque" "oci-archive:$to/umoci-opaque.oci.tar:opaque"
    if engine_start; then
        copy "oci:$layout:opaque" "docker-archive:$work/opaque.tar:lamina-e2e/app:opaque"
        docker load --quiet --input "$work/opaque.tar" >/dev/null
        export_listing lamina-e2e/app:opaque "$work/opaque-export.tar" "$to/umoci-opaque.jsonl"
    fi
}

# Docker before 1.10 knew no manifest.json: `repositories`, and a chain of folders. Today's engine still writes both.
write_oldest() {
    cp "$2" "$1/oldest.docker.tar"
    tar --delete --file "$1/oldest.docker.tar" manifest.json
}
