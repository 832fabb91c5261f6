//! The system that an image holds: layers as text in, findings as text out, a line each.

use std::ops::ControlFlow;
use std::rc::Rc;

use lamina::bounds::{LayerLimits, Limits};
use lamina::image::{ConfigDocument, escape};
use lamina::insight::system::{FilePlace, Gap, System};
use lamina::layer::{FileHashes, ReadOptions};
use lamina::workspace::{LayerStatus, NoAnalysis, OpenImage, read_layer, system_task};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::{config_of, docker_save, open_tar};
use crate::support::{run, tar_of};

/// The first bytes of programs for three machines, as the recipes write them.
const AMD64: &str = "\\x7fELF\\x02\\x01\\x01\\x00________\\x03\\x00\\x3e\\x00 | mode=0755";
const ARM64: &str = "\\x7fELF\\x02\\x01\\x01\\x00________\\x03\\x00\\xb7\\x00 | mode=0755";
const S390X: &str = "\\x7fELF\\x02\\x02\\x01\\x00________\\x00\\x03\\x00\\x16 | mode=0755";

/// An image of layers parted by lines of dashes, none of them read. `AMD64` and the like in a layer stand for the
/// programs' bytes, and `config` adds to its config.
pub(super) fn found(layers: &str, config: &serde_json::Value) -> OpenImage {
    found_within(layers, config, Limits::DEFAULT)
}

/// The same within other bounds.
pub(super) fn found_within(layers: &str, config: &serde_json::Value, limits: Limits) -> OpenImage {
    let text = [("AMD64", AMD64), ("ARM64", ARM64), ("S390X", S390X)]
        .iter()
        .fold(layers.to_owned(), |text, (name, bytes)| {
            text.replace(name, bytes)
        });
    let tars: Vec<Vec<u8>> = text.split("---").map(tar_of).collect();
    let tars: Vec<&[u8]> = tars.iter().map(Vec::as_slice).collect();
    let mut image = open_tar(&docker_save(&["a:1"], &tars))
        .unwrap()
        .images
        .remove(0);
    let mut document = config_of(&tars);
    for (name, value) in config.as_object().unwrap() {
        document[name] = value.clone();
    }
    let document = ConfigDocument::parse(document.to_string().into_bytes(), 1 << 20).unwrap();
    image.config = Some(Ok(document));
    OpenImage::new(image, limits)
}

pub(super) fn read(image: &mut OpenImage, layer: usize) {
    let options = ReadOptions {
        limits: LayerLimits::DEFAULT,
        file_hashes: FileHashes::Skip,
    };
    let task = image.task(layer).unwrap();
    let go_on = |_| ControlFlow::Continue(());
    let (read, verdict) = run(read_layer(task, options, &go_on)).unwrap();
    image.accept(layer, LayerStatus::Read(Rc::new(read), verdict));
}

fn system_of(image: &OpenImage) -> System {
    run(system_task(image).unwrap().run(&|_| None))
}

fn read_system(layers: &str, config: &serde_json::Value) -> System {
    let mut image = found(layers, config);
    while let Some(layer) = image.next_waiting() {
        read(&mut image, layer);
    }
    system_of(&image)
}

/// The path that was looked for, the one that it leads to if that is another, and the layer.
fn place(place: &FilePlace) -> String {
    let (asked, path) = (escape(&place.asked), escape(&place.path));
    match asked == path {
        true => format!("{path}@{}", place.layer.0),
        false => format!("{asked}={path}@{}", place.layer.0),
    }
}

