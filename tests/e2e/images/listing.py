"""Reference listings for the end-to-end tests, read by Python's own tarfile or from the disk, not by Lamina.

    listing.py tar FILE     the entries of a flat tar (docker export)
    listing.py dir FOLDER   what lies in a folder (umoci unpack), by lstat

Prints JSON lines in the shape of `lamina ls`, without `layer`: path, type, mode, uid, gid, size, linkname, sorted by
the path's bytes, the root left out. Bytes that are not UTF-8 appear as \\xHH, with all bytes in path_bytes. A hard link
is a file with its target's content and size.
"""

import json
import os
import stat
import sys
import tarfile


def text(raw):
    """The text of a name, and its bytes in hex if they are not valid UTF-8."""
    try:
        return raw.decode("utf-8"), None
    except UnicodeDecodeError:
        pass
    out = ""
    rest = raw
    while rest:
        try:
            out += rest.decode("utf-8")
            break
        except UnicodeDecodeError as problem:
            out += rest[: problem.start].decode("utf-8")
            out += "".join("\\x%02x" % byte for byte in rest[problem.start : problem.end])
            rest = rest[problem.end :]
    return out, raw.hex()


def row(path, kind, mode, uid, gid, size, linkname):
    """One line of a listing."""
    shown, path_bytes = text(path)
    link, link_bytes = text(linkname)
    line = {
        "path": shown,
        "type": kind,
        "mode": "%04o" % (0o777 if kind == "symlink" else mode & 0o7777),
        "uid": uid,
        "gid": gid,
        "size": size if kind == "file" else 0,
        "linkname": link,
    }
    if path_bytes:
        line["path_bytes"] = path_bytes
    if link_bytes:
        line["linkname_bytes"] = link_bytes
    return line


def clean(name):
    """A member's path without `./` and slashes around it."""
    raw = os.fsencode(name)
    while raw.startswith(b"./") or raw.startswith(b"/"):
        raw = raw[2:] if raw.startswith(b"./") else raw[1:]
    raw = raw.rstrip(b"/")
    return b"" if raw == b"." else raw


def from_tar(file):
    """The rows of a flat tar; the last entry of a name wins, as it does on extraction."""
    kinds = {
        tarfile.DIRTYPE: "dir",
        tarfile.SYMTYPE: "symlink",
        tarfile.CHRTYPE: "char",
        tarfile.BLKTYPE: "block",
        tarfile.FIFOTYPE: "fifo",
    }
    rows = {}
    with tarfile.open(file, encoding="utf-8", errors="surrogateescape") as archive:
        for member in archive:
            path = clean(member.name)
            if not path:
                continue
            if member.islnk():
                target = rows[clean(member.linkname)]
                rows[path] = row(path, target["type"], int(target["mode"], 8), target["uid"], target["gid"], target["size"], b"")
                continue
            kind = "file" if member.isreg() else kinds[member.type]
            link = os.fsencode(member.linkname) if kind == "symlink" else b""
            rows[path] = row(path, kind, member.mode, member.uid, member.gid, member.size, link)
    return rows


def from_folder(folder):
    """The rows of a folder, as lstat tells them."""
    kinds = [
        (stat.S_ISREG, "file"),
        (stat.S_ISDIR, "dir"),
        (stat.S_ISLNK, "symlink"),
        (stat.S_ISCHR, "char"),
        (stat.S_ISBLK, "block"),
        (stat.S_ISFIFO, "fifo"),
    ]
    root = os.fsencode(folder).rstrip(b"/")
    rows = {}
    for parent, folders, files in os.walk(root):
        for name in folders + files:
            full = os.path.join(parent, name)
            found = os.lstat(full)
            kind = next(kind for test, kind in kinds if test(found.st_mode))
            link = os.readlink(full) if kind == "symlink" else b""
            path = full[len(root) + 1 :]
            rows[path] = row(path, kind, stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid, found.st_size, link)
    return rows


def main():
    """Reads what the arguments name and prints its rows."""
    how, where = sys.argv[1:]
    rows = {"tar": from_tar, "dir": from_folder}[how](where)
    for path in sorted(rows):
        print(json.dumps(rows[path], ensure_ascii=False, separators=(",", ":")))


main()
