//! Orders of a page about engines, and an engine at a socket that answers as a test wants it.

use std::io::{BufRead as _, BufReader};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use lamina::io::{EngineCause, EngineItem, EngineNews, EngineOrder, LocalEngine, NewsFrames};

use super::{Served, Told, request, send};

/// Starts an engine at a socket; tells the path of each question, and then its end.
pub(super) fn engine(socket: &Path, answer: fn(&str, &mut UnixStream)) -> Receiver<String> {
    let listener = UnixListener::bind(socket).unwrap();
    let (tell, asked) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let tell = tell.clone();
            std::thread::spawn(move || {
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let line = lines.next().unwrap().unwrap();
                lines.map_while(Result::ok).find(String::is_empty);
                let path = line.split(' ').nth(1).unwrap().to_owned();
                tell.send(path.clone()).unwrap_or(());
                answer(&path, &mut stream);
                tell.send(format!("end of {path}")).unwrap_or(());
            });
        }
    });
    asked
}

/// Returns an archive of one member, whose content begins with `start` and stands from byte 512 on.
pub(super) fn archive(start: &str) -> Vec<u8> {
    let mut content = start.as_bytes().to_vec();
    content.resize(1024, 0);
    let mut header = tar::Header::new_ustar();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    let mut builder = tar::Builder::new(Vec::new());
    builder
        .append_data(&mut header, "layer.tar", content.as_slice())
        .unwrap();
    builder.into_inner().unwrap()
}

/// The length of an archive.
pub(super) const ARCHIVE_BYTES: u64 = 512 + 1024 + 1024;

/// Returns the bytes of an order as a page with this key sends it.
pub(super) fn order_bytes(
    served: &Served,
    key: &str,
    order: &EngineOrder,
    bytes: &[u8],
) -> Vec<u8> {
    let fields = [("Lamina-Key", key), ("Lamina-Target", "engines:")];
    let body = [&order.to_bytes(), bytes].concat();
    request(served, "/relay", &fields, &body)
}

/// Gives an order with bytes behind it; returns all its steps.
pub(super) fn steps(
    served: &Served,
    key: &str,
    order: &EngineOrder,
    bytes: &[u8],
) -> Vec<EngineNews> {
    let told: Told = send(&served.host, &order_bytes(served, key, order, bytes));
    assert_eq!(told.get("lamina-status"), "200", "{told:?}");
    assert_eq!(told.get("cache-control"), "no-store");
    NewsFrames::default().push(&told.body).expect("steps")
}

/// Gives an order; returns its last step.
pub(super) fn last(served: &Served, key: &str, order: &EngineOrder) -> EngineNews {
    let steps = steps(served, key, order, b"");
    steps.last().expect("a last step").clone()
}

pub(super) fn open(engine: &str, image: &str) -> EngineOrder {
    EngineOrder::Open {
        engine: engine.to_owned(),
        item: EngineItem::Image(image.to_owned()),
    }
}

/// Returns all engines as they are listed.
pub(super) fn engines(served: &Served, key: &str) -> Vec<LocalEngine> {
    let steps = steps(served, key, &EngineOrder::List, b"");
    assert_eq!(steps.last(), Some(&EngineNews::Listed));
    let engines = steps.into_iter().filter_map(|step| match step {
        EngineNews::Engine(engine) => Some(engine),
        _ => None,
    });
    engines.collect()
}

/// Returns the engine of an address as it is listed.
pub(super) fn listed(served: &Served, key: &str, address: &str) -> Option<LocalEngine> {
    let mut engines = engines(served, key).into_iter();
    engines.find(|engine| engine.address == address)
}

/// Returns the cause of a failed order.
pub(super) fn cause(news: &EngineNews) -> EngineCause {
    match news {
        EngineNews::Failed(trouble) => trouble.cause,
        news => panic!("{news:?}"),
    }
}

/// Waits until something holds.
pub(super) fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
