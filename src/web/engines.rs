//! Orders of the page to `lamina serve` about the engines on this machine: `cli/serve/order.rs` carries them out.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStreamDefaultReader, Response};

use super::blob::SavedBlob;
use super::fetch::{fields, plain};
use super::relay::session;
use super::task::spawn;
use super::{describe, global};
use crate::io::{
    Cache, EngineCause, EngineNews, EngineOrder, EngineTrouble, Headers, Method, NewsFrames, relay,
};

/// Gives an order; `hear` is called with each step, and always with a last one. Dropping the future cancels the order.
pub async fn order(order: &EngineOrder, hear: impl FnMut(EngineNews)) {
    send(&body_of(order), hear).await;
}

fn body_of(order: &EngineOrder) -> Array {
    Array::of1(&Uint8Array::from(order.to_bytes().as_slice()))
}

/// Sends the parts of a body.
async fn send(parts: &Array, mut hear: impl FnMut(EngineNews)) {
    let mut is_over = false;
    let told = tell(parts, |news| {
        is_over = !matches!(news, EngineNews::Passed(_) | EngineNews::Engine(_));
        hear(news);
    });
    let told = told.await;
    if !is_over {
        hear(lost(told.err()));
    }
}

/// An answer that is being read. Dropping it ends the transfer.
struct Reading(Option<ReadableStreamDefaultReader>);

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some(reader) = self.0.take() {
            let cancelled = JsFuture::from(reader.cancel());
            spawn("cancel an order", async move {
                // It ends in any case.
                cancelled.await.ok();
            });
        }
    }
}

async fn tell(parts: &Array, mut hear: impl FnMut(EngineNews)) -> Result<(), JsValue> {
    let Some(session) = session() else {
        return Ok(());
    };
    let mut head = Headers::default();
    head.add(relay::KEY, session.key());
    head.add(relay::TARGET, relay::ENGINES);
    let init = plain(Method::Post, Cache::Bypassed);
    init.set_headers(&fields(&head)?);
    let body = Blob::new_with_u8_array_sequence(parts)?;
    init.set_body(&body);
    let response = JsFuture::from(global::fetch(relay::RELAY, &init)?).await?;
    let response: Response = response.dyn_into()?;
    let Some(body) = response.body().filter(|_| response.ok()) else {
        return Ok(());
    };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut reading = Reading(Some(reader));
    let mut frames = NewsFrames::default();
    while let Some(reader) = &reading.0 {
        let read = match JsFuture::from(reader.read()).await {
            Ok(read) => read,
            Err(error) => {
                reading.0 = None;
                return Err(error);
            }
        };
        if Reflect::get(&read, &"done".into())?.is_truthy() {
            reading.0 = None;
            break;
        }
        let value = Reflect::get(&read, &"value".into())?;
        let piece = Uint8Array::new(&value).to_vec();
        // What is no answer ends as one that is cut off.
        let Some(steps) = frames.push(&piece) else {
            return Ok(());
        };
        steps.into_iter().for_each(&mut hear);
    }
    Ok(())
}

/// Gives an order of one step, and returns that.
async fn step(parts: &Array) -> EngineNews {
    let mut last = EngineNews::Passed(0);
    send(parts, |news| last = news).await;
    last
}

/// A load that is given up when it is dropped before its end.
struct Load(Option<u64>);

impl Drop for Load {
    fn drop(&mut self) {
        if let Some(load) = self.0.take() {
            let order = EngineOrder::CancelLoad { load };
            spawn("give up a load", async move {
                step(&body_of(&order)).await;
            });
        }
    }
}

/// Loads an archive into an engine. `hear` is called with the bytes that the engine has taken, and always with a last
/// step. Dropping the future gives the load up.
pub async fn load(engine: String, archive: &SavedBlob, mut hear: impl FnMut(EngineNews)) {
    let size_bytes = archive.size_bytes() as u64;
    let begun = step(&body_of(&EngineOrder::Load { engine, size_bytes })).await;
    let EngineNews::Loading(number) = begun else {
        return hear(begun);
    };
    let mut load = Load(Some(number));
    let blob = archive.to_blob();
    let mut at = 0;
    while at < size_bytes {
        let end = size_bytes.min(at + EngineOrder::PIECE_BYTES as u64);
        let order = body_of(&EngineOrder::Piece { load: number });
        match blob.slice_with_f64_and_f64(at as f64, end as f64) {
            Ok(piece) => order.push(&piece),
            Err(error) => return hear(lost(Some(error))),
        };
        at = end;
        match step(&order).await {
            EngineNews::Taken(n_bytes) => hear(EngineNews::Passed(n_bytes)),
            failed => return hear(failed),
        }
    }
    let end = EngineOrder::EndLoad { load: number };
    let ended = step(&body_of(&end)).await;
    load.0 = None;
    hear(ended);
}

fn lost(error: Option<JsValue>) -> EngineNews {
    EngineNews::Failed(EngineTrouble {
        cause: EngineCause::Lost,
        said: error.as_ref().map_or_else(String::new, describe),
    })
}
