//! containerd by its tool: what the tool prints, and what becomes of one that fails or is not waited for.
//!
//! `tests/e2e/browser/engines.mjs` asks the real one.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use lamina::io::{EngineCause, EngineNews};

use super::orders::{cause, engines, last, open, order_bytes, until};
use super::{page, served};

/// A tool that prints as ctr 1.6 does.
const CTR: &str = r#"#!/bin/sh
[ "$1" = --address ] || exit 2
echo "$@" >> "$HOME/asked"
shift 2
case "$*" in
"namespaces ls -q") printf 'default\nmoby\nk8s.io\n' ;;
"--namespace default images ls")
    echo "REF                   TYPE          DIGEST    SIZE    PLATFORMS   LABELS "
    echo "docker.io/library/a:1 application/x sha256:aa 2.0 KiB linux/amd64 -      "
    echo "docker.io/library/s:1 application/x sha256:cc 1.0 MiB linux/amd64 -      " ;;
"--namespace k8s.io images ls") echo "ctr: broken namespace" >&2; exit 1 ;;
"--namespace default images export - docker.io/library/a:1") head -c 1024 /dev/zero ;;
"--namespace default images export - docker.io/library/cut:1") head -c 700 /dev/zero ;;
"--namespace default images export - docker.io/library/late:1") head -c 1024 /dev/zero; echo "ctr: gone" >&2; exit 1 ;;
"--namespace default images export - docker.io/library/s:1") echo $$ > "$HOME/pid"; printf 0123; exec sleep 600 ;;
*) echo 'ctr: image "x": not found' >&2; exit 1 ;;
esac
"#;

fn is_alive(pid: &str) -> bool {
    Path::new("/proc").join(pid.trim()).exists()
}

#[test]
fn images_are_listed_and_exported_by_the_tool() {
    let folder = page("containerd");
    let socket = folder.join("containerd.sock");
    let tool = folder.join("ctr");
    std::fs::write(&tool, CTR).unwrap();
    std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(&socket, "").unwrap();
    let (served, key) = served(&folder, &[]);
    let own = format!("containerd://{}#", socket.display());
    let lines: Vec<String> = engines(&served, &key)
        .iter()
        .filter_map(|engine| Some((engine.address.strip_prefix(&own)?, &engine.listed)))
        .map(|(namespace, listed)| match listed {
            Ok(list) => {
                let images = list.images.iter();
                let images = images.map(|image| format!("{} {:?}", image.name(), image.size_bytes));
                format!("{namespace}: {}", images.collect::<Vec<_>>().join(", "))
            }
            Err(trouble) => format!("{namespace}: {}", trouble.said),
        })
        .collect();
    assert_eq!(
        lines,
        [
            "default: docker.io/library/a:1 Some(2048), docker.io/library/s:1 Some(1048576)",
            "k8s.io: ctr: broken namespace",
        ],
        "Docker tells its own namespace"
    );
    let default = format!("{own}default");
    assert_eq!(
        last(&served, &key, &open(&default, "docker.io/library/a:1")),
        EngineNews::Ready(0, 1024)
    );
    for (engine, image, expected) in [
        (default.as_str(), "gone:1", EngineCause::Other),
        (&default, "docker.io/library/cut:1", EngineCause::CutOff),
        (&default, "docker.io/library/late:1", EngineCause::Other),
        (&default, "--help", EngineCause::NoSuchImage),
        (&default, "a;reboot", EngineCause::NoSuchImage),
        (&format!("{own}moby"), "a:1", EngineCause::Unknown),
        (&format!("{own}--help"), "a:1", EngineCause::Unknown),
        ("containerd:///etc#default", "a:1", EngineCause::Unknown),
    ] {
        let news = last(&served, &key, &open(engine, image));
        assert_eq!(cause(&news), expected, "{image}");
    }
    let asked = std::fs::read_to_string(folder.join("asked")).unwrap();
    assert!(
        !asked.contains("--help") && !asked.contains("reboot"),
        "{asked}"
    );

    // A page that goes takes the tool along.
    let slow = open(&default, "docker.io/library/s:1");
    let mut stream = std::net::TcpStream::connect(&served.host).unwrap();
    stream
        .write_all(&order_bytes(&served, &key, &slow, b""))
        .unwrap();
    let pid = std::fs::read_to_string(super::until(|| folder.join("pid"))).unwrap();
    assert!(is_alive(&pid));
    drop(stream);
    until("the tool ends", || !is_alive(&pid));
}
