# The base of the test image: a small root file system with what makes root file systems hard. Sourced by app.sh.

# make_rootfs FOLDER BUSYBOX: fills the folder; the names are what they are on purpose.
make_rootfs() {
    local root=$1 busybox=$2 applet name
    mkdir -p "$root"/usr/{bin,sbin,lib,local/bin,share/doc/greet} "$root"/{etc/alternatives,home/ada,opt/flip/inner,root,run,srv,tmp,dev}
    mkdir -p "$root"/var/{empty,mail,lib/gone/deep/deeper,cache/opaque/old,log}

    # Merged /usr: paths through symlinks. Applets are hard links of one file, as busybox installs them.
    ln -s usr/bin "$root/bin"
    ln -s usr/sbin "$root/sbin"
    ln -s usr/lib "$root/lib"
    install -m 0755 "$busybox" "$root/usr/bin/busybox"
    for applet in sh cat chmod chown cp dd echo find ln ls mkdir mkfifo mknod mv rm rmdir sed sleep stat touch true; do
        ln "$root/usr/bin/busybox" "$root/usr/bin/$applet"
    done

    # What the engine's init layer replaces in a container, so that the difference shows.
    echo '127.0.0.1 from-the-image' >"$root/etc/hosts"
    echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
    echo 'ada:x:1000:1000:Ada:/home/ada:/bin/sh' >>"$root/etc/passwd"
    printf 'root:x:0:\nada:x:1000:\n' >"$root/etc/group"
    echo 'helo, wrold' >"$root/etc/greeting"
    echo 'to be removed' >"$root/etc/removed"
    : >"$root/etc/empty"

    # Symlinks: chains, absolute, upwards, dangling, a loop, a target longer than a ustar field.
    echo 'not really a library' >"$root/usr/lib/libgreet.so.1.2"
    ln -s libgreet.so.1.2 "$root/usr/lib/libgreet.so.1"
    ln -s libgreet.so.1 "$root/usr/lib/libgreet.so"
    ln -s /usr/local/bin/greet "$root/etc/alternatives/greet"
    ln -s ../../etc/greeting "$root/usr/share/greeting"
    ln -s /nowhere/at/all "$root/srv/dangling"
    ln -s loop-b "$root/srv/loop-a"
    ln -s loop-a "$root/srv/loop-b"
    ln -s "/$(repeat 180 t)" "$root/srv/long-target"

    # Modes and owners; numbers too large for the octal fields of a header.
    printf '#!/bin/sh\ncat /etc/greeting\n' >"$root/usr/local/bin/greet"
    chmod 0755 "$root/usr/local/bin/greet"
    printf 'su' >"$root/usr/bin/su" && chmod 4755 "$root/usr/bin/su"
    printf 'wall' >"$root/usr/bin/wall" && chown 0:5 "$root/usr/bin/wall" && chmod 2755 "$root/usr/bin/wall"
    chmod 1777 "$root/tmp"
    chown 0:8 "$root/var/mail" && chmod 2775 "$root/var/mail"
    chmod 0700 "$root/root"
    echo 'secret' >"$root/etc/shadow" && chown 0:42 "$root/etc/shadow" && chmod 0640 "$root/etc/shadow"
    echo 'nobody may' >"$root/home/ada/none" && chmod 0000 "$root/home/ada/none"
    chown -R 1000:1000 "$root/home/ada"
    echo 'owned by a large number' >"$root/srv/large-owner" && chown 3000000:3000001 "$root/srv/large-owner"

    # Names: long, of several scripts, not UTF-8, and with signs that have a meaning elsewhere.
    mkdir -p "$root/srv/$(repeat 120 d)/$(repeat 110 e)"
    echo long >"$root/srv/$(repeat 120 d)/$(repeat 110 e)/$(repeat 140 f).txt"
    ln "$root/srv/$(repeat 120 d)/$(repeat 110 e)/$(repeat 140 f).txt" "$root/srv/hard-link-to-a-long-name"
    mkdir -p "$root/srv/names"
    for name in 'naïve.txt' '日本語.txt' '🦀' ' leading space' 'trailing space ' "it's" '"quoted"' '<b>bold<b>' 'a&b' '-rf' \
        'back\slash' 'percent%20' 'hash#tag' 'question?' '...' '.wh-not.txt' $'tab\there' $'new\nline' $'latin1-caf\xe9' \
        $'cut-\xe6\x97' $'\xff\xfe'; do
        echo "$name" >"$root/srv/names/$name"
    done

    # Special files.
    mkfifo -m 0622 "$root/run/pipe"
    mknod -m 0666 "$root/dev/lamina-null" c 1 3
    mknod -m 0660 "$root/dev/lamina-disk" b 7 200

    # Content to look at: text, a picture, bytes, mostly zeros.
    cp "$here"/app/notes.txt "$root/usr/share/doc/greet/notes.txt"
    base64 -d "$here/app/picture.png.base64" >"$root/usr/share/doc/greet/picture.png"
    head -c 65536 "$busybox" >"$root/usr/share/doc/greet/bytes.bin"
    truncate -s 4M "$root/var/lib/mostly-zeros"
    printf end >>"$root/var/lib/mostly-zeros"
    echo 1 >"$root/var/lib/gone/deep/deeper/file"
    echo 2 >"$root/var/lib/gone/deep/file"
    echo 3 >"$root/opt/flip/inner/file"
    echo 4 >"$root/var/cache/opaque/old/file"
    echo 5 >"$root/var/cache/opaque/older"

    set_xattrs "$root"
    find "$root" -exec touch -h -d '2026-01-02 03:04:05.123456789 UTC' {} +
    touch -d '1969-12-31 12:00:00 UTC' "$root/etc/empty"
}

repeat() { printf "%$1s" | tr ' ' "$2"; }

# A file capability and an extended attribute of the user's, where the disk takes them; which ones, in $work/xattrs.json.
set_xattrs() {
    python3 - "$1" "$work/xattrs.json" <<'PYTHON'
import json, os, struct, sys
root, told = sys.argv[1:]
taken = {}
# VFS_CAP_REVISION_2 with the effective bit; CAP_NET_BIND_SERVICE permitted.
capability = struct.pack("<5I", 0x02000001, 1 << 10, 0, 0, 0)
for name, key, value in [
    ("usr/local/bin/greet", "security.capability", capability),
    ("etc/greeting", "user.comment", "kept in a PAX record".encode()),
]:
    try:
        os.setxattr(os.path.join(root, name), key, value)
        taken[name] = key
    except OSError as problem:
        print("images: no %s on this disk: %s" % (key, problem), file=sys.stderr)
json.dump(taken, open(told, "w"))
PYTHON
}
