//! An order of the page, carried out in a thread of its own and told step by step.

use std::io;
use std::time::{Duration, Instant};

use crate::io::{EngineCause, EngineNews, EngineOrder, EngineTrouble, Headers, frame_of};

use super::engine::{self, ExportOf, Watch};
use super::relay::{Head, Telling};
use super::server::Serving;

/// Time between two steps of an export.
const AGAIN: Duration = Duration::from_millis(100);

/// Carries out an order, which is bytes of a page with a key.
pub(super) fn carry_out(serving: &Serving, order: &[u8], telling: Telling) {
    let Telling { head, pieces } = telling;
    let begun = Head {
        status: 200,
        url: String::new(),
        headers: Headers::default(),
    };
    // A page that has gone hears nothing.
    if head.send(Ok(begun)).is_err() {
        return;
    }
    let mut page = Page {
        pieces,
        told: Instant::now(),
    };
    let last = match EngineOrder::from_bytes(order) {
        Some((order, bytes)) => {
            let carried = carry(serving, order, bytes, &mut page);
            carried.unwrap_or_else(EngineNews::Failed)
        }
        None => EngineNews::Failed(EngineTrouble {
            cause: EngineCause::Lost,
            said: String::new(),
        }),
    };
    // A file that the page does not hear of is given back by and by.
    let _ = page.tell(&last);
}

/// Returns the last step of an order.
fn carry(
    serving: &Serving,
    order: EngineOrder,
    bytes: &[u8],
    page: &mut Page,
) -> Result<EngineNews, EngineTrouble> {
    let (loads, local) = (&serving.loads, &serving.local);
    Ok(match order {
        EngineOrder::List => {
            let listed = engine::tell_engines(&mut |engine| match engine {
                Some(engine) => page.tell(&EngineNews::Engine(engine)),
                None => page.hear(0),
            });
            // A page that has gone hears nothing.
            drop(listed);
            EngineNews::Listed
        }
        EngineOrder::Open { engine, item } => {
            let of = engine::identity(&engine, &item)?;
            if let Some((number, size_bytes)) = of.as_ref().and_then(|of| local.kept(of)) {
                return Ok(EngineNews::Ready(number, size_bytes));
            }
            let exported = engine::export_from(&engine, &item, page, &local.room)?;
            let size_bytes = exported.size_bytes;
            // The name may have come to another image meanwhile: then nobody knows which one was exported.
            let is_still = |of: &ExportOf| {
                let now = engine::identity(&engine, &item);
                now.is_ok_and(|now| now.as_ref() == Some(of))
            };
            EngineNews::Ready(local.keep(exported, of.filter(is_still)), size_bytes)
        }
        EngineOrder::Load { engine, size_bytes } => {
            EngineNews::Loading(loads.begin(&engine, size_bytes)?)
        }
        EngineOrder::Piece { load } => EngineNews::Taken(loads.take(load, bytes, || page.hear(0))?),
        EngineOrder::EndLoad { load } => {
            let loaded = loads.end(load, || page.tell(&EngineNews::Passed(0)))?;
            EngineNews::Loaded(loaded)
        }
        EngineOrder::CancelLoad { load } => {
            loads.cancel(load);
            EngineNews::Taken(0)
        }
    })
}

/// The page that waits. When it has gone, what it ordered ends.
struct Page {
    pieces: tokio::sync::mpsc::Sender<io::Result<hyper::body::Bytes>>,
    told: Instant,
}

impl Page {
    fn tell(&self, news: &EngineNews) -> io::Result<()> {
        let sent = self.pieces.blocking_send(Ok(frame_of(news).into()));
        sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Watch for Page {
    fn hear(&mut self, n_bytes: u64) -> io::Result<()> {
        if self.told.elapsed() < AGAIN {
            return Ok(());
        }
        self.told = Instant::now();
        self.tell(&EngineNews::Passed(n_bytes))
    }
}
