//! The connections of the server. Those of nobody known are few, whoever opens how many, and none of them waits long.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;

use super::server::{Serving, answer};

/// Connections without a key at once. The oldest makes room for a new one, so that a page always gets in, however many
/// others hold theirs open.
const MOST_STRANGERS: usize = 64;
/// Time in which a request's head has to come, and a connection may rest between two.
const HEAD: Duration = Duration::from_secs(20);
/// Bytes of a request's head at most.
const HEAD_BYTES: usize = 32 * 1024;
/// Header fields of a request at most.
const MOST_FIELDS: usize = 64;

/// The connections without a key, oldest first.
#[derive(Clone, Default)]
pub(super) struct Connections(Arc<Mutex<Strangers>>);

#[derive(Default)]
struct Strangers {
    next: u64,
    open: VecDeque<(u64, AbortHandle)>,
}

/// One connection.
pub(super) struct Connection {
    id: u64,
    all: Connections,
}

impl Connection {
    /// Notes that the page with a key uses the connection, so that it is not closed for others.
    pub(super) fn prove(&self) {
        self.all
            .with(|strangers| strangers.open.retain(|(id, _)| *id != self.id));
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.prove();
    }
}

impl Connections {
    /// Serves a connection.
    pub(super) fn begin(&self, stream: TcpStream, serving: &Arc<Serving>) {
        let id = self.with(|strangers| {
            strangers.next += 1;
            strangers.next
        });
        let all = self.clone();
        let connection = Arc::new(Connection { id, all });
        let serving = Arc::clone(serving);
        let service = {
            let connection = Arc::clone(&connection);
            service_fn(move |request| {
                let (serving, connection) = (Arc::clone(&serving), Arc::clone(&connection));
                async move {
                    Ok::<_, std::convert::Infallible>(answer(&serving, &connection, request).await)
                }
            })
        };
        let task = tokio::spawn(async move {
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD)
                .max_buf_size(HEAD_BYTES)
                .max_headers(MOST_FIELDS)
                .serve_connection(TokioIo::new(stream), service);
            // A connection that breaks off concerns its other end alone.
            let _ = served.await;
            drop(connection);
        });
        self.with(|strangers| {
            strangers.open.push_back((id, task.abort_handle()));
            if strangers.open.len() > MOST_STRANGERS
                && let Some((_, oldest)) = strangers.open.pop_front()
            {
                oldest.abort();
            }
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut Strangers) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
