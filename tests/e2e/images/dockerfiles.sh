# Images of the Dockerfiles in dockerfiles/, each built by Docker's classic builder and by buildah. Sourced by make.sh.
#
# Leaves NAME.classic.tar and NAME.buildah.tar, docker-archives with one image each.

. "$here/app.sh"

make_dockerfiles() {
    local to=$1 busybox base=$work/small name applet container
    if ! engine_start overlay2 vfs; then
        skip "images of Dockerfiles" "$engine_reason"
        return 0
    fi
    if ! busybox=$(static_busybox); then
        skip "images of Dockerfiles" "no static busybox (Debian: apt-get install busybox-static)"
        return 0
    fi
    mkdir -p "$base"/{bin,etc,tmp}
    cp "$busybox" "$base/bin/busybox"
    for applet in sh ash cat echo mkdir true; do ln -s busybox "$base/bin/$applet"; done
    printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n' >"$base/etc/passwd"
    printf 'root:x:0:\napp:x:1000:\n' >"$base/etc/group"
    tar --create --numeric-owner --directory "$base" --file "$work/small.tar" .
    cp -r "$here/dockerfiles" "$work/dockerfiles"
    tar --create --gzip --directory "$work/dockerfiles/service" --file "$work/dockerfiles/service/data.tar.gz" site

    docker import "$work/small.tar" base:1 >/dev/null
    for name in "$work"/dockerfiles/*; do
        name=${name##*/}
        docker build --quiet --network=none --tag "lamina-e2e/$name:1" "$work/dockerfiles/$name" >/dev/null 2>"$work/build.log" ||
            { cat "$work/build.log"; return 1; }
        docker save --output "$to/$name.classic.tar" "lamina-e2e/$name:1"
    done
    if have buildah; then buildah_dockerfiles "$to"; else skip "images of Dockerfiles by buildah" "no buildah on PATH (Debian: apt-get install buildah)"; fi
    chmod -R a+rX "$to"
    made=1
}

buildah_dockerfiles() {
    local to=$1 name container
    local -a own=(buildah --root "$work/buildah" --runroot "$scratch/buildah" --storage-driver vfs)
    # buildah reads Docker's logins where this variable leads, and refuses a folder without them.
    unset DOCKER_CONFIG
    container=$("${own[@]}" from scratch)
    "${own[@]}" add --quiet "$container" "$work/small.tar" / >/dev/null
    "${own[@]}" commit --quiet "$container" base:1 >/dev/null
    for name in "$work"/dockerfiles/*; do
        name=${name##*/}
        "${own[@]}" build --layers --isolation chroot --network host --format docker --quiet --tag "$name:1" "$work/dockerfiles/$name" >/dev/null 2>"$work/build.log" ||
            { cat "$work/build.log"; return 1; }
        "${own[@]}" push --quiet "$name:1" "docker-archive:$to/$name.buildah.tar:$name:1" >/dev/null
    done
    export DOCKER_CONFIG=$scratch/docker-config
}
