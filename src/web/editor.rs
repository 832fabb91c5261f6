//! The text editor: the custom element `<lamina-editor>` of www/editor.js, a separate module that is loaded when a
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
    /// Number of failed loads. Browsers remember a failure for a URL, so each attempt uses another one.
    static FAILED: Cell<u32> = const { Cell::new(0) };
}

/// Loads the editor's module. Returns at once if it is loaded already.
///
/// # Errors
/// The reason for a failed load, for display.
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

/// The initial state of an editor.
pub struct Start<'a> {
    /// The text to edit.
    pub text: &'a str,
    /// The name of the text, for assistive technology.
    pub label: &'a str,
    /// The language for syntax highlighting; empty for none.
    pub language: &'a str,
    /// The editor's own phrases, in English and in the person's language.
    pub phrases: &'a [(&'static str, &'static str)],
}

/// A message from an editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The text has changed.
    Changed,
    /// The person wants to save the text.
    Save,
    /// The person wants to close the editor.
    Leave,
}

/// An editor in the page. It sends no messages once this is dropped.
pub struct Editor {
    element: JsValue,
    _told: [Closure<dyn Fn()>; 3],
}

impl Editor {
    /// Shows the text in the `<lamina-editor>` at `node`, and forwards its messages to `tell`.
    ///
    /// # Errors
    /// When the element does not exist, or the browser cannot show it; for display.
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
            // Setting a property of a new object cannot fail.
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

    /// Returns the present text.
    pub fn text(&self) -> String {
        let text = Reflect::get(&self.element, &"text".into()).ok();
        text.and_then(|text| text.as_string()).unwrap_or_default()
    }
}
