//! The texts about the browser extension. They come with the part of the page that shows them.

messages! {
    /// The texts about the browser extension.
    ExtensionWords {}
    allow(1) why other
}
