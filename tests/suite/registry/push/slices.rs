//! Large blobs in slices, and lost connections.

use super::*;

use std::cell::Cell;

use lamina::io::{self, ErrorKind, Handle, LocalFuture, ReadAt};
use lamina::message::Message;
use lamina::source::Blob as _;

/// Bytes that take `millis` milliseconds each to read.
struct Slow {
    bytes: Bytes,
    clock: Rc<MemoryClock>,
    millis: u64,
    has_parts: bool,
    /// Number of reads after which the file cannot be read.
    n_reads: Cell<usize>,
}

impl ReadAt for Slow {
    fn len_bytes(&self) -> u64 {
        self.bytes.len_bytes()
    }

    fn piece_bytes(&self) -> usize {
        1
    }

    fn read_at(&self, offset: u64, len: usize) -> LocalFuture<'_, Result<Vec<u8>, io::Error>> {
        self.clock.advance(self.millis);
        let Some(n_left) = self.n_reads.get().checked_sub(1) else {
            let changed = io::Error::new(ErrorKind::Other, Message::verbatim("it was written to"));
            return Box::pin(std::future::ready(Err(changed)));
        };
        self.n_reads.set(n_left);
        self.bytes.read_at(offset, len)
    }

    fn handle(&self, offset: u64, len: u64) -> Option<Handle> {
        let (from, end) = (offset as usize, (offset + len) as usize);
        let part = || self.bytes.0[from..end].to_vec();
        self.has_parts.then(|| Handle(Rc::new(part())))
    }
}

/// Pushes a layer of sixty bytes, and checks the first and last offset of each slice.
fn check_slices(millis: u64, most_bytes: Option<usize>, limits: Limits, expected: &str) {
    check_slices_of(false, millis, most_bytes, limits, expected);
}

/// The same for a layer whose parts the transport reads by itself, or for one whose parts it does not.
fn check_slices_of(
    has_parts: bool,
    millis: u64,
    most_bytes: Option<usize>,
    limits: Limits,
    expected: &str,
) {
    let writes = Writes {
        most_bytes,
        ..Writes::default()
    };
    let set = set_of(writing(writes), limits);
    let content = [7; 60];
    let slow = Slow {
        bytes: Bytes::new(content),
        clock: Rc::clone(&set.clock),
        millis,
        has_parts,
        n_reads: Cell::new(usize::MAX),
    };
    let layer = ParcelBlob {
        bytes: Rc::new(SliceBlob::new(Rc::new(slow), "layer 0")),
        ..in_memory("layer 0", &content)
    };
    let parcel = Parcel {
        blobs: vec![layer],
        ..parcel()
    };
    let key = format!("app/blobs/{}", Digest::sha256_of(&content));
    // The manifest names another layer, and is refused.
    run(push_of(&set, parcel, &["1"]).run(&|_| {})).unwrap_err();
    assert!(set.registry.has(&key));
    let lines = lines(&set);
    let slices = lines
        .iter()
        .filter_map(|line| match line.starts_with("PATCH") {
            true => line.rsplit(' ').next(),
            false => None,
        });
    let slices = slices.collect::<Vec<_>>().join(" ");
    assert!(slices.starts_with(expected), "{slices}");
}

#[wasm_bindgen_test(unsupported = test)]
fn slices_grow_larger_while_they_arrive_quickly() {
    check_slices(1, None, small(), "0-3 4-11 12-27 28-43 44-59");
    let never =
        "0-3 4-7 8-11 12-15 16-19 20-23 24-27 28-31 32-35 36-39 40-43 44-47 48-51 52-55 56-59";
    check_slices(0, None, small(), never);
    check_slices(200, None, small(), never);
    // No slice exceeds the limit of bytes held in memory.
    let limits = Limits {
        registry: RegistryLimits {
            upload_slice_most_bytes: 10,
            ..small().registry
        },
        ..small()
    };
    check_slices(1, None, limits, "0-3 4-11 12-21 22-31 32-41 42-51 52-59");
    // What the transport reads by itself is not held.
    check_slices_of(true, 1, None, small(), "0-3 4-11 12-27 28-59");
    check_slices_of(
        true,
        1,
        None,
        limits,
        "0-3 4-11 12-21 22-31 32-41 42-51 52-59",
    );
    check_slices_of(
        true,
        1,
        Some(7),
        small(),
        "0-3 4-11 4-5 6-7 8-9 10-11 12-13",
    );
    // A refused size is not tried again.
    check_slices(1, Some(7), small(), "0-3 4-11 4-5 6-7 8-9 10-11 12-13");
}

