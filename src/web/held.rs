//! Images of engines that `lamina serve` has put into files for this tab: it keeps each as long as the tab holds it.

use std::cell::RefCell;

use gloo::events::EventListener;
use js_sys::{Math, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::dropped::{Dropped, DroppedContent};
use super::fetch::{fields, plain};
use super::file::PickedFile;
use super::relay::session;
use super::task::spawn;
use super::{global, storage};
use crate::io::{Cache, Headers, Method, relay};

/// The key under which the tab's storage has them, for a reload.
const HELD_KEY: &str = "lamina.exported";

/// A name, the number of the file with that image, and its length in bytes.
type ExportedImage = (String, u64, u64);

/// The images of this page.
struct Held {
    /// The number by which the program knows this page. A tab that is loaded again, or doubled, has another.
    page: u64,
    /// The number of the page's last word to the program. The later one counts where two overtake each other.
    turn: u32,
    images: Vec<ExportedImage>,
}

thread_local! {
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

/// Runs a function on the images of this page.
fn with<T>(run: impl FnOnce(&mut Held) -> T) -> T {
    HELD.with_borrow_mut(|held| {
        run(held.get_or_insert_with(|| Held {
            page: (Math::random() * 2_f64.powi(53)) as u64,
            turn: 0,
            images: storage::get_of_tab(HELD_KEY).unwrap_or_default(),
        }))
    })
}

/// Returns the file of an exported image as if it had been dropped, and holds it.
pub fn exported(name: &str, number: u64, size_bytes: u64) -> Option<Dropped> {
    let image = (name.to_owned(), number, size_bytes);
    with(|held| held.images.push(image.clone()));
    say();
    dropped(image)
}

/// Forgets what this tab held of another program.
pub fn begin_anew() {
    with(|held| held.images.clear());
    storage::set_of_tab(HELD_KEY, &Vec::<ExportedImage>::new());
}

/// Returns the files that this tab held before it was loaded again, and holds them on.
pub fn again() -> Vec<Dropped> {
    let images = with(|held| held.images.clone());
    if !images.is_empty() {
        say();
    }
    images.into_iter().filter_map(dropped).collect()
}

/// True if the file of this number has an exported image.
pub fn is_exported(number: u64) -> bool {
    with(|held| held.images.iter().any(|(_, own, _)| *own == number))
}

/// Lets go of a file.
pub fn let_go(number: u64) {
    // Two tabs may have the same image: each holds it once.
    let is_held = with(|held| {
        let at = held.images.iter().position(|(_, own, _)| *own == number);
        at.map(|at| held.images.remove(at)).is_some()
    });
    if is_held {
        say();
    }
}

/// Returns the number of this page with that of its next word.
fn turn() -> String {
    with(|held| {
        held.turn += 1;
        format!("{}:{}", held.page, held.turn)
    })
}

/// Says which files this page holds, and has it say when it goes.
fn say() {
    thread_local! {
        static LEAVING: RefCell<Vec<EventListener>> = const { RefCell::new(Vec::new()) };
    }
    let numbers = with(|held| {
        storage::set_of_tab(HELD_KEY, &held.images);
        let numbers = held.images.iter().map(|(_, number, _)| number.to_string());
        numbers.collect::<Vec<_>>().join(",")
    });
    tell(format!("{}{}:{numbers}", relay::HELD, turn()));
    LEAVING.with_borrow_mut(|leaving| {
        if let Some(window) = web_sys::window().filter(|_| leaving.is_empty()) {
            let left = |_: &web_sys::Event| tell(format!("{}{}", relay::LEFT, turn()));
            leaving.push(EventListener::new(&window, "pagehide", left));
            // A page that the browser had put aside is shown again.
            leaving.push(EventListener::new(&window, "pageshow", |_| say()));
        }
    });
}

/// Tells the program something, though the page may be going.
fn tell(target: String) {
    let Some(session) = session() else {
        return;
    };
    let mut head = Headers::default();
    head.add(relay::KEY, session.key());
    head.add(relay::TARGET, target);
    let sent = || {
        let init = plain(Method::Post, Cache::Bypassed);
        init.set_headers(&fields(&head)?);
        Reflect::set(&init, &"keepalive".into(), &true.into())?;
        global::fetch(relay::RELAY, &init)
    };
    let sent: Result<_, JsValue> = sent();
    if let Ok(sent) = sent {
        // A program that has ended has removed its files.
        spawn("hold files", async move {
            JsFuture::from(sent).await.ok();
        });
    }
}

fn dropped((name, number, size_bytes): ExportedImage) -> Option<Dropped> {
    let path = format!("{}.tar", name.replace('/', "-"));
    let file = PickedFile::served(number as usize, path, size_bytes as f64)?;
    Some(Dropped {
        name,
        content: DroppedContent::File(file),
        handle: None,
    })
}
