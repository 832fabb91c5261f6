//! The secrets of an image: layers as text in, findings as text out, a line each.

use std::cell::Cell;
use std::rc::Rc;

use lamina::bounds::Limits;
use lamina::image::escape;
use lamina::insight::secrets::{SecretFate, SecretList, SecretPlace};
use lamina::insight::system::Gap;
use lamina::io::{self, LocalFuture, ReadAt};
use lamina::source::SliceBlob;
use lamina::workspace::{OpenImage, secrets_task};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use super::system::{found, found_within, read};
use crate::archive::fixture::{docker_save, open_tar};
use crate::support::{run, tar_of};

/// The prefix of an AWS key, which no line of this file holds with what follows it.
const AWS: &str = "AKI";

fn secrets_of(layers: &str, config: &serde_json::Value) -> SecretList {
    let mut image = found(layers, config);
    while let Some(layer) = image.next_waiting() {
        read(&mut image, layer);
    }
    run(secrets_task(&image).unwrap().search(&|_| None)).finish(&image)
}

fn told(list: &SecretList) -> Vec<String> {
    let mut lines: Vec<String> = list
        .findings
        .iter()
        .map(|finding| {
            let fate = match finding.fate {
                SecretFate::Live => String::new(),
                fate => format!(" {} by {}", fate.word(), fate.by().unwrap().0),
            };
            let place = match &finding.place {
                SecretPlace::File { path, layer, line } => {
                    format!("{}:{line}@{}", escape(path), layer.0)
                }
                SecretPlace::Env { name } => format!("env {name}"),
                SecretPlace::Label { name } => format!("label {name}"),
                SecretPlace::History { step } => format!("history {step}"),
            };
            let standing = finding.standing.word();
            format!("{standing} {} {place}{fate}", finding.rule.word())
        })
        .collect();
    lines.extend(list.gaps.iter().map(|gap| match gap {
        Gap::Layer { layer, why } => format!("gap layer {} {why}", layer.0),
        Gap::File { path, why } => format!("gap {} {why}", escape(path)),
    }));
    lines
}