/// Pushes a layer of sixty bytes in a file that can be read this often, after it was found to have this digest.
fn proved_push(proved: Option<&[u8]>, n_reads: usize, cuts: &[Cut]) -> Result<usize, Error> {
    let writes = Writes {
        cuts: RefCell::new(cuts.iter().copied().collect()),
        ..Writes::default()
    };
    let set = set_of(writing(writes), small());
    let content = [7; 60];
    let file = Rc::new(Slow {
        bytes: Bytes::new(content),
        clock: Rc::clone(&set.clock),
        millis: 1,
        has_parts: true,
        n_reads: Cell::new(n_reads),
    });
    let blob = SliceBlob::new(Rc::clone(&file) as Rc<dyn ReadAt>, "layer 0");
    blob.note_proved(proved.map(Digest::sha256_of).as_ref());
    let layer = ParcelBlob {
        bytes: Rc::new(blob),
        ..in_memory("layer 0", &content)
    };
    let key = format!("app/blobs/{}", layer.digest);
    let parcel = Parcel {
        blobs: vec![layer],
        ..parcel()
    };
    match run(push_of(&set, parcel, &["1"]).run(&|_| {})) {
        Err(error) if !set.registry.has(&key) => Err(error),
        // The manifest names another layer, and is refused.
        _ => Ok(n_reads - file.n_reads.get()),
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_that_was_verified_is_not_read_again_beside_its_sending() {
    let read = |proved| proved_push(proved, 1_000, &[]).unwrap();
    assert_eq!(read(Some(&[7; 60])), 0);
    assert_eq!(read(None), 60);
    assert_eq!(read(Some(&[8; 60])), 60, "it was found to have other bytes");
    // Where the connection is lost, the file is looked at.
    let lost = [Cut::None, Cut::Before];
    assert_eq!(proved_push(Some(&[7; 60]), 1_000, &lost).unwrap(), 1);
    let error = proved_push(Some(&[7; 60]), 0, &lost).unwrap_err();
    assert!(error.to_string().contains("it was written to"), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_22_a_large_blob_goes_in_slices_to_the_newest_address() {
    let set = set_of(Registry::default(), small());
    let told = RefCell::new(Vec::new());
    let push = push_of(&set, parcel(), &["1"]);
    run(push.run(&|progress| {
        if let PushProgress::Blob(0, BlobState::Sending(bytes)) = progress {
            told.borrow_mut().push(bytes);
        }
    }))
    .unwrap();
    assert_eq!(told.into_inner(), [0, 4, 8, 10]);
    assert_eq!(
        lines(&set)[1..6],
        [
            "POST app/blobs/uploads/",
            "PATCH app/blobs/uploads/1?state=0 0-3",
            "PATCH app/blobs/uploads/1?state=4 4-7",
            "PATCH app/blobs/uploads/1?state=8 8-9",
            "PUT app/blobs/uploads/1?state=10&digest=L",
        ]
    );
    check_there(&set);
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_22_the_least_length_of_slices_is_honoured_up_to_a_bound() {
    let demanding = |least_bytes| {
        let writes = Writes {
            least_bytes: Some(least_bytes),
            ..Writes::default()
        };
        set_of(writing(writes), small())
    };
    let set = demanding("6");
    pushed(&set).unwrap();
    assert_eq!(
        lines(&set)[2..4],
        [
            "PATCH app/blobs/uploads/1?state=0 0-5",
            "PATCH app/blobs/uploads/1?state=6 6-9",
        ]
    );
    let set = demanding("65");
    let error = pushed(&set).unwrap_err().to_string();
    assert!(error.contains("exceeds the limit of 64 bytes"), "{error}");
    assert_eq!(set.registry.writes.n_deleted.get(), 1, "it is taken back");
}

/// Pushes through these cuts.
fn through(
    cuts: &[Cut],
    ties_addresses: bool,
    tells_range: Option<&'static str>,
) -> (Set, Result<Pushed, Error>) {
    let writes = Writes {
        cuts: RefCell::new(cuts.iter().copied().collect()),
        ties_addresses,
        tells_range,
        ..Writes::default()
    };
    let set = set_of(writing(writes), small());
    let result = pushed(&set);
    (set, result)
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_22_an_upload_goes_on_after_a_lost_connection() {
    use Cut::{After, Before, Half, Status};
    let check = |cuts: &[Cut], ties_addresses, layer_bytes: usize| {
        let (set, result) = through(cuts, ties_addresses, None);
        result.unwrap_or_else(|error| panic!("{cuts:?}: {error}"));
        check_there(&set);
        assert_eq!(sent_bytes(&set) - CONFIG.len(), layer_bytes, "{cuts:?}");
        assert!(set.registry.writes.open.borrow().is_empty(), "{cuts:?}");
    };
    // Only the bytes that did not arrive are sent again.
    check(&[Cut::None, Before], false, 14);
    check(&[Cut::None, Before], true, 14);
    check(&[Cut::None, After], false, 10);
    check(&[Cut::None, Half(1)], false, 13);
    check(&[Cut::None, Status(503), Status(500)], false, 18);
    // Distribution drops an upload if its URL is out of date, so the blob starts over.
    check(&[Cut::None, Half(1)], true, 18);
    check(&[Cut::None, After], true, 18);
    // The last request is lost, or its response is.
    check(&[Cut::None, Cut::None, Cut::None, Before], false, 10);
    check(&[Cut::None, Cut::None, Cut::None, After], false, 10);
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_22_ranges_that_are_not_told_do_no_harm() {
    let (set, result) = through(&[Cut::None, Cut::Before], false, Some(""));
    result.unwrap();
    check_there(&set);
    assert_eq!(sent_bytes(&set), 4 + 4 + 10 + CONFIG.len());
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_22_a_push_that_was_cut_for_good_is_gone_on_with() {
    let cuts = [vec![Cut::None], vec![Cut::Before; 5]].concat();
    let writes = Writes {
        cuts: RefCell::new(cuts.into_iter().collect()),
        ..Writes::default()
    };
    let set = set_of(writing(writes), small());
    let push = push_of(&set, parcel(), &["1"]);
    let error = run(push.run(&|_| {})).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
    assert_eq!(set.clock.pauses().len(), 4, "{:?}", set.clock.pauses());
    assert_eq!(set.registry.writes.open.borrow().len(), 1, "it stays open");
    assert!(!set.registry.has("app/manifests/1"));
    let before = sent_bytes(&set);
    run(push.run(&|_| {})).unwrap();
    check_there(&set);
    assert_eq!(
        sent_bytes(&set) - before,
        6 + CONFIG.len(),
        "only the rest goes"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_22_a_push_that_is_given_up_is_taken_back() {
    let cuts = [vec![Cut::None], vec![Cut::Before; 5]].concat();
    let writes = Writes {
        cuts: RefCell::new(cuts.into_iter().collect()),
        ..Writes::default()
    };
    let set = set_of(writing(writes), small());
    let push = push_of(&set, parcel(), &["1"]);
    run(push.run(&|_| {})).unwrap_err();
    run(push.abandon());
    assert_eq!(set.registry.writes.n_deleted.get(), 1);
    assert!(set.registry.writes.open.borrow().is_empty());
    assert!(set.registry.content.borrow().is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn rp_22_a_registry_that_takes_bytes_and_has_none_is_given_up() {
    let (set, result) = through(&[], false, Some("0-0"));
    let error = result.unwrap_err().to_string();
    assert!(error.contains("has none of them"), "{error}");
    assert_eq!(set.registry.writes.n_deleted.get(), 1);
    assert!(lines(&set).len() < 30, "{:?}", lines(&set));
}
