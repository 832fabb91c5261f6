//! Access to the DOM beyond what Yew offers: focus, scrolling, sizes, media, keys.
//!
//! Elements are named by `NodeRef` or by id. A missing element is silently ignored.

use gloo::events::{EventListener, EventListenerOptions};
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    Document, Element, HtmlElement, HtmlInputElement, ResizeObserver, ResizeObserverEntry,
    ScrollIntoViewOptions, ScrollLogicalPosition, Window,
};
use yew::prelude::{
    FocusEvent, KeyboardEvent, MouseEvent, NodeRef, PointerEvent, SubmitEvent, TargetCast,
};

use super::task;

/// Tasks of the page's thread after which a pending element has been drawn, or never will be.
const DRAWING_TASKS: u32 = 10;

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window().and_then(|window| window.document())
}

fn by_id(id: &str) -> Option<HtmlElement> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// Shows the dialog with this id as a modal one, if it exists: the rest of the page is inert, and the focus moves in.
pub fn show_modal(id: &str) {
    let Some(dialog) = by_id(id).filter(|dialog| !dialog.has_attribute("open")) else {
        return;
    };
    let show = Reflect::get(&dialog, &"showModal".into()).ok();
    if let Some(show) = show.and_then(|show| show.dyn_into::<Function>().ok()) {
        show.call0(&dialog).ok();
    }
}

/// Closes the modal dialog with this id, so that the rest of the page can take the focus.
pub fn close_modal(id: &str) {
    let Some(dialog) = by_id(id).filter(|dialog| dialog.has_attribute("open")) else {
        return;
    };
    let close = Reflect::get(&dialog, &"close".into()).ok();
    if let Some(close) = close.and_then(|close| close.dyn_into::<Function>().ok()) {
        close.call0(&dialog).ok();
    }
}

/// Makes the browser ask before the page is left, until the result is dropped.
pub fn ask_before_leaving() -> Option<Listening> {
    let options = EventListenerOptions::enable_prevent_default();
    let (name, target) = ("beforeunload", window()?.into());
    let listener =
        EventListener::new_with_options(&target, name, options, |event| event.prevent_default());
    Some(Listening {
        _listener: listener,
    })
}

/// Returns the text in the field (or the choice in the list) that an event came from.
pub fn value_of(event: &impl TargetCast) -> String {
    let field = event.target_dyn_into::<Element>();
    let value = field.and_then(|field| Reflect::get(&field, &"value".into()).ok());
    value
        .and_then(|value| value.as_string())
        .unwrap_or_default()
}

/// Returns the values in the fields of a submitted form, in order.
pub fn fields(event: &SubmitEvent) -> Vec<String> {
    let Some(form) = event.target_dyn_into::<Element>() else {
        return Vec::new();
    };
    let inputs = form.get_elements_by_tag_name("input");
    let inputs = (0..inputs.length()).filter_map(|at| inputs.item(at)?.dyn_into().ok());
    inputs
        .map(|input: HtmlInputElement| input.value())
        .collect()
}

/// True if the checkbox that an event came from is checked.
pub fn checked_of(event: &impl TargetCast) -> bool {
    event
        .target_dyn_into::<HtmlInputElement>()
        .is_some_and(|input| input.checked())
}

/// Focuses an element.
pub fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        element.focus().unwrap_or_default();
    }
}

/// Focuses an element without scrolling to it.
pub fn focus_in_place(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        element.focus_with_options(&options).unwrap_or_default();
    }
}

/// Like [`focus_in_place`], for the element with this id.
pub fn focus_id_in_place(id: &str) {
    if let Some(element) = by_id(id) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        element.focus_with_options(&options).unwrap_or_default();
    }
}

/// Like [`focus_in_place`], for an element that is about to be drawn.
pub fn focus_node_soon(node: &NodeRef) {
    let node = node.clone();
    task::spawn("focus", async move {
        for _ in 0..DRAWING_TASKS {
            task::next().await;
            focus_in_place(&node);
            if has_focus(&node) {
                return;
            }
        }
    });
}

/// Focuses the element with this id, and selects its text if it is an input field.
pub fn focus_id(id: &str) {
    focus_found(id);
}

/// Like [`focus_id`], for an element that is about to be drawn.
pub fn focus_soon(id: String) {
    task::spawn("focus", async move {
        for _ in 0..DRAWING_TASKS {
            if focus_found(&id) {
                return;
            }
            task::next().await;
        }
    });
}

