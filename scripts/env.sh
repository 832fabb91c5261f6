# What every script here stands on: where the project is, which tools it takes, how it speaks. Sourced, not run.
#
# Everything that set-up builds or downloads goes into .tools and node_modules, both inside the project.
# Undo: rm -rf .tools node_modules

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOOLS=$ROOT/.tools
export PATH="$TOOLS/bin:$TOOLS/peers/bin:$ROOT/node_modules/.bin:$PATH"

TRUNK_VERSION=0.21.14
WASM_PACK_VERSION=0.15.1
CARGO_DENY_VERSION=0.20.2
# What it looks for in a program is `lamina::part!`'s to write, so that the two change together.
WASM_SPLIT_VERSION=0.2.4
# The command must equal the crate, so the lock file is the one place that says which.
WASM_BINDGEN_VERSION=$(awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/version = |"/, ""); print }' "$ROOT/Cargo.lock")

say() { printf '%s: %s\n' "$(basename "$0")" "$*"; }

fail() {
    printf '%s: error: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# find_first NAME...: the path of the first of these commands or files that is there.
find_first() {
    local candidate
    for candidate in "$@"; do
        if have "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

find_chromium() {
    find_first ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome-stable google-chrome \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"
}

find_chromedriver() {
    find_first ${CHROMEDRIVER:+"$CHROMEDRIVER"} chromedriver /usr/lib/chromium/chromedriver \
        /usr/lib/chromium-browser/chromedriver /snap/bin/chromium.chromedriver
}

# What Trunk calls builds the page in parts: see scripts/wasm/wasm-bindgen.
use_parts() {
    export LAMINA_PARTS=${CARGO_TARGET_DIR:-$ROOT/target}/parts
    export PATH="$ROOT/scripts/wasm:$PATH"
}
