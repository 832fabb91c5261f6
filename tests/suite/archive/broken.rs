//! Archives that are truncated, too large, or not archives of images at all.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;

use lamina::bounds::{ArchiveLimits, DocumentLimits, ImageLimits, Limits};
use lamina::io::{self, Bytes, LocalFuture, ReadAt};
use lamina::source::Error;
use lamina::source::archive::Input;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{run, tar_of};

use super::fixture::{
    Outer, bytes_of, check_opened, config_of, docker_save, file_input, gzip, oci_layout,
    open_input, open_tar, open_with, outline,
};

#[wasm_bindgen_test(unsupported = test)]
fn af_33_says_what_was_dropped_instead() {
    let check = |bytes: &[u8], words: &str| {
        let Err(Error::NotAnImage { what, found }) = open_input(file_input(bytes)) else {
            panic!("{words}: this is no image");
        };
        assert_eq!(what.to_string(), "test.tar");
        assert!(found.to_string().contains(words), "{found}");
    };
    check(b"", "an empty file");
    check(b"PK\x03\x04\x14\0", "zip");
    check(b"\x7fELF\x02\x01\x01", "ELF");
    check(b"{\"schemaVersion\": 2}", "JSON");
    check(b"just words\n", "plain text");
    check(&[0; 1024], "an empty tar");
    let blobs = Outer::new().blob("x").file("oci-layout", "{}");
    check(&blobs.tar(), "a part of an image archive");
}

#[wasm_bindgen_test(unsupported = test)]
fn af_33_says_what_folder_was_dropped_instead() {
    let check = |outer: Outer, words: &str| {
        let name = "stuff".to_owned();
        let files = outer.folder();
        let Err(Error::NotAnImage { found, .. }) = open_input(Input::Folder { name, files }) else {
            panic!("{words}: this is no image");
        };
        assert!(found.to_string().contains(words), "{found}");
    };
    check(Outer::new(), "an empty folder");
    check(
        Outer::new().file("stuff/a", "").file("stuff/b", ""),
        "without index.json",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn says_how_to_open_a_folder_of_skopeos_dir_transport() {
    let outer = Outer::new()
        .file("version", "Directory Transport Version: 1.1\n")
        .json("manifest.json", &json!({"schemaVersion": 2, "layers": []}));
    let error = open_tar(&outer).err().unwrap();
    assert!(error.to_string().contains("skopeo copy dir:"), "{error}");
}

/// The archive's list comes first. Everything indexed is shown, with a warning that the archive is truncated.
#[wasm_bindgen_test(unsupported = test)]
fn af_34_shows_what_stands_before_the_cut() {
    let (base, app) = (tar_of("etc/hosts = base"), tar_of("app = @5000"));
    let config = config_of(&[&base, &app]).to_string();
    let list = json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["1.tar", "2.tar"]}]);
    let outer = Outer::new()
        .json("manifest.json", &list)
        .file("c.json", &config)
        .file("1.tar", &base)
        .file("2.tar", &app);
    let whole = outer.tar();
    let end_of_app = whole.len() - 1024;
    let start_of_app = end_of_app - app.len();
    let known: [(&str, &[u8]); 2] = [("base", &base), ("app", &app)];

    let in_app = &whole[..start_of_app + 1000];
    let opened = open_input(file_input(in_app)).unwrap();
    check_opened(
        &opened,
        &known,
        "image a:1 linux/amd64: base ?
          warning archive-truncated
        warning archive-truncated",
    );
    assert_eq!(bytes_of(&opened.images[0].layers[1]).unwrap(), app[..1000]);

    let before_app = &whole[..start_of_app - 300];
    check_opened(
        &open_input(file_input(before_app)).unwrap(),
        &known,
        "image a:1 linux/amd64: base -
          warning archive-truncated
        warning archive-truncated",
    );
    // Only the end marker is missing, so nothing is lost.
    let without_end = &whole[..end_of_app];
    let opened = open_input(file_input(without_end)).unwrap();
    check_opened(&opened, &known, "image a:1 linux/amd64: base app");

    let stored = gzip(&whole);
    let opened = open_input(file_input(&stored[..stored.len() - 9])).unwrap();
    assert!(outline(&opened, &known).contains("warning archive-truncated"));
}