/// The findings, a line each. What is not there has no line.
fn told(system: &System) -> Vec<String> {
    let release = &system.distribution.release;
    let mut line = format!("is {}", system.distribution.basis.word());
    let file = system.distribution.file.as_ref();
    line.extend(file.map(|file| format!(" by {}", place(file))));
    for text in [
        &release.pretty_name,
        &release.name,
        &release.id,
        &release.version_id,
    ] {
        if !text.is_empty() {
            line += &format!(" {text:?}");
        }
    }
    if system.distribution.is_distroless {
        line += " distroless";
    }
    let mut lines = vec![line];
    let architecture = &system.architecture;
    lines.push(format!(
        "{} {}",
        architecture.declared,
        architecture.agreement.word()
    ));
    for program in &architecture.executables {
        let named = program.architecture().unwrap_or(program.form.word());
        let differs = if program.agrees == Some(false) {
            " differs"
        } else {
            ""
        };
        lines.push(format!("program {} {named}{differs}", place(&program.file)));
    }
    for loader in &system.loaders {
        lines.push(format!("{} {}", loader.libc.word(), place(&loader.file)));
    }
    lines.extend(
        system
            .shell
            .iter()
            .map(|shell| format!("shell {}", place(shell))),
    );
    lines.extend(
        system
            .init
            .iter()
            .map(|init| format!("init {}", place(init))),
    );
    for tool in &system.package_managers {
        lines.push(format!("{} {}", tool.manager.word(), place(&tool.file)));
    }
    if let Some(file) = &system.users.file {
        let names: Vec<_> = system
            .users
            .first
            .iter()
            .map(|user| format!("{}:{}", user.name, user.uid))
            .collect();
        let (n, bad) = (system.users.n, system.users.n_malformed);
        lines.push(format!(
            "users {} {n} and {bad} bad {}",
            place(file),
            names.join(" ")
        ));
    }
    if let Some(file) = &system.groups.file {
        lines.push(format!("groups {} {}", place(file), system.groups.n));
    }
    for (name, places) in [("kernel", &system.kernels), ("modules", &system.modules)] {
        for found in &places.first {
            lines.push(format!("{name} {} of {}", place(found), places.n));
        }
    }
    lines.extend(system.gaps.iter().map(|gap| match gap {
        Gap::Layer { layer, why } => format!("gap layer {} {why}", layer.0),
        Gap::File { path, why } => format!("gap {} {why}", escape(path)),
    }));
    lines
}

fn same(system: &System, expected: &str) {
    let expected: Vec<_> = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let actual = told(system);
    assert_eq!(actual, expected, "actual:\n{}", actual.join("\n"));
}

