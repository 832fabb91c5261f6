# Installing a command from crates.io in exactly one version. Sourced, not run.

# need_cargo_tool COMMAND CRATE VERSION WHY [cargo install option...]
need_cargo_tool() {
    local command=$1 crate=$2 version=$3 why=$4 found=none
    shift 4
    if have "$command"; then
        found=$("$command" --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+\.[0-9]+[^ ]*' | head -n 1 || true)
    fi
    [ "$found" != "$version" ] || return 0
    say "installing $crate $version (found: ${found:-none}) into .tools: $why (undo: rm -rf .tools)"
    # Built from the sources that crates.io has checksums of: a prebuilt binary would have to be believed.
    # The tools' own release profiles take many times longer to compile, for tools that run for seconds.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
        CARGO_TARGET_DIR="$TOOLS/build" cargo install --locked --root "$TOOLS" "$crate" --version "$version" "$@"
    rm -rf "$TOOLS/build"
}
