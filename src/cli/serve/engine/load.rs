//! An archive that is loaded into an engine, as `docker load` does it.

use std::cell::Cell;
use std::io::{self, Read as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::bounds::{EngineLimits, Limits};
use crate::io::{EngineCause, EngineTrouble, LoadedImage};

use super::address::Address;
use super::http;
use super::names::is_plain;
use super::watch::{Over, Until};
use super::{list, trouble};

const LIMITS: EngineLimits = Limits::DEFAULT.engines;
/// Time in which an engine has to say something, or to take further bytes: it may unpack all layers first.
const SILENCE: Duration = Duration::from_secs(600);
/// Time in which the page has to bring the next bytes.
const PAGE_SILENCE: Duration = Duration::from_secs(120);
/// Time between two looks at whether anybody waits.
const TICK: Duration = Duration::from_secs(1);

/// A line of an engine's answer.
#[derive(Deserialize)]
struct Line {
    stream: Option<String>,
    error: Option<String>,
}

/// Loads an archive of this length, whose bytes come in pieces.
pub(super) fn load(
    engine: &Address,
    size_bytes: u64,
    pieces: &Receiver<Vec<u8>>,
    over: &Over,
) -> Result<Vec<LoadedImage>, EngineTrouble> {
    // True if it is the page that fails, and not the engine.
    let is_given_up = Cell::new(false);
    let mut piece = || {
        let piece = next(pieces, over);
        is_given_up.set(piece.is_none());
        piece.ok_or_else(|| io::Error::other("nothing more came"))
    };
    let mut until = Until::over(over);
    let order = ("/images/load?quiet=1", size_bytes);
    let answer = http::post(engine, order, &mut piece, SILENCE, &mut until);
    let answer = answer.map_err(|cause| match is_given_up.get() || over.is_set() {
        true => trouble::of(EngineCause::GivenUp, cause.to_string()),
        false => trouble::of_error(&cause),
    })?;
    if answer.status != 200 {
        return Err(answer.refusal());
    }
    let mut text = Vec::new();
    let mut body = answer.body.take(LIMITS.load_answer_bytes);
    let read = body.read_to_end(&mut text);
    read.map_err(|cause| trouble::of_error(&cause))?;
    drop(body);
    let loaded = names(&text)?.into_iter().map(|name| {
        let id = || list::id_of(engine, &name, &LIMITS, &Until::list(over, &LIMITS));
        LoadedImage {
            id: is_plain(&name).then(id).flatten(),
            name,
        }
    });
    Ok(loaded.collect())
}

/// Returns the next bytes from the page; `None` if it brings no more.
fn next(pieces: &Receiver<Vec<u8>>, over: &Over) -> Option<Vec<u8>> {
    let began = Instant::now();
    loop {
        match pieces.recv_timeout(TICK) {
            Ok(piece) => return Some(piece),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {
                if over.is_set() || began.elapsed() >= PAGE_SILENCE {
                    return None;
                }
            }
        }
    }
}

/// Returns the names in an engine's answer, or the error in it, which comes with the status of a success.
fn names(text: &[u8]) -> Result<Vec<String>, EngineTrouble> {
    let mut names: Vec<String> = Vec::new();
    for line in serde_json::Deserializer::from_slice(text).into_iter::<Line>() {
        let line = line.map_err(|cause| trouble::of(EngineCause::Odd, cause.to_string()))?;
        if let Some(error) = line.error {
            return Err(trouble::of(EngineCause::Other, error));
        }
        let said = line.stream.unwrap_or_default();
        let rest = ["Loaded image: ", "Loaded image ID: ", "Loaded image(s): "]
            .iter()
            .find_map(|start| said.trim().strip_prefix(start));
        let new = rest
            .into_iter()
            .flat_map(|rest| rest.split(','))
            .map(str::trim);
        let room = LIMITS.loaded_names.saturating_sub(names.len());
        names.extend(new.take(room).map(str::to_owned));
    }
    match names.is_empty() {
        true => Err(trouble::of(
            EngineCause::NothingLoaded,
            "no image was loaded",
        )),
        false => Ok(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_the_images_or_an_error() {
        for (text, expected) in [
            (r#"{"stream":"Loaded image: a:1\n"}"#, Ok("a:1")),
            (
                "{\"stream\":\"Loaded image: a:1\\n\"}\n{\"stream\":\"Loaded image ID: sha256:aa\\n\"}",
                Ok("a:1 sha256:aa"),
            ),
            (r#"{"stream":"Loaded image: a:1,b:2"}"#, Ok("a:1 b:2")),
            (
                r#"{"status":"x","progressDetail":{}}{"stream":"Loaded image: a:1"}"#,
                Ok("a:1"),
            ),
            (
                r#"{"errorDetail":{"message":"no space"},"error":"no space"}"#,
                Err("no space"),
            ),
            ("", Err("no image was loaded")),
        ] {
            let told = names(text.as_bytes()).map(|names| names.join(" "));
            let told = told.map_err(|trouble| trouble.said);
            assert_eq!(told.as_deref().map_err(String::as_str), expected, "{text}");
        }
    }

    #[test]
    fn an_answer_of_a_million_names_is_asked_about_only_as_far_as_the_bound() {
        let text = r#"{"stream":"Loaded image: a:1,b:2"}"#.repeat(1_000);
        let told = names(text.as_bytes()).unwrap_or_default();
        assert_eq!(told.len(), LIMITS.loaded_names);
    }

    #[test]
    fn a_page_that_brings_nothing_is_not_the_engines_silence() {
        let (tell, pieces) = std::sync::mpsc::channel();
        let over = Over::default();
        assert!(tell.send(vec![1]).is_ok());
        assert_eq!(next(&pieces, &over), Some(vec![1]));
        over.set();
        assert_eq!(next(&pieces, &over), None);
    }
}
