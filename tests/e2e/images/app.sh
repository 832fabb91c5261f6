# The test image: imported, built, run, committed, saved and exported by a real Docker engine. Sourced by make.sh.
#
# Leaves app.docker.tar and the same archive in four compressions, several images in one archive, `docker export` of a
# container (export.tar), the reference listing (export.jsonl), `docker diff` of the commit (diff.txt), facts.json, and
# the base's root file system as flat archives in the formats of GNU tar, with its listing from the disk (flat.jsonl).

. "$here/rootfs.sh"

app_image=lamina-e2e/app:1.0
app_author='Ada <ada@example.com>'
app_message='fix the greeting'

make_app() {
    local to=$1 busybox container
    if ! engine_start; then
        skip "image built, committed and saved by Docker, and all made from it" "$engine_reason"
        return 0
    fi
    if ! busybox=$(static_busybox); then
        skip "image built, committed and saved by Docker, and all made from it" "no static busybox (Debian: apt-get install busybox-static)"
        return 0
    fi
    make_rootfs "$work/rootfs" "$busybox"
    tar --create --format=pax --xattrs --xattrs-include='*' --numeric-owner --sort=name \
        --directory "$work/rootfs" --file "$work/rootfs.tar" .
    docker import --message 'import the base' "$work/rootfs.tar" lamina-e2e/base:1.0 >/dev/null
    docker build --quiet --network=none --tag lamina-e2e/app:built "$here/app" >/dev/null 2>"$work/build.log" ||
        { cat "$work/build.log"; return 1; }

    container=$(docker run --detach --network=none --user root lamina-e2e/app:built sleep 600)
    docker exec --user root --interactive "$container" sh -s <"$here/app/change.sh"
    docker cp "$here/app/notes.txt" "$container:/srv/site/notes.txt"
    docker diff "$container" >"$to/diff.txt"
    docker commit --author "$app_author" --message "$app_message" --change 'LABEL step=commit' \
        --change 'CMD ["/usr/local/bin/greet"]' "$container" "$app_image" >/dev/null
    docker rm --force "$container" >/dev/null

    docker save --output "$to/app.docker.tar" "$app_image"
    docker save --output "$to/several.docker.tar" "$app_image" lamina-e2e/app:built lamina-e2e/base:1.0
    export_listing "$app_image" "$to/export.tar" "$to/export.jsonl"
    export_listing lamina-e2e/app:built "$work/built.tar" "$to/built.jsonl"
    docker image inspect "$app_image" >"$to/inspect.json"
    tell_facts "$to"
    compress_app "$to"
    pack_flat "$to"
    chmod -R a+rX "$to"
    made=1
}

# Debian's package, unpacked into the work folder, unless a static busybox is installed.
static_busybox() {
    local there
    there=$(command -v busybox || true)
    if [ -n "$there" ] && ! ldd "$there" >/dev/null 2>&1; then
        echo "$there"
        return 0
    fi
    have apt-get || return 1
    (cd "$scratch" && apt-get download -o APT::Sandbox::User=root busybox-static >/dev/null 2>&1 && dpkg -x busybox-static_*.deb busybox) || return 1
    find "$scratch/busybox" -name busybox -type f -perm -u+x | head -n 1 | grep .
}

tell_facts() {
    python3 - "$1" "$work/xattrs.json" "$app_image" "$app_author" "$app_message" <<'PYTHON'
import json, sys
to, xattrs, name, author, message = sys.argv[1:]
image = json.load(open(to + "/inspect.json"))[0]
facts = {
    "name": name,
    "author": author,
    "message": message,
    "image_id": image["Id"],
    "created": image["Created"],
    "diff_ids": image["RootFS"]["Layers"],
    "xattrs_of_base": json.load(open(xattrs)),
}
assert image["Author"] == author and image["Comment"] == message, "docker commit kept neither author nor message"
json.dump(facts, open(to + "/facts.json", "w"), ensure_ascii=False, indent=1)
PYTHON
}

compress_app() {
    local to=$1
    gzip --keep --stdout "$to/app.docker.tar" >"$to/app.docker.tar.gz"
    if have zstd; then zstd --quiet --force "$to/app.docker.tar" -o "$to/app.docker.tar.zst"; else skip "docker save | zstd" "no zstd on PATH"; fi
    if have xz; then xz --keep --stdout -1 "$to/app.docker.tar" >"$to/app.docker.tar.xz"; else skip "docker save | xz" "no xz on PATH"; fi
    if have bzip2; then bzip2 --keep --stdout "$to/app.docker.tar" >"$to/app.docker.tar.bz2"; else skip "docker save | bzip2" "no bzip2 on PATH"; fi
}

# A root file system as one tar, holes kept: GNU's old sparse format, and the two that PAX knows.
pack_flat() {
    local to=$1 pack=(tar --create --sparse --numeric-owner --sort=name --directory "$work/rootfs")
    "${pack[@]}" --format=gnu --file "$to/flat.gnu.tar" .
    "${pack[@]}" --format=pax --sparse-version=0.1 --file "$to/flat.pax-0.1.tar" .
    "${pack[@]}" --format=pax --sparse-version=1.0 --xattrs --xattrs-include='*' --gzip --file "$to/flat.pax-1.0.tar.gz" .
    python3 "$here/listing.py" dir "$work/rootfs" >"$to/flat.jsonl"
}
