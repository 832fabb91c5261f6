//! The packages that `lamina inspect` tells of an image, in its document and in its tables.

use serde_json::json;

use super::inspect::documented;
use super::{archive, lamina};

/// A Debian with a package that its second layer changes, one that it removes, and hostile texts.
const DEBIAN: [&str; 2] = [
    "usr/bin/a = @100\nusr/lib/b = @50\n
     var/lib/dpkg/status = Package: a\\nStatus: install ok installed\\nVersion: 1\\x1b[31m\\nArchitecture: amd64\\nSource: src\\nInstalled-Size: 3\\n\\nPackage: b\\nStatus: install ok installed\\nVersion: 2\\n\n
     var/lib/dpkg/info/a.list = /usr/bin/a\\n/usr/bin/gone\\n\nvar/lib/dpkg/info/b.list = /usr/lib/b\\n\n
     usr/bin/gone = x\nusr/share/doc/a/copyright = Format: x\\n\\nLicense: MIT\\n",
    "usr/bin/.wh.gone =\nusr/lib/.wh.b =\nvar/lib/dpkg/info/.wh.b.list =\nsrv/caf\\xe9 = @7
     var/lib/dpkg/status = Package: a\\nStatus: install ok installed\\nVersion: 1.1\\nArchitecture: amd64\\nSource: src\\nInstalled-Size: 3\\n",
];

#[test]
fn inspect_tells_the_packages() {
    let bytes = archive(&DEBIAN);
    let (status, out, _) = lamina(&["inspect", "-"], &bytes);
    assert_eq!(status, 0);
    let line = "Packages  1 deb, 1 removed, 1 of them still shipped below, 4 files of no package (";
    assert!(out.contains(line), "{out}");
    assert!(out.contains("1 file of packages deleted\n"), "{out}");
    assert!(!out.contains("PACKAGE"), "{out}");
    let (_, out, _) = lamina(&["inspect", "--packages", "-"], &bytes);
    let rows: Vec<Vec<&str>> = out
        .lines()
        .skip_while(|line| !line.starts_with("PACKAGE"))
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        rows[1][..8],
        ["a", "1.1", "deb", "100", "B", "1", "0", "~1"]
    );
    assert_eq!(rows[2][..8], ["b", "2", "deb", "50", "B", "1", "0", "-1"]);
    let document = documented(&["-"], &bytes, 0);
    let packages = &document["images"][0]["packages"];
    assert_eq!(document["images"][0]["packages_problem"], json!(null));
    let place = |path: &str, layer: u32| json!({"asked": path, "path": path, "layer": layer});
    let first = &packages["packages"][0];
    assert_eq!(
        first["line"],
        document["images"][0]["history"][0]["created_by"]
    );
    let mut first = first.clone();
    first["line"] = json!("");
    assert_eq!(
        first,
        json!({
            "kind": "deb", "name": "a", "version": "1.1", "architecture": "amd64", "licences": ["MIT"],
            "source": "src", "installed": true, "layer": 0, "line": "",
            "events": [
                {"layer": 0, "change": "added", "version": "1\u{1b}[31m", "exact": true},
                {"layer": 1, "change": "changed", "version": "1.1", "exact": true},
            ],
            "declared_bytes": 3072, "owned_bytes": 100, "files": 1, "files_gone": 1,
            "record": place("var/lib/dpkg/status", 1), "list": place("var/lib/dpkg/info/a.list", 0),
        })
    );
    assert_eq!(packages["packages"][1]["installed"], false);
    assert_eq!(packages["packages"][1]["owned_bytes"], 50);
    assert_eq!(
        packages["databases"],
        json!([{
            "kind": "deb", "file": place("var/lib/dpkg/status", 1), "packages": 1, "malformed": 0,
            "left_out": 0, "paths_left_out": 0,
        }])
    );
    let bytes =
        json!({"path": "srv/caf\\xe9", "path_bytes": "7372762f636166e9", "bytes": 7, "layer": 1});
    let largest = packages["unowned"]["largest"].as_array().unwrap();
    assert!(largest.contains(&bytes), "{largest:?}");
    assert_eq!(
        packages["gone"],
        json!({
            "deleted": 1, "never": 0,
            "first": [{"path": "usr/bin/gone", "package": "a", "deleted_by": 1}],
        })
    );
    assert_eq!(packages["gaps"], json!([]));
}

#[test]
fn inspect_says_that_there_are_no_packages() {
    let bytes = archive(&["hello = world"]);
    let (_, out, _) = lamina(&["inspect", "--packages", "-"], &bytes);
    assert!(out.contains("Packages  no database found\n"), "{out}");
    let packages = &documented(&["-"], &bytes, 0)["images"][0]["packages"];
    assert_eq!(packages["packages"], json!([]));
    assert_eq!(packages["unowned"], json!(null));
}

#[test]
fn inspect_says_what_of_a_database_is_not_read() {
    let bytes = archive(&["lib/apk/db/installed = P:a\\nV:1\\n\\nrubbish\\n\\n"]);
    let (_, out, _) = lamina(&["inspect", "-"], &bytes);
    assert!(
        out.contains(", /lib/apk/db/installed: 1 malformed\n"),
        "{out}"
    );
    let bytes = archive(&["var/lib/dpkg/status = rubbish\\n"]);
    let (_, out, _) = lamina(&["inspect", "-"], &bytes);
    let line = "Packages  none found, /var/lib/dpkg/status: 1 malformed\n";
    assert!(out.contains(line), "{out}");
}

#[test]
fn inspect_tells_a_database_that_a_layer_deleted() {
    let bytes = archive(&["lib/apk/db/installed = P:a\\nV:1\\n\\n", "lib/apk/.wh.db ="]);
    let (_, out, _) = lamina(&["inspect", "-"], &bytes);
    let line = "Packages  none found, 1 of a database that a layer deleted\n";
    assert!(out.contains(line), "{out}");
    let package = &documented(&["-"], &bytes, 0)["images"][0]["packages"]["packages"][0];
    assert_eq!(package["installed"], json!(null));
    assert_eq!(package["events"][1]["change"], "database-gone");
}
