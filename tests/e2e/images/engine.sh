# A Docker engine of our own: started when first needed, in folders of its own, stopped by its process id.
# Sourced by make.sh, which has set $work (disk) and $scratch (short path, for the socket).

engine_pid=
engine_reason=

# engine_start [DRIVER...]: 0 when the engine answers with one of these storage drivers, else 1, with the reason in
# $engine_reason. vfs works everywhere, and copies everything; overlay2 is quick, and leaves opaque markers.
engine_start() {
    [ -z "$engine_pid" ] || return 0
    [ -z "$engine_reason" ] || return 1
    local driver
    for driver in "${@:-vfs}"; do
        engine_reason=
        if engine_start_with "$driver"; then return 0; fi
    done
    return 1
}

engine_start_with() {
    local driver=$1 i
    if ! have dockerd; then
        engine_reason="no dockerd on PATH (Debian: apt-get install docker.io)"
        return 1
    fi
    # The engine's own client, if there is one: a newer one on PATH may refuse an old engine.
    DOCKER=$(PATH="/usr/bin:$PATH" command -v docker || true)
    if [ -z "$DOCKER" ]; then
        engine_reason="no docker client on PATH (Debian: apt-get install docker.io docker-cli)"
        return 1
    fi
    export DOCKER_HOST=unix://$scratch/docker.sock DOCKER_BUILDKIT=0 DOCKER_CONFIG=$scratch/docker-config
    unset DOCKER_CONTEXT DOCKER_TLS_VERIFY
    dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver="$driver" \
        --data-root="$work/docker" --exec-root="$scratch/docker-exec" \
        --pidfile="$scratch/docker.pid" --host="$DOCKER_HOST" >"$work/dockerd.log" 2>&1 &
    engine_pid=$!
    for i in $(seq 120); do
        if "$DOCKER" version >/dev/null 2>&1; then
            return 0
        fi
        kill -0 "$engine_pid" 2>/dev/null || break
        sleep 0.5
    done
    engine_stop
    rm -rf "$work/docker"
    engine_reason="dockerd does not start here: $(tail -n 1 "$work/dockerd.log")"
    return 1
}

docker() { command "$DOCKER" "$@"; }

engine_stop() {
    [ -n "$engine_pid" ] || return 0
    kill "$engine_pid" 2>/dev/null || true
    wait "$engine_pid" 2>/dev/null || true
    engine_pid=
    # The engine leaves its mounts below its own folders when it had to be stopped early.
    awk -v a="$work/" -v b="$scratch/" 'index($5, a) == 1 || index($5, b) == 1 { print $5 }' /proc/self/mountinfo |
        sort -r | while read -r mount; do umount -l "$mount" || true; done
}

# export_listing IMAGE TAR JSONL: what a container of this image sees, as the engine itself exports it.
export_listing() {
    local id
    id=$(docker create --network=none "$1" true)
    docker export -o "$2" "$id"
    docker rm "$id" >/dev/null
    python3 "$here/listing.py" tar "$2" >"$3"
}
