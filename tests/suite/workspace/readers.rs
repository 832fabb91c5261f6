//! Layers read outside the session's own thread: several at once, one at a time if necessary, and left out if their
//! reader dies. In these tests the readers take turns in the same thread.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::task::Poll;

use lamina::bounds::{LayerLimits, Limits};
use lamina::engine::{Hashing, ReadFailure, ReadOrder, Readers};
use lamina::io::{LocalFuture, MemoryStore, Room};
use lamina::layer::{FileHashes, LayerReader, Progress, ReadOptions, pack};
use lamina::protocol::{
    Event, Holder, ImageView, LayerProgress, LayerState, ProblemCode, Request, RequestId, TreeView,
    ask,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::archive::fixture::oci_layout;
use crate::support::zstd::{frame, raw_blocks_of};
use crate::support::{run, tar_of};

use super::world::{Asked, no_store};

/// Fate of a layer's reading.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Read,
    Dies,
    Absent,
}

struct Bench {
    n_cores: usize,
    /// By the number of the reading, from 0.
    fates: BTreeMap<usize, Fate>,
    n_under_way: Cell<usize>,
    most_under_way: Cell<usize>,
    orders: RefCell<Vec<(u64, Hashing)>>,
    /// Number of readings ordered so far, at each announcement of more.
    announced_at: RefCell<Vec<usize>>,
}

struct UnderWay<'a>(&'a Bench);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.n_under_way.set(self.0.n_under_way.get() - 1);
    }
}

impl Bench {
    fn new(n_cores: usize, fates: &[(usize, Fate)]) -> Rc<Bench> {
        Rc::new(Bench {
            n_cores,
            fates: fates.iter().copied().collect(),
            n_under_way: Cell::new(0),
            most_under_way: Cell::new(0),
            orders: RefCell::default(),
            announced_at: RefCell::default(),
        })
    }
}