/// Checks the findings about an image whose config says amd64 and nothing else.
fn check(layers: &str, expected: &str) {
    same(&read_system(layers, &json!({})), expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn debian_is_told_through_its_links() {
    check(
        "bin -> usr/bin\nsbin -> usr/sbin\nlib -> usr/lib\nlib64 -> usr/lib64
         etc/os-release -> ../usr/lib/os-release
         usr/lib/os-release = PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\\nNAME=\"Debian GNU/Linux\"\\nID=debian\\nVERSION_ID=\"12\"\\n
         usr/bin/dash = AMD64\nusr/bin/sh -> dash\nusr/bin/env = AMD64\nusr/bin/apt-get = AMD64\nusr/bin/dpkg = AMD64
         usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 = x\nusr/lib64/ld-linux-x86-64.so.2 -> /lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
         etc/passwd = root:x:0:0:root:/root:/bin/sh\\n
         etc/group = root:x:0:\\nadm:x:4:\\n
         ---
         etc/passwd = root:x:0:0:root:/root:/bin/sh\\nbad\\napp:x:1000:1000::/:\\n",
        "is os-release by etc/os-release=usr/lib/os-release@0 \"Debian GNU/Linux 12 (bookworm)\" \"Debian GNU/Linux\" \"debian\" \"12\"
         amd64 agrees
         program bin/sh=usr/bin/dash@0 amd64
         program usr/bin/env@0 amd64
         glibc lib64/ld-linux-x86-64.so.2=usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2@0
         shell bin/sh=usr/bin/dash@0
         dpkg usr/bin/dpkg@0
         apt usr/bin/apt-get@0
         users etc/passwd@1 2 and 1 bad root:0 app:1000
         groups etc/group@0 2",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn alpine_is_told_without_os_release() {
    check(
        "bin/busybox = AMD64\nbin/sh -> /bin/busybox\nsbin/init -> /bin/busybox\nsbin/apk = AMD64
         lib/ld-musl-x86_64.so.1 = AMD64\nlib/libc.musl-x86_64.so.1 -> ld-musl-x86_64.so.1
         etc/alpine-release = 3.20.1\\n",
        "is alpine-release by etc/alpine-release@0 \"Alpine Linux\" \"alpine\" \"3.20.1\"
         amd64 agrees
         program bin/sh=bin/busybox@0 amd64
         musl lib/ld-musl-x86_64.so.1@0
         shell bin/sh=bin/busybox@0
         init sbin/init=bin/busybox@0
         apk sbin/apk@0",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn other_evidence_is_taken_in_turn() {
    check(
        "etc/debian_version = trixie/sid\\n",
        "is debian-version by etc/debian_version@0 \"Debian GNU/Linux\" \"debian\" \"trixie/sid\"\namd64 unknown",
    );
    check(
        "etc/redhat-release = CentOS release 6.10 (Final)\\n",
        "is redhat-release by etc/redhat-release@0 \"CentOS release 6.10 (Final)\"\namd64 unknown",
    );
    check(
        "bin/busybox = x",
        "is busybox by bin/busybox@0\namd64 unknown\nprogram bin/busybox@0 other",
    );
    check(
        "var/lib/dpkg/status.d/base = x",
        "is status-d by var/lib/dpkg/status.d@0 distroless\namd64 unknown",
    );
    same(
        &read_system("Files/Windows/System32/cmd.exe = MZ", &json!({"os": ""})),
        "is windows by Files/Windows@0\namd64 unknown",
    );
    check("hello = AMD64", "is scratch\namd64 unknown");
    check(
        "bin/sh = #!x",
        "is unknown\namd64 unknown\nprogram bin/sh@0 script\nshell bin/sh@0",
    );
    check(
        "usr/lib/os-release = NAME='Debian GNU/Linux'\\nPRETTY_NAME=Distroless\\nID=debian\nvar/lib/dpkg/status.d/base = x",
        "is os-release by usr/lib/os-release@0 \"Distroless\" \"Debian GNU/Linux\" \"debian\" distroless
         amd64 unknown",
    );
    let windows = json!({"os": "windows", "os.version": "10.0.20348.2"});
    same(
        &read_system("etc/os-release = NAME=x", &windows),
        "is windows \"10.0.20348.2\"\namd64 unknown",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_later_layer_takes_evidence_away() {
    check(
        "etc/os-release = NAME=a\nbin/sh = AMD64\n---\netc/.wh.os-release =\nbin/.wh.sh =",
        "is scratch\namd64 unknown",
    );
    check(
        "etc/os-release = NAME=a\n---\netc/os-release = NAME=b",
        "is os-release by etc/os-release@1 \"b\"\namd64 unknown",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_program_that_is_started_is_found_as_an_engine_finds_it() {
    let check = |layers: &str, architecture: &str, config: serde_json::Value, expected: &str| {
        let config = json!({"architecture": architecture, "config": config});
        let system = read_system(layers, &config);
        assert_eq!(told(&system)[1..].join("; "), expected, "{config}");
    };
    let app = "app/run = ARM64\nopt/bin/run = S390X\nusr/bin/run = #!/bin/sh";
    check(
        app,
        "arm64",
        json!({"Entrypoint": ["/app/run"], "Cmd": ["x"]}),
        "arm64 agrees; program app/run@0 arm64",
    );
    check(
        app,
        "aarch64",
        json!({"Cmd": ["/app/run"]}),
        "aarch64 agrees; program app/run@0 arm64",
    );
    check(
        app,
        "s390x",
        json!({"Cmd": ["run"], "Env": ["PATH=/usr/bin:/opt/bin"]}),
        "s390x agrees; program opt/bin/run@0 s390x",
    );
    check(
        app,
        "amd64",
        json!({"Cmd": ["./run"], "WorkingDir": "/app"}),
        "amd64 differs; program app/./run=app/run@0 arm64 differs",
    );
    check(
        app,
        "",
        json!({"Cmd": ["/app/run"]}),
        " unknown; program app/run@0 arm64",
    );
    check(app, "arm64", json!({"Cmd": ["missing"]}), "arm64 unknown");
}

#[wasm_bindgen_test(unsupported = test)]
fn any_program_is_taken_where_none_is_named() {
    check(
        "usr/bin/a = #!/bin/x | mode=0755\nusr/bin/b = S390X\nusr/bin/c = S390X\nusr/bin/data = x",
        "is scratch
         amd64 differs
         program usr/bin/a@0 script
         program usr/bin/b@0 s390x differs",
    );
    let many: String = (10..60)
        .map(|n| format!("usr/bin/p{n} = # | mode=0755\n"))
        .collect();
    let system = read_system(&many, &json!({}));
    assert_eq!(system.architecture.executables.len(), 16);
}

#[wasm_bindgen_test(unsupported = test)]
fn kernels_are_listed_by_name_and_counted() {
    check(
        "boot/vmlinuz-6.1 = x\nboot/config-6.1 = x\nlib/modules/6.1/a.ko = x\nvmlinuz -> boot/vmlinuz-6.1",
        "is scratch
         amd64 unknown
         kernel boot/vmlinuz-6.1@0 of 1
         modules lib/modules/6.1@0 of 1",
    );
    let many: String = (10..60).map(|n| format!("lib/modules/{n}/\n")).collect();
    let modules = read_system(&many, &json!({})).modules;
    assert_eq!((modules.first.len(), modules.n), (16, 50));
    assert_eq!(place(&modules.first[15]), "lib/modules/25@0");
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_no_file_is_a_gap() {
    check(
        "etc/os-release -> /proc/none\netc/passwd/\netc/group c 1:3\netc/debian_version = 12.5",
        "is debian-version by etc/debian_version@0 \"Debian GNU/Linux\" \"debian\" \"12.5\"
         amd64 unknown
         gap etc/group no regular file
         gap etc/os-release a symbolic link that leads nowhere
         gap etc/passwd no regular file",
    );
    check(
        "etc/os-release -> os-release\nbin/sh -> sh",
        "is unknown\namd64 unknown\ngap etc/os-release a symbolic link that leads nowhere",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_large_file_is_read_up_to_a_bound() {
    let n_lines = 3_000_000 / 20;
    let lines: String = (0..n_lines)
        .map(|n| format!("u{n:07}:x:1:1:::\\n"))
        .collect();
    let system = read_system(&format!("etc/passwd = {lines}"), &json!({}));
    let line_bytes = "u0000000:x:1:1:::\n".len() as u32;
    assert_eq!(system.users.n, 1024 * 1024 / line_bytes);
    assert_eq!(
        (system.users.first.len(), system.users.n_malformed),
        (1_000, 0)
    );
    let size_bytes = n_lines * line_bytes;
    assert_eq!(
        told(&system).last().unwrap(),
        &format!("gap etc/passwd 1048576 of {size_bytes} bytes read")
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn layers_that_are_not_read_are_gaps() {
    let layers = "bin/busybox = AMD64\n---\netc/os-release = NAME=a\n---\nx = 1";
    let mut image = found(layers, &json!({}));
    let problem = system_task(&image).err();
    assert_eq!(problem, Some(NoAnalysis::Waiting { layer: 0 }));
    read(&mut image, 0);
    // That there is nothing better than busybox is not known yet.
    let partly = "is unknown\namd64 agrees\nprogram bin/busybox@0 amd64";
    same(
        &system_of(&image),
        &format!("{partly}\ngap layer 1 not read\ngap layer 2 not read"),
    );
    image.accept(1, LayerStatus::LeftOut);
    read(&mut image, 2);
    same(
        &system_of(&image),
        &format!("{partly}\ngap layer 1 not read"),
    );
    read(&mut image, 1);
    let whole =
        "is os-release by etc/os-release@1 \"a\"\namd64 agrees\nprogram bin/busybox@0 amd64";
    same(&system_of(&image), whole);
}

#[wasm_bindgen_test(unsupported = test)]
fn an_artifact_has_no_system() {
    let mut image = found("a = 1", &json!({})).found.clone();
    image.artifact_type = Some("application/x".to_owned());
    let image = OpenImage::new(image, Limits::DEFAULT);
    assert_eq!(system_task(&image).err(), Some(NoAnalysis::Artifact));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_folder_of_windows_makes_no_windows_of_a_linux_image() {
    check(
        "Files/Windows/\nbin/busybox = AMD64\netc/os-release = ID=alpine\\n",
        "is os-release by etc/os-release@0 \"alpine\"
         amd64 agrees
         program bin/busybox@0 amd64",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn files_of_one_content_are_each_read_for_their_own_purpose() {
    let system = read_system(
        "etc/os-release = ID=odd\\n\netc/passwd -> os-release",
        &json!({}),
    );
    assert_eq!(system.distribution.release.id, "odd");
    assert_eq!((system.users.n, system.users.n_malformed), (0, 1));
    assert_eq!(
        place(system.users.file.as_ref().unwrap()),
        "etc/passwd=etc/os-release@0"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_release_file_that_gives_nothing_is_not_taken_for_scratch() {
    check(
        "etc/os-release/",
        "is unknown
         amd64 unknown
         gap etc/os-release no regular file",
    );
}