fn focus_found(id: &str) -> bool {
    let Some(element) = by_id(id) else {
        return false;
    };
    element.focus().unwrap_or_default();
    if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        input.select();
    }
    true
}

/// Clicks an element, such as the hidden file input behind a button.
pub fn click(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        element.click();
    }
}

/// Clicks the element with this id.
pub fn click_id(id: &str) {
    if let Some(element) = by_id(id) {
        element.click();
    }
}

/// The element that has the focus, to be given it back later.
pub struct Focused(Option<HtmlElement>);

impl Focused {
    /// Returns the element that has the focus now.
    pub fn now() -> Focused {
        let active = document().and_then(|document| document.active_element());
        Focused(active.and_then(|active| active.dyn_into().ok()))
    }

    /// Gives the focus back.
    pub fn give_back(self) {
        if let Some(element) = self.0 {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            element.focus_with_options(&options).unwrap_or_default();
        }
    }
}

/// Sets the text of an input field that Yew does not control.
pub fn set_value(node: &NodeRef, text: &str) {
    if let Some(input) = node.cast::<HtmlInputElement>() {
        input.set_value(text);
    }
}

/// Returns the text of an input field.
pub fn value(node: &NodeRef) -> String {
    node.cast::<HtmlInputElement>()
        .map(|input| input.value())
        .unwrap_or_default()
}

/// True if the focus is on an element that takes typed letters: a field, a list, an editable text.
pub fn typing() -> bool {
    document()
        .and_then(|document| document.active_element())
        .is_some_and(|element| {
            matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
                || element.has_attribute("contenteditable")
        })
}

/// True if the focus is on this element or in it.
pub fn has_focus(node: &NodeRef) -> bool {
    let active = document().and_then(|document| document.active_element());
    match (node.cast::<Element>(), active) {
        (Some(element), Some(active)) => element.contains(Some(&active)),
        _ => false,
    }
}

/// True if the focus that leaves an element goes to another place inside `node`.
pub fn focus_stays(node: &NodeRef, event: &FocusEvent) -> bool {
    let goes_to = event
        .related_target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    match (node.cast::<Element>(), goes_to) {
        (Some(element), Some(target)) => element.contains(Some(&target)),
        _ => false,
    }
}

/// True if a click is the second of a double click, or a later one.
pub fn is_further_click(event: &MouseEvent) -> bool {
    event.detail() > 1
}

/// Returns the nearest element around an event's target, or the target, that matches a selector.
fn above(event: &impl TargetCast, selector: &str) -> Option<Element> {
    let target = event.target_dyn_into::<Element>()?;
    target.closest(selector).ok().flatten()
}

/// True if an event came from the element with this id itself.
pub fn is_target(event: &impl TargetCast, id: &str) -> bool {
    let target = event.target_dyn_into::<Element>();
    target.is_some_and(|target| target.id() == id)
}

/// True if an event came from inside an element that matches a selector.
pub fn target_is(event: &impl TargetCast, selector: &str) -> bool {
    above(event, selector).is_some()
}

/// Returns an attribute's value from the nearest enclosing element of an event's target that has it.
pub fn attribute_above(event: &impl TargetCast, name: &str) -> Option<String> {
    above(event, &format!("[{name}]"))?.get_attribute(name)
}

/// Sets another attribute of the nearest enclosing element of an event's target that has an attribute.
pub fn set_attribute_above(event: &impl TargetCast, name: &str, other: &str, value: &str) {
    if let Some(above) = above(event, &format!("[{name}]")) {
        above.set_attribute(other, value).ok();
    }
}

/// True while a dialog is over the page.
pub fn dialog_is_open() -> bool {
    let found = document().map(|document| document.query_selector("dialog[open]"));
    found.is_some_and(|found| matches!(found, Ok(Some(_))))
}

/// Gives the focus to the second of two elements if the first has it, and else to the first.
pub fn swap_focus(one: &str, other: &str) {
    match is_focused(one) {
        true => focus_id(other),
        false => focus_id(one),
    }
}

/// True if nothing has the focus, because the focused element was removed.
pub fn focus_is_lost() -> bool {
    document()
        .and_then(|document| document.active_element())
        .is_none_or(|element| element.tag_name() == "BODY")
}

/// True if nothing has the focus that somebody gave it: the page itself, or its main part.
pub fn focus_is_idle() -> bool {
    focus_is_lost()
        || document()
            .and_then(|document| document.active_element())
            .is_some_and(|element| element.tag_name() == "MAIN")
}