fn check(layers: &str, config: &serde_json::Value, expected: &[&str]) {
    let list = secrets_of(
        &layers.replace("AWS", &format!("{AWS}AQ7RTUVWXYZ2345AB")),
        config,
    );
    assert_eq!(told(&list), expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_secret_ships_with_its_layer_whatever_is_above() {
    check(
        "root/live = AWS\nroot/gone = x\\nAWS\nroot/over = AWS\nroot/dir/deep = AWS
         ---
         root/.wh.gone =\nroot/over = nothing\nroot/.wh.dir =
         ---
         root/late = AWS",
        &json!({}),
        &[
            "secret aws-access-key-id root/dir/deep:1@0 deleted by 1",
            "secret aws-access-key-id root/gone:2@0 deleted by 1",
            "secret aws-access-key-id root/late:1@2",
            "secret aws-access-key-id root/live:1@0",
            "secret aws-access-key-id root/over:1@0 overwritten by 1",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn attributes_over_a_secret_leave_it_live() {
    check(
        "root/a = AWS\n---\nroot/a = AWS | mode=0600",
        &json!({}),
        &[
            "secret aws-access-key-id root/a:1@0 overwritten by 1",
            "secret aws-access-key-id root/a:1@1",
        ],
    );
    check(
        "root/a = AWS\n---\nroot/b => root/a",
        &json!({}),
        &["secret aws-access-key-id root/a:1@0"],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_config_is_searched_too() {
    let key = format!("{AWS}AQ7RTUVWXYZ2345AB");
    check(
        "a = x",
        &json!({
            "config": {
                "Env": ["PATH=/bin", "DB_PASSWORD=hunter22", format!("K={key}"), "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568",
                        "DATABASE_URL=postgres://me:hunter22@db/x"],
                "Labels": {"org.example.token": "q8Z3kLw0xY", "org.example.name": "token"},
            },
            "history": [
                {"created_by": "RUN |2 NPM_TOKEN=q8Z3kLw0xYab VERSION=1 /bin/sh -c npm ci # buildkit"},
                {"created_by": "ENV PATH=/bin", "empty_layer": true},
            ],
        }),
        &[
            "secret variable env DATABASE_URL",
            "secret variable env DB_PASSWORD",
            "secret aws-access-key-id env K",
            "secret variable label org.example.token",
            "secret variable history 0",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_told_apart_comes_last() {
    check(
        "usr/share/doc/a/README = AWS\nb = AWS\nbin/c = \\x00AWS",
        &json!({}),
        &[
            "secret aws-access-key-id b:1@0",
            "example aws-access-key-id usr/share/doc/a/README:1@0",
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn unread_layers_are_gaps() {
    let mut image = found("a = x\n---\nb = y", &json!({}));
    read(&mut image, 0);
    let list = run(secrets_task(&image).unwrap().search(&|_| None)).finish(&image);
    assert_eq!(told(&list), ["gap layer 1 not read"]);
    assert_eq!(list.n_searched, 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_secret_lives_while_one_of_its_names_does() {
    let cases = [
        // The name goes, a hard link of the same layer or of a later one stays.
        ("root/a = AWS\nroot/b => root/a\n---\nroot/.wh.a =", ""),
        ("root/a = AWS\n---\nroot/b => root/a\n---\nroot/.wh.a =", ""),
        // Both go; the last one counts.
        (
            "root/a = AWS\nroot/b => root/a\n---\nroot/.wh.a =\n---\nroot/.wh.b =",
            " deleted by 2",
        ),
        (
            "root/a = AWS\nroot/b => root/a\n---\nroot/.wh.b =\n---\nroot/a = x",
            " overwritten by 2",
        ),
        // A file of the same layer takes the place.
        ("root/a = AWS\nroot/a = x", " overwritten by 0"),
        // A whole directory goes: by a whiteout above it, by an opaque marker, or as a file takes its place.
        ("root/a = AWS\n---\n.wh.root =", " deleted by 1"),
        ("root/a = AWS\n---\nroot/.wh..wh..opq =", " deleted by 1"),
        ("root/a = AWS\n---\nroot = x", " deleted by 1"),
        // What comes back with other content does not bring the secret back.
        (
            "root/a = AWS\n---\nroot/.wh.a =\n---\nroot/a = x",
            " deleted by 1",
        ),
    ];
    for (layers, fate) in cases {
        let expected = format!("secret aws-access-key-id root/a:1@0{fate}");
        check(layers, &json!({}), &[&expected]);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_was_looked_at_is_counted() {
    let list = secrets_of(
        "a = text\nb = \\x00binary\nempty =\nc/\nl => a\n---\na = other text",
        &json!({}),
    );
    assert_eq!((list.n_searched, list.n_binary, list.n_cut), (3, 1, 0));
}

#[wasm_bindgen_test(unsupported = test)]
fn long_texts_are_cut_and_told() {
    let layers = format!("a = x{}\nb = y", "0123456789".repeat(30)).replace("AWS", "");
    let mut limits = Limits::DEFAULT;
    limits.secrets.file_bytes = 300;
    let mut image = found_within(&layers, &json!({}), limits);
    read(&mut image, 0);
    let list = run(secrets_task(&image).unwrap().search(&|_| None)).finish(&image);
    assert_eq!((list.n_searched, list.n_cut, list.file_bytes), (2, 1, 300));
}

#[wasm_bindgen_test(unsupported = test)]
fn addresses_and_queries_are_searched() {
    check(
        "a = x",
        &json!({
            "history": [
                {"created_by": "RUN wget https://x.example && mail me:hunter22@x"},
                {"created_by": "RUN git clone https://me:hunter22@x.example/a.git"},
                {"created_by": "RUN curl 'https://x.example/?a=1&api_key=hunter22'"},
                {"created_by": "RUN echo \"//x.example/:_authToken=q8Z3kLw0xYab\" > .npmrc"},
                {"created_by": "RUN --mount=type=secret,id=npm_token make"},
            ],
        }),
        &[
            "secret variable history 1",
            "secret variable history 2",
            "secret variable history 3",
        ],
    );
}

/// A name holds a token, and would tell it.
#[wasm_bindgen_test(unsupported = test)]
fn names_tell_no_secret() {
    let key = format!("{AWS}AQ7RTUVWXYZ2345AB");
    let list = secrets_of(
        "a = x",
        &json!({"config": {"Labels": {key.clone(): key.clone()}}}),
    );
    assert_eq!(told(&list), ["secret aws-access-key-id label AKIA••••••••"]);
    assert!(!format!("{list:?}").contains(&key));
}

/// Bytes that are others once the layer was read.
struct Changing {
    bytes: Vec<u8>,
    has_changed: Cell<bool>,
    n_reads: Cell<u32>,
}

impl ReadAt for Changing {
    fn len_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, io::Error>> {
        self.n_reads.set(self.n_reads.get() + 1);
        let start = offset as usize;
        let change = u8::from(self.has_changed.get());
        let bytes = self.bytes[start..start + len].iter();
        let bytes = bytes.map(|byte| byte ^ change).collect();
        Box::pin(std::future::ready(Ok(bytes)))
    }
}

/// Three hundred files are not each read for themselves.
#[wasm_bindgen_test(unsupported = test)]
fn a_layer_of_changed_bytes_is_given_up() {
    let files: String = (0..300).map(|at| format!("f{at:03} = x\n")).collect();
    let tar = tar_of(&files);
    let changing = Rc::new(Changing {
        bytes: tar.clone(),
        has_changed: Cell::new(false),
        n_reads: Cell::new(0),
    });
    let mut image = open_tar(&docker_save(&["a:1"], &[&tar]))
        .unwrap()
        .images
        .remove(0);
    let bytes: Rc<dyn ReadAt> = changing.clone();
    image.layers[0].blob = Ok(Rc::new(SliceBlob::new(bytes, "a layer")));
    let mut image = OpenImage::new(image, Limits::DEFAULT);
    read(&mut image, 0);
    changing.has_changed.set(true);
    changing.n_reads.set(0);
    let list = run(secrets_task(&image).unwrap().search(&|_| None)).finish(&image);
    let gaps = told(&list);
    assert_eq!(gaps.len(), 2, "{gaps:?}");
    assert!(gaps[0].starts_with("gap layer 0 "), "{gaps:?}");
    assert!(gaps[1].starts_with("gap f000 "), "{gaps:?}");
    assert_eq!(list.n_searched, 0);
    assert!(changing.n_reads.get() < 20, "{}", changing.n_reads.get());
}
