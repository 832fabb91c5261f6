# When a made part is still good: its scripts, what it is made from, and the tools are the same. Sourced by make.sh.

# stamp_of PART: one line that changes whenever the part has to be made again.
stamp_of() {
    local files=("$here/engine.sh" "$here/listing.py" "$here/$1.sh")
    case $1 in
        app) files+=("$here/rootfs.sh" "$here"/app/{change.sh,Dockerfile,notes.txt,picture.png.base64,site/*}) ;;
        # Made from the image that app has made: its ID changes with each making.
        copies | damaged) if [ -f "$out/app/facts.json" ]; then files+=("$out/app/facts.json"); fi ;;
        dockerfiles) files+=("$here/app.sh" "$here"/dockerfiles/*/Dockerfile) ;;
        debian) files+=("$here/bootstrap.sh" "$here"/debian/*) ;;
    esac
    { cat "${files[@]}"; tool_versions; } | sha256sum | cut -d' ' -f1
}

tool_versions() {
    local tool
    for tool in dockerd skopeo podman umoci buildah; do
        "$tool" --version 2>&1 || echo "no $tool"
    done
}