/// True if the element with this id has the focus.
pub fn is_focused(id: &str) -> bool {
    document()
        .and_then(|document| document.active_element())
        .is_some_and(|element| element.id() == id)
}

/// Returns the content of the page's `<meta>` element with this name.
pub fn meta(name: &str) -> Option<String> {
    let all = document()?.get_elements_by_tag_name("meta");
    (0..all.length())
        .filter_map(|position| all.item(position))
        .find(|element| element.get_attribute("name").as_deref() == Some(name))?
        .get_attribute("content")
}

/// Creates an element outside the document.
pub fn detached() -> Option<Element> {
    document()?.create_element("div").ok()
}

/// Returns an element's vertical scroll position in CSS pixels.
pub fn scroll_top(node: &NodeRef) -> f64 {
    node.cast::<Element>()
        .map_or(0.0, |element| f64::from(element.scroll_top()))
}

/// Sets an element's vertical scroll position.
pub fn set_scroll_top(node: &NodeRef, top: f64) {
    if let Some(element) = node.cast::<Element>() {
        element.set_scroll_top(top as i32);
    }
}

/// Scrolls as little as necessary to show the element with this id.
pub fn reveal_id(id: &str) {
    if let Some(element) = by_id(id) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        options.set_inline(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Returns an element's inner width and height in CSS pixels.
pub fn size(node: &NodeRef) -> (f64, f64) {
    node.cast::<Element>().map_or((0.0, 0.0), |element| {
        (
            f64::from(element.client_width()),
            f64::from(element.client_height()),
        )
    })
}

/// Reports an element's size until it is dropped.
pub struct SizeObserver {
    observer: ResizeObserver,
    _closure: Closure<dyn FnMut(Array)>,
}

/// Calls `changed` with width and height of the element's content, immediately and on every change.
pub fn observe_size(node: &NodeRef, changed: impl Fn(f64, f64) + 'static) -> Option<SizeObserver> {
    let element = node.cast::<Element>()?;
    let closure = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
        let last = entries.iter().last();
        if let Some(entry) = last.and_then(|entry| entry.dyn_into::<ResizeObserverEntry>().ok()) {
            let rect = entry.content_rect();
            changed(rect.width(), rect.height());
        }
    });
    let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
    observer.observe(&element);
    Some(SizeObserver {
        observer,
        _closure: closure,
    })
}

impl Drop for SizeObserver {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// An event listener that is removed when dropped.
pub struct Listening {
    _listener: EventListener,
}

impl Listening {
    pub(super) fn of(listener: EventListener) -> Listening {
        Listening {
            _listener: listener,
        }
    }
}

/// Calls `pressed` for every key pressed on the page. The callback may prevent the key's default.
pub fn on_key(pressed: impl Fn(&KeyboardEvent) + 'static) -> Option<Listening> {
    let options = EventListenerOptions::enable_prevent_default();
    let listener =
        EventListener::new_with_options(&document()?.into(), "keydown", options, move |event| {
            if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                pressed(event);
            }
        });
    Some(Listening {
        _listener: listener,
    })
}

/// True if a media query matches now.
pub fn media_matches(query: &str) -> bool {
    window()
        .and_then(|window| window.match_media(query).ok().flatten())
        .is_some_and(|list| list.matches())
}

/// Calls `changed` whenever a media query starts or stops matching.
pub fn on_media(query: &str, changed: impl Fn(bool) + 'static) -> Option<Listening> {
    let list = window()?.match_media(query).ok()??;
    let watched = list.clone();
    let listener = EventListener::new(&list, "change", move |_| changed(watched.matches()));
    Some(Listening {
        _listener: listener,
    })
}

/// Sends all moves of the pointer to the element below it until it is released, for dragging a divider.
pub fn capture_pointer(event: &PointerEvent) {
    if let Some(element) = event.target_dyn_into::<Element>() {
        element
            .set_pointer_capture(event.pointer_id())
            .unwrap_or_default();
    }
}

/// Sets the window's title.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Sets the document's language.
pub fn set_language(tag: &str) {
    let root = document().and_then(|document| document.document_element());
    if let Some(root) = root {
        root.set_attribute("lang", tag).unwrap_or_default();
    }
}

/// Returns the browser's preferred language.
pub fn browser_language() -> String {
    window()
        .and_then(|window| window.navigator().language())
        .unwrap_or_default()
}