/// Lets all other futures run.
async fn pass() {
    let mut passed = false;
    poll_fn(|context| {
        // Polled again at once: nothing else would wake it.
        context.waker().wake_by_ref();
        match std::mem::replace(&mut passed, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}

impl Readers for Bench {
    fn n_cores(&self) -> usize {
        self.n_cores
    }

    fn expect(&self) {
        let n_ordered = self.orders.borrow().len();
        self.announced_at.borrow_mut().push(n_ordered);
    }

    fn read<'a>(
        &'a self,
        order: ReadOrder,
        progress: &'a dyn Fn(Progress) -> ControlFlow<()>,
    ) -> LocalFuture<'a, Result<Vec<u8>, ReadFailure>> {
        Box::pin(async move {
            let number = self.orders.borrow().len();
            self.orders
                .borrow_mut()
                .push((order.window_bytes, order.hashing));
            let fate = self.fates.get(&number).copied().unwrap_or(Fate::Read);
            if fate == Fate::Absent {
                return Err(ReadFailure::Absent);
            }
            self.n_under_way.set(self.n_under_way.get() + 1);
            let most = self.most_under_way.get().max(self.n_under_way.get());
            self.most_under_way.set(most);
            let _under_way = UnderWay(self);
            pass().await;
            if fate == Fate::Dies {
                return Err(ReadFailure::Lost(lamina::message::Message::verbatim(
                    "unreachable",
                )));
            }
            let options = ReadOptions {
                limits: LayerLimits {
                    zstd_window_bytes: order.window_bytes,
                    ..order.limits.layer
                },
                file_hashes: FileHashes::Skip,
            };
            let mut reader = LayerReader::new(order.expected.clone(), options);
            let mut stream = order.blob.stream().await.map_err(ReadFailure::Source)?;
            while let Some(piece) = stream.next().await.expect("it is over memory") {
                reader.push(&piece);
                if progress(reader.progress()).is_break() {
                    return Err(ReadFailure::Lost(lamina::message::Message::verbatim(
                        "it was told to end",
                    )));
                }
                pass().await;
            }
            if reader.lacks_window() && order.window_bytes < order.limits.layer.zstd_window_bytes {
                return Err(ReadFailure::LacksWindow);
            }
            Ok(pack(&reader.finish()))
        })
    }
}

fn asked(bench: &Rc<Bench>) -> Asked {
    let readers: Rc<dyn Readers> = Rc::<Bench>::clone(bench);
    Asked::with_readers(no_store(), readers)
}

fn archive(layers: &[&[u8]]) -> Vec<u8> {
    oci_layout("v1", layers).tar()
}

fn words(image: &ImageView) -> Vec<String> {
    let word = |row: &lamina::protocol::LayerRow| match &row.state {
        LayerState::Read { verdict, .. } => verdict.digest.word().to_owned(),
        LayerState::Failed { problem } => format!("{:?}", problem.code),
        LayerState::Listed { .. } => "listed".to_owned(),
        LayerState::Waiting => "waiting".to_owned(),
    };
    image.layers.iter().map(word).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn layers_are_read_at_once_and_give_the_same_union() {
    let tars = ["a = 1", "a = 2\nb = 1", "c = 1", ".wh.b =", "d = 1"].map(tar_of);
    let layers: Vec<_> = tars.iter().map(Vec::as_slice).collect();
    let alone = Asked::new(None);
    let image = alone.open(archive(&layers));
    let expected = alone.rows(image.key, TreeView::Union);
    for n_cores in [1, 2, 3, 16] {
        let bench = Bench::new(n_cores, &[]);
        let asked = asked(&bench);
        let image = asked.open(archive(&layers));
        assert_eq!(words(&image), ["ok"; 5]);
        assert_eq!(asked.rows(image.key, TreeView::Union), expected);
        assert_eq!(bench.most_under_way.get(), n_cores.min(4));
        assert_eq!(bench.orders.borrow().len(), layers.len());
        // A reader is prepared once, while the archive's documents are read.
        assert_eq!(*bench.announced_at.borrow(), [0]);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_that_an_image_has_twice_is_read_once() {
    let tars = ["a = 1", "b = 1"].map(tar_of);
    let layers = [&tars[0][..], &tars[0], &tars[1], &tars[0]];
    let bench = Bench::new(4, &[]);
    let image = asked(&bench).open(archive(&layers));
    assert_eq!(words(&image), ["ok", "known", "ok", "known"]);
    assert_eq!(bench.orders.borrow().len(), 2);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_reader_that_dies_takes_its_layer_along_and_nothing_else() {
    let tars = ["a = 1", "b = 1", "c = 1"].map(tar_of);
    let layers: Vec<_> = tars.iter().map(Vec::as_slice).collect();
    let bench = Bench::new(2, &[(1, Fate::Dies)]);
    let asked = asked(&bench);
    let image = asked.open(archive(&layers));
    assert_eq!(words(&image), ["ok", "LeftOut", "ok"]);
    let told: Vec<_> = asked.told.borrow().clone();
    let lost = told.iter().filter_map(|event| match event {
        Event::ReaderLost { layer, reason, .. } => Some((*layer, reason.to_string())),
        _ => None,
    });
    assert_eq!(lost.collect::<Vec<_>>(), [(1, "unreachable".to_owned())]);
    // The reader is to blame, so the worker is not reported as having held the layer.
    let by_worker = told.iter().any(
        |event| matches!(event, Event::Layer { layer: 1, holder, .. } if *holder == Holder::Worker),
    );
    assert!(!by_worker, "{told:?}");
    let rows = asked.rows(image.key, TreeView::Union);
    assert!(
        rows.contains('a') && rows.contains('c') && !rows.contains('b'),
        "{rows}"
    );
    // On request it is read after all.
    let again = Request::ReadLayerAgain(ask::ReadLayerAgain {
        image: image.key,
        layer: 1,
    });
    asked.ask(again).unwrap();
    assert_eq!(words(&asked.read(image.key)), ["ok", "ok", "ok"]);
    assert!(asked.rows(image.key, TreeView::Union).contains('b'));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_browser_that_starts_no_reader_reads_by_itself() {
    let tars = ["a = 1", "b = 1"].map(tar_of);
    let layers: Vec<_> = tars.iter().map(Vec::as_slice).collect();
    let bench = Bench::new(2, &[(0, Fate::Absent), (1, Fate::Absent)]);
    let asked = asked(&bench);
    assert_eq!(words(&asked.open(archive(&layers))), ["ok", "ok"]);
    let by_worker = |event: &&Event| matches!(event, Event::Layer { progress: LayerProgress::Reading { .. }, holder, .. } if *holder == Holder::Worker);
    assert!(asked.told.borrow().iter().any(|event| by_worker(&event)));
}

/// Returns a layer in one zstd frame with a window of 2^`log` bytes.
fn with_window(log: u8, tar: &[u8]) -> Vec<u8> {
    frame(&[0, (log - 10) << 3], &raw_blocks_of(tar, 4096))
}

#[wasm_bindgen_test(unsupported = test)]
fn a_layer_with_a_large_window_is_read_by_itself() {
    let tars = ["a = 1", "b = 1", "c = 1", "d = 1"].map(tar_of);
    let coded = [20, 27, 22, 26].into_iter().zip(&tars);
    let coded: Vec<_> = coded.map(|(log, tar)| with_window(log, tar)).collect();
    let layers: Vec<_> = coded.iter().map(Vec::as_slice).collect();
    let bench = Bench::new(2, &[]);
    let asked = asked(&bench);
    let image = asked.open(archive(&layers));
    assert_eq!(words(&image), ["ok"; 4]);
    let full = Limits::DEFAULT.layer.zstd_window_bytes;
    let orders = bench.orders.borrow();
    let alone = orders
        .iter()
        .filter(|(window_bytes, _)| *window_bytes == full);
    assert_eq!((alone.count(), orders.len()), (2, 6), "{orders:?}");
    assert!(
        orders
            .iter()
            .all(|(bytes, _)| *bytes == full || bytes * 4 <= full)
    );
    assert_eq!(bench.most_under_way.get(), 2);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_core_that_no_other_layer_wants_hashes_a_large_layer() {
    let [large, other] =
        ["big", "huge"].map(|name| tar_of(&format!("{name} = {}", "x".repeat(5 << 20))));
    let small = tar_of("a = 1");
    let (alone, beside) = (Hashing::WithReading, Hashing::Beside);
    for (layers, expected) in [
        (&[&large[..]][..], &[beside][..]),
        (&[&small[..]], &[alone]),
        // A small layer soon leaves its core free, a large one does not.
        (&[&large[..], &small], &[beside, alone]),
        (&[&small[..], &large], &[alone, beside]),
        (&[&large[..], &other], &[alone, alone]),
        (&[&small[..], &small, &large], &[alone, beside]),
    ] {
        let bench = Bench::new(2, &[]);
        asked(&bench).open(archive(layers));
        let hashing: Vec<_> = bench.orders.borrow().iter().map(|(_, h)| *h).collect();
        assert_eq!(hashing, expected);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_cancelled_reading_ends_all_readers() {
    let tars = ["a = 1", "b = 1", "c = 1"].map(tar_of);
    let layers: Vec<_> = tars.iter().map(Vec::as_slice).collect();
    let bench = Bench::new(2, &[]);
    let asked = asked(&bench);
    let image = asked.found(archive(&layers)).key;
    let reads = asked.session.serve(
        RequestId(7),
        Request::ReadLayers(ask::ReadLayers { image }),
        Vec::new(),
    );
    let mut reads = Box::pin(reads);
    let ended = run(poll_fn(|context| {
        if bench.n_under_way.get() == 2 {
            let cancel = Request::Cancel(ask::Cancel {
                request: RequestId(7),
            });
            asked.ask(cancel).unwrap();
        }
        reads.as_mut().poll(context)
    }));
    let problem = ended.err().expect("it was cancelled");
    assert_eq!(problem.code, ProblemCode::Cancelled);
    assert_eq!(bench.n_under_way.get(), 0, "nobody reads any more");
    let left = |event: &&Event| matches!(event, Event::LayerLeft { .. });
    // The two layers that were being read, and the one in the queue.
    assert_eq!(asked.told.borrow().iter().filter(left).count(), 3);
    assert_eq!(
        words(&asked.read(image)),
        ["ok"; 3],
        "it can be read all the same"
    );
}

/// The result of a reader is stored as it is, and found again.
#[wasm_bindgen_test(unsupported = test)]
fn what_readers_give_is_kept() {
    let tars = ["a = 1", "b = 1"].map(tar_of);
    let layers: Vec<_> = tars.iter().map(Vec::as_slice).collect();
    let store = MemoryStore::new(Room {
        bytes: 1 << 20,
        lasts: true,
    });
    let bench = Bench::new(2, &[]);
    let readers: Rc<dyn Readers> = Rc::<Bench>::clone(&bench);
    let first = Asked::with_readers(store.clone(), Rc::clone(&readers));
    assert_eq!(words(&first.open(archive(&layers))), ["ok", "ok"]);
    let second = Asked::with_readers(store, readers);
    assert_eq!(words(&second.open(archive(&layers))), ["known", "known"]);
    assert_eq!(bench.orders.borrow().len(), 2);
}
