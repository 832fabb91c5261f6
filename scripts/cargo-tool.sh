# Installing a command from crates.io in exactly one version. Sourced, not run.

# need_cargo_tool COMMAND CRATE VERSION WHY [cargo install option...]
#
# TOOL_OPT_LEVEL is 0 unless said otherwise: most of these tools run for seconds, and start others.
need_cargo_tool() {
    local command=$1 crate=$2 version=$3 why=$4 found=none
    shift 4
    if have "$command"; then
        found=$("$command" --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+\.[0-9]+[^ ]*' | head -n 1 || true)
    fi
    # One that does not say its version is here if it was installed here.
    if [ -z "$found" ] && grep -q "^\"$crate $version " "$TOOLS/.crates.toml" 2>/dev/null; then
        found=$version
    fi
    [ "$found" != "$version" ] || return 0
    say "installing $crate $version (found: ${found:-none}) into .tools: $why (undo: rm -rf .tools)"
    # Built from the sources that crates.io has checksums of: a prebuilt binary would have to be believed.
    # The tools' own release profiles take many times longer to compile. What one has compiled the next takes over,
    # and `scripts/setup` removes it in the end.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        CARGO_PROFILE_RELEASE_OPT_LEVEL=${TOOL_OPT_LEVEL:-0} \
        CARGO_TARGET_DIR="$TOOLS/build" cargo install --locked --root "$TOOLS" "$crate" --version "$version" "$@"
}
