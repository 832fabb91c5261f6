# System packages: by apt on Debian and Ubuntu (as root or with sudo), by Homebrew on macOS. Sourced, not run.

# as_root COMMAND...: runs it as root, by sudo where need be; fails where neither is possible.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        sudo "$@"
    else
        return 1
    fi
}

# need_packages WHY PACKAGE...: installs those that are missing; says what and why, and how to undo it.
# Returns 1, with a line that says what to do by hand, where it cannot.
need_packages() {
    local why=$1 package missing=()
    shift
    if have apt-get; then
        for package in "$@"; do
            [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
        done
        [ ${#missing[@]} -gt 0 ] || return 0
        say "installing ${missing[*]} by apt: $why (undo: apt-get remove ${missing[*]})"
        apt_install "${missing[@]}" && return 0
        say "could not install ${missing[*]}; by hand: apt-get install ${missing[*]}"
    elif have brew; then
        for package in "$@"; do
            brew list "$package" >/dev/null 2>&1 || missing+=("$package")
        done
        [ ${#missing[@]} -gt 0 ] || return 0
        say "installing ${missing[*]} by Homebrew: $why (undo: brew uninstall ${missing[*]})"
        brew install "${missing[@]}" && return 0
    else
        say "needed: $* ($why); neither apt nor Homebrew is here, please install by hand"
    fi
    return 1
}

apt_install() {
    local log
    log=$(mktemp)
    if { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" ||
        { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }; } >"$log" 2>&1 </dev/null; then
        rm -f "$log"
        return 0
    fi
    tail -n 5 "$log"
    rm -f "$log"
    return 1
}

# package_is_known NAME: whether apt could install it.
package_is_known() {
    apt-cache show "$1" >/dev/null 2>&1
}
