//! The text editor: the custom element `<lamina-editor>` of www/editor.js, a module of its own that is loaded when a
//! text is first edited.

use std::cell::Cell;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlScriptElement;
use yew::NodeRef;

use super::dom;

thread_local! {
    /// How often the module did not come: browsers remember that for an address, so that each try has another one.
    static FAILED: Cell<u32> = const { Cell::new(0) };
}

/// Loads the editor's module; once it is there, it comes at once.
///
/// # Errors
/// Why it does not come, for reading.
pub async fn load() -> Result<(), String> {
    let name = dom::meta("lamina-editor").ok_or("this build of the page has no text editor")?;
    let n_failed = FAILED.get();
    let url = match n_failed {
        0 => name,
        n => format!("{name}?{n}"),
    };
    match loaded(&url).await {
        Ok(()) => Ok(()),
        Err(error) => {
            FAILED.set(n_failed + 1);
            let why = super::describe(&error);
            Err(format!("the text editor cannot be loaded: {why}"))
        }
    }
}

async fn loaded(url: &str) -> Result<(), JsValue> {
    let document = web_sys::window()
        .and_then(|window| window.document())
        .ok_or("there is no page")?;
    let head = document.head().ok_or("the page has no head")?;
    let script: HtmlScriptElement = document.create_element("script")?.dyn_into()?;
    script.set_type("module");
    script.set_src(url);
    let done = Promise::new(&mut |resolve, reject| {
        let failed = Closure::once_into_js(move || {
            let why = JsValue::from_str("its file does not come");
            reject.call1(&JsValue::UNDEFINED, &why).ok();
        });
        script.set_onload(Some(&resolve));
        script.set_onerror(Some(failed.unchecked_ref()));
    });
    head.append_child(&script)?;
    let done = JsFuture::from(done).await;
    script.remove();
    done.map(drop)
}

/// What an editor starts with.
pub struct Start<'a> {
    /// The text.
    pub text: &'a str,
    /// What the text is called, for assistive technology.
    pub label: &'a str,
    /// The language that colours it; empty for none.
    pub language: &'a str,
    /// The editor's own words, English and the reader's.
    pub phrases: &'a [(&'static str, &'static str)],
}

/// What an editor tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The text is another one.
    Changed,
    /// The text is to be kept.
    Save,
    /// The editor is to be closed.
    Leave,
}

/// An editor in the page; it is silent once this is dropped.
pub struct Editor {
    element: JsValue,
    _told: [Closure<dyn Fn()>; 3],
}

impl Editor {
    /// Shows the text in the `<lamina-editor>` at `node`, and passes on what it tells.
    ///
    /// # Errors
    /// When the element is not there, or the browser cannot show it; for reading.
    pub fn open(
        node: &NodeRef,
        start: &Start<'_>,
        tell: impl Fn(Told) + Clone + 'static,
    ) -> Result<Editor, String> {
        let element: JsValue = node.get().ok_or("the editor's place is gone")?.into();
        let told = [
            ("change", Told::Changed),
            ("save", Told::Save),
            ("leave", Told::Leave),
        ];
        let options = Object::new();
        let set = |name: &str, value: &JsValue| {
            // A new object takes every property.
            Reflect::set(&options, &name.into(), value).unwrap_or_default();
        };
        set("text", &start.text.into());
        set("label", &start.label.into());
        set("language", &start.language.into());
        let phrases: Array = start
            .phrases
            .iter()
            .map(|(english, own)| Array::of2(&(*english).into(), &(*own).into()))
            .collect();
        let phrases = Object::from_entries(&phrases).map_err(|error| super::describe(&error))?;
        set("phrases", &phrases);
        let told = told.map(|(name, told)| {
            let tell = tell.clone();
            let closure = Closure::<dyn Fn()>::new(move || tell(told));
            set(name, closure.as_ref());
            closure
        });
        let open = Reflect::get(&element, &"open".into()).ok();
        let open: Function = open
            .and_then(|open| open.dyn_into().ok())
            .ok_or("the browser cannot show it")?;
        open.call1(&element, &options)
            .map_err(|error| super::describe(&error))?;
        Ok(Editor {
            element,
            _told: told,
        })
    }

    /// The text as it stands.
    pub fn text(&self) -> String {
        let text = Reflect::get(&self.element, &"text".into()).ok();
        text.and_then(|text| text.as_string()).unwrap_or_default()
    }
}