#[wasm_bindgen_test(unsupported = test)]
fn af_34_refuses_what_is_cut_before_its_list() {
    let base = tar_of("etc/hosts = @5000");
    for outer in [
        docker_save(&["a:1"], &[&base]),
        oci_layout("a", &[&base]).reversed(),
    ] {
        let whole = outer.tar();
        for cut in [700, 1600, 3000] {
            let error = open_input(file_input(&whole[..cut])).err().unwrap();
            assert!(
                matches!(error, Error::Malformed { .. }),
                "cut at {cut}: {error}"
            );
            assert!(error.to_string().contains("cut off at byte"), "{error}");
        }
        let stored = gzip(&whole);
        let error = open_input(file_input(&stored[..60])).err().unwrap();
        assert!(matches!(error, Error::Damaged { .. }), "{error}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn af_34_never_panics_wherever_it_is_cut() {
    let base = tar_of("etc/hosts = base");
    let whole = docker_save(&["a:1"], &[&base])
        .and(oci_layout("a", &[&base]))
        .tar();
    for cut in (0..whole.len()).step_by(97) {
        if let Ok(opened) = open_input(file_input(&whole[..cut])) {
            outline(&opened, &[]);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn af_34_ignores_what_follows_the_end() {
    let base = tar_of("etc/hosts = base");
    let mut bytes = docker_save(&["a:1"], &[&base]).tar();
    bytes.extend([0; 9 * 1024]);
    bytes.extend(b"trailing garbage".repeat(100));
    let opened = open_input(file_input(bytes)).unwrap();
    check_opened(&opened, &[("base", &base)], "image a:1 linux/amd64: base");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_damaged_header_keeps_what_stands_before_it() {
    let base = tar_of("etc/hosts = base");
    let list = json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l.tar"]}]);
    let outer = Outer::new()
        .json("manifest.json", &list)
        .file("l.tar", &base)
        .file("c.json", config_of(&[&base]).to_string());
    let mut bytes = outer.tar();
    let header = bytes.windows(6).position(|w| w == b"c.json").unwrap();
    let header = bytes[header + 6..]
        .windows(6)
        .position(|w| w == b"c.json")
        .unwrap()
        + header
        + 6;
    bytes[header + 100] ^= 0xff;
    let opened = open_input(file_input(bytes)).unwrap();
    check_opened(
        &opened,
        &[("base", &base)],
        "image a:1 -: base
          warning archive-truncated
        warning archive-truncated",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn limits_are_errors_with_their_number() {
    let base = tar_of("etc/hosts = base");
    let outer = docker_save(&["a:1"], &[&base, &base, &base]);
    let refused = |limits: Limits| {
        let opened = open_with(file_input(outer.tar()), &limits, &|_| {
            ControlFlow::Continue(())
        });
        opened.err().map(|error| error.to_string())
    };
    let members = refused(Limits {
        archive: ArchiveLimits {
            members: 2,
            ..ArchiveLimits::DEFAULT
        },
        ..Limits::DEFAULT
    });
    assert_eq!(
        members.as_deref(),
        Some("test.tar exceeds the limit of 2 members")
    );
    let json = refused(Limits {
        documents: DocumentLimits {
            json_bytes: 20,
            ..DocumentLimits::DEFAULT
        },
        ..Limits::DEFAULT
    });
    assert_eq!(
        json.as_deref(),
        Some("manifest.json exceeds the limit of 20 bytes for a document")
    );
    let limits = Limits {
        image: ImageLimits {
            layers: 2,
            ..ImageLimits::DEFAULT
        },
        ..Limits::DEFAULT
    };
    let opened = open_with(file_input(outer.tar()), &limits, &|_| {
        ControlFlow::Continue(())
    });
    check_opened(&opened.unwrap(), &[], "other unavailable a:1");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_nul_in_a_path_is_only_a_missing_member() {
    let list = json!([{"Config": "c\u{0}.json", "RepoTags": ["a:1"], "Layers": ["l\u{0}"]}]);
    let opened = open_tar(&Outer::new().json("manifest.json", &list)).unwrap();
    check_opened(&opened, &[], "image a:1 -: -");
}

/// Counts the bytes read of an archive that has a hole in place of its layers' bytes.
struct Counted {
    head: Bytes,
    hole_bytes: u64,
    tail: Bytes,
    read_bytes: Cell<u64>,
    n_reads: Cell<u64>,
}

impl Counted {
    fn whole(tar: Vec<u8>) -> Rc<Counted> {
        Rc::new(Counted {
            head: Bytes::new(tar),
            hole_bytes: 0,
            tail: Bytes::new(Vec::new()),
            read_bytes: Cell::new(0),
            n_reads: Cell::new(0),
        })
    }
}

impl ReadAt for Counted {
    fn len_bytes(&self) -> u64 {
        self.head.len_bytes() + self.hole_bytes + self.tail.len_bytes()
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, io::Error>> {
        self.read_bytes.set(self.read_bytes.get() + len as u64);
        self.n_reads.set(self.n_reads.get() + 1);
        let byte = |at: u64| match at.checked_sub(self.head.len_bytes()) {
            None => self.head.0[at as usize],
            Some(at) if at < self.hole_bytes => 0,
            Some(at) => self.tail.0[(at - self.hole_bytes) as usize],
        };
        let bytes = (offset..offset + len as u64).map(byte).collect();
        Box::pin(std::future::ready(Ok(bytes)))
    }
}

/// Opens without cutting the bytes, so that only the reads of one reader are counted.
fn open_once(input: Input) -> lamina::source::archive::OpenedArchive {
    open_with(input, &Limits::DEFAULT, &|_| ControlFlow::Continue(())).unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn af_36_reads_only_headers_of_a_gigabyte() {
    const GIB: u64 = 1 << 30;
    let mut header = tar::Header::new_gnu();
    header.set_path("l.tar").unwrap();
    header.set_size(3 * GIB);
    header.set_cksum();
    let tail = Outer::new()
        .file("c.json", config_of(&[b""]).to_string())
        .json(
            "manifest.json",
            &json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l.tar"]}]),
        );
    let counted = Rc::new(Counted {
        head: Bytes::new(header.as_bytes().to_vec()),
        hole_bytes: 3 * GIB,
        tail: Bytes::new(tail.tar()),
        read_bytes: Cell::new(0),
        n_reads: Cell::new(0),
    });
    let name = "large.tar".to_owned();
    let bytes: Rc<dyn ReadAt> = counted.clone();
    let opened = open_once(Input::File { name, bytes });
    let blob = opened.images[0].layers[0].blob.as_ref().ok().unwrap();
    assert_eq!(blob.size_bytes(), Some(3 * GIB));
    assert!(
        counted.read_bytes.get() < 100_000,
        "{} bytes were read",
        counted.read_bytes.get()
    );
    // The layer is streamed in pieces of a bounded size, and any part of it is a single read of that part.
    let mut stream = run(blob.stream()).unwrap();
    for _ in 0..3 {
        let piece = run(stream.next()).unwrap().unwrap();
        assert!(piece.len() <= 1 << 20, "{} bytes at once", piece.len());
    }
    let before = counted.read_bytes.get();
    assert_eq!(run(blob.read_at(3 * GIB - 5, 5)).unwrap(), [0; 5]);
    assert_eq!(counted.read_bytes.get(), before + 5);
    assert!(run(blob.read_at(3 * GIB - 5, 6)).is_err());
}

#[wasm_bindgen_test(unsupported = test)]
fn many_small_members_do_not_cost_a_read_each() {
    let base = tar_of("etc/hosts = base");
    let many = (0..5_000).fold(docker_save(&["a:1"], &[&base]), |outer, at| {
        outer.file(&format!("extra/{at}"), "x")
    });
    let counted = Counted::whole(many.tar());
    let name = "many.tar".to_owned();
    let bytes: Rc<dyn ReadAt> = counted.clone();
    open_once(Input::File { name, bytes });
    assert!(
        counted.n_reads.get() < 30,
        "{} reads",
        counted.n_reads.get()
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn documents_beside_the_headers_do_not_cost_a_read_each() {
    let base = tar_of("etc/hosts = base");
    let counted = Counted::whole(docker_save(&["a:1"], &[&base]).tar());
    let name = "small.tar".to_owned();
    let bytes: Rc<dyn ReadAt> = counted.clone();
    let opened = open_once(Input::File { name, bytes });
    assert_eq!(counted.n_reads.get(), 1, "a small archive is read once");
    // An open archive reads the file as it is now.
    let blob = opened.images[0].layers[0].blob.as_ref().ok().unwrap();
    for n_reads in [2, 3] {
        run(blob.read_at(0, 512)).unwrap();
        assert_eq!(counted.n_reads.get(), n_reads);
    }
}
