//! Archives that the page has an engine load: piece by piece, with what the engine makes of them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use lamina::io::{EngineCause, EngineNews, EngineOrder, LoadedImage};

use super::orders::{cause, steps};
use super::{page, served};

/// Starts an engine that takes archives. It tells how many bytes it was promised, and those that came.
///
/// One that begins with `!` is refused at once, one that begins with `?` at its end, and one that begins with `~` never.
fn engine(socket: &Path) -> Receiver<(u64, Vec<u8>)> {
    let listener = UnixListener::bind(socket).unwrap();
    let (tell, taken) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let tell = tell.clone();
            std::thread::spawn(move || {
                if let Some(told) = answer(stream) {
                    tell.send(told).unwrap_or(());
                }
            });
        }
    });
    taken
}

fn answer(mut stream: UnixStream) -> Option<(u64, Vec<u8>)> {
    let mut from = BufReader::new(stream.try_clone().unwrap());
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let mut tell = |text: &str| {
        let answer = format!("HTTP/1.0 200 OK\r\n\r\n{text}");
        stream.write_all(answer.as_bytes()).unwrap_or(());
    };
    if head[0].starts_with("GET /images/team/app:2/json ") {
        tell(r#"{"Id":"sha256:aa"}"#);
        return None;
    }
    if head[0].starts_with("GET /images/") {
        return None;
    }
    assert_eq!(head[0], "POST /images/load?quiet=1 HTTP/1.0");
    let len = head
        .iter()
        .find_map(|line| line.strip_prefix("Content-Length: "));
    let len: u64 = len.unwrap().parse().unwrap();
    let mut bytes = vec![0; 1];
    from.read_exact(&mut bytes).unwrap_or(());
    if bytes == b"!" {
        tell(r#"{"error":"no space left"}"#);
        return None;
    }
    from.take(len - 1).read_to_end(&mut bytes).unwrap_or(0);
    match bytes[0] {
        // It hardly comes to an end by itself.
        b'~' => {
            let patience = Some(Duration::from_secs(20));
            stream.set_read_timeout(patience).unwrap();
            drop(stream.read(&mut [0]));
        }
        b'?' => tell(r#"{"errorDetail":{"message":"a bad tar"},"error":"a bad tar"}"#),
        _ => tell(
            "{\"stream\":\"Loaded image: team/app:2\\n\"}\n{\"stream\":\"Loaded image: b:1\\n\"}",
        ),
    }
    Some((len, bytes))
}

/// Returns the failure's cause and words.
fn failure(news: EngineNews) -> (EngineCause, String) {
    match news {
        EngineNews::Failed(trouble) => (trouble.cause, trouble.said),
        news => panic!("{news:?}"),
    }
}

#[test]
fn an_archive_is_loaded_piece_by_piece() {
    let folder = page("loads");
    let socket = folder.join("docker.sock");
    let taken = engine(&socket);
    let host = format!("unix://{}", socket.display());
    let (served, key) = served(&folder, &[("DOCKER_HOST", &host)]);
    let order = |order: EngineOrder, bytes: &[u8]| {
        let steps = steps(&served, &key, &order, bytes);
        steps.last().expect("a last step").clone()
    };
    let begin = |engine: &str, size_bytes| {
        let engine = engine.to_owned();
        match order(EngineOrder::Load { engine, size_bytes }, b"") {
            EngineNews::Loading(load) => load,
            news => panic!("{news:?}"),
        }
    };

    let archive: Vec<u8> = (0..5_000_000_u32).map(|n| (n % 251) as u8).collect();
    let load = begin(&host, 5_000_000);
    let mut so_far = 0;
    for piece in archive.chunks(EngineOrder::PIECE_BYTES) {
        so_far += piece.len() as u64;
        let news = order(EngineOrder::Piece { load }, piece);
        assert_eq!(news, EngineNews::Taken(so_far));
    }
    let named = |name: &str, id: Option<&str>| LoadedImage {
        name: name.to_owned(),
        id: id.map(str::to_owned),
    };
    assert_eq!(
        order(EngineOrder::EndLoad { load }, b""),
        EngineNews::Loaded(vec![
            named("team/app:2", Some("sha256:aa")),
            named("b:1", None)
        ])
    );
    let (promised, bytes) = taken.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(promised, 5_000_000);
    assert!(bytes == archive, "each byte in its place");

    // An error that comes with the status of a success.
    let load = begin(&host, 3);
    order(EngineOrder::Piece { load }, b"?23");
    let told = failure(order(EngineOrder::EndLoad { load }, b""));
    assert_eq!(told, (EngineCause::Other, "a bad tar".to_owned()));

    // An engine that gives up before the end, and says why.
    let load = begin(&host, 1 << 40);
    let piece = vec![b'!'; EngineOrder::PIECE_BYTES];
    let told = (0..40).map(|_| order(EngineOrder::Piece { load }, &piece));
    let failed = told
        .into_iter()
        .find(|news| !matches!(news, EngineNews::Taken(_)));
    let told = failure(failed.expect("it fails"));
    assert_eq!(told, (EngineCause::Other, "no space left".to_owned()));

    // A load that is given up does not end well at the engine.
    taken.try_iter().for_each(drop);
    let load = begin(&host, 10);
    order(EngineOrder::Piece { load }, b"12345");
    order(EngineOrder::CancelLoad { load }, b"");
    let (promised, bytes) = taken.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(promised, 10);
    assert!(bytes.len() <= 5, "no more than came: {bytes:?}");

    // Orders that do not fit.
    let is_over = order(EngineOrder::Piece { load }, b"1");
    assert_eq!(cause(&is_over), EngineCause::GivenUp, "a load that is over");
    let never = order(EngineOrder::EndLoad { load: 99 }, b"");
    assert_eq!(cause(&never), EngineCause::GivenUp, "one that never was");
    let load = begin(&host, 2);
    let more = order(EngineOrder::Piece { load }, b"123");
    assert_eq!(cause(&more), EngineCause::GivenUp, "more bytes than it has");
    order(EngineOrder::CancelLoad { load }, b"");
    // No other place is asked.
    let load = begin("tcp://169.254.169.254:80", 1);
    let told = order(EngineOrder::EndLoad { load }, b"");
    assert_eq!(cause(&told), EngineCause::Unknown);
}

#[test]
fn a_load_is_given_up_even_while_the_engine_unpacks_it() {
    let folder = page("loads-cancel");
    let socket = folder.join("docker.sock");
    let taken = engine(&socket);
    let host = format!("unix://{}", socket.display());
    let (served, key) = served(&folder, &[("DOCKER_HOST", &host)]);
    let order = |order: EngineOrder, bytes: &[u8]| {
        let steps = steps(&served, &key, &order, bytes);
        steps.last().expect("a last step").clone()
    };
    let begin = || {
        let engine = host.clone();
        let size_bytes = 3;
        order(EngineOrder::Load { engine, size_bytes }, b"")
    };
    let EngineNews::Loading(load) = begin() else {
        panic!("it does not begin");
    };
    order(EngineOrder::Piece { load }, b"~23");
    std::thread::scope(|scope| {
        let ended = scope.spawn(|| order(EngineOrder::EndLoad { load }, b""));
        std::thread::sleep(Duration::from_millis(300));
        order(EngineOrder::CancelLoad { load }, b"");
        let ended = ended.join().unwrap();
        assert_eq!(cause(&ended), EngineCause::GivenUp);
    });
    let (_, bytes) = taken.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(bytes, b"~23", "the engine is hung up on");

    // The oldest of many is not ended for another.
    let loads: Vec<EngineNews> = (0..9).map(|_| begin()).collect();
    let (first, ninth) = (&loads[0], &loads[8]);
    assert_eq!(cause(ninth), EngineCause::TooManyLoads);
    let EngineNews::Loading(load) = *first else {
        panic!("{first:?}");
    };
    let taken = order(EngineOrder::Piece { load }, b"1");
    assert_eq!(taken, EngineNews::Taken(1));
}
