# What people drop by mistake, and what a bad disk or download leaves. Made from app and copies. Sourced by make.sh.
#
# Leaves in damaged.json which layer was flipped, its digest as the manifest states it, and as its bytes now have it.

make_damaged() {
    local to=$1 layout=$out/copies/skopeo-gzip
    echo 'This is a letter, not an image.' >"$to/letter.txt"
    : >"$to/empty.tar"
    head -c 100000 /dev/zero | tr '\0' 'x' >"$to/letters.bin"
    (cd "$scratch" && python3 -m zipfile -c "$to/letter.zip" "$to/letter.txt")
    if [ ! -d "$layout" ]; then
        skip "damaged images" "there is no image to damage"
        return 0
    fi
    local whole=$out/app/app.docker.tar
    head -c $(($(stat -c %s "$whole") * 6 / 10)) "$whole" >"$to/truncated.docker.tar"
    head -c $(($(stat -c %s "$whole.gz") * 6 / 10)) "$whole.gz" >"$to/truncated.docker.tar.gz"
    cp -r "$layout" "$work/flipped"
    python3 - "$work/flipped" "$whole" "$to" <<'PYTHON'
import hashlib, json, os, shutil, sys, tarfile

layout, archive, to = sys.argv[1:]

def blob(digest):
    return os.path.join(layout, "blobs", *digest.split(":"))

def flip(file, offset, count):
    """Turns every bit of some bytes."""
    with open(file, "r+b") as f:
        f.seek(offset)
        old = f.read(count)
        f.seek(offset)
        f.write(bytes(byte ^ 0xFF for byte in old))

index = json.load(open(os.path.join(layout, "index.json")))
# A config that is no JSON, over whole layers.
broken = layout + "-config"
shutil.copytree(layout, broken)
named = json.load(open(blob(index["manifests"][0]["digest"])))["config"]["digest"]
with open(os.path.join(broken, "blobs", *named.split(":")), "w") as config:
    config.write("no JSON")
shutil.make_archive(os.path.join(to, "config.oci"), "tar", broken)
manifest = json.load(open(blob(index["manifests"][0]["digest"])))
# The base: the largest layer, so that its middle is far into its content; all other layers stay whole.
layers = manifest["layers"]
number = max(range(len(layers)), key=lambda i: layers[i]["size"])
stated = layers[number]["digest"]
flip(blob(stated), layers[number]["size"] // 2, 64)
actual = "sha256:" + hashlib.sha256(open(blob(stated), "rb").read()).hexdigest()
shutil.make_archive(os.path.join(to, "flipped.oci"), "tar", layout)

# In a plain layer the tar still reads: only the digest tells. Content of a file is flipped, no header.
file = os.path.join(to, "flipped.docker.tar")
shutil.copyfile(archive, file)
with tarfile.open(file) as outer:
    documents = json.load(outer.extractfile("manifest.json"))[0]
    config = json.load(outer.extractfile(documents["Config"]))
    member = outer.getmember(documents["Layers"][0])
    with tarfile.open(fileobj=outer.extractfile(member)) as inner:
        victim = inner.getmember("./usr/bin/busybox")
    at = member.offset_data + victim.offset_data + victim.size // 2
flip(file, at, 64)
with tarfile.open(file) as outer:
    plain = "sha256:" + hashlib.sha256(outer.extractfile(member).read()).hexdigest()

json.dump(
    {
        "oci": {"layer": number, "stated": stated, "actual": actual},
        "docker": {"layer": 0, "stated": config["rootfs"]["diff_ids"][0], "actual": plain},
    },
    open(os.path.join(to, "damaged.json"), "w"),
    indent=1,
)
PYTHON
    chmod -R a+rX "$to"
    made=1
}
