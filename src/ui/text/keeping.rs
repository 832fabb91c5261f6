//! The texts about logins that the browser keeps. They come with the part of the page that shows the form for signing in.

messages! {
    /// The texts about logins that the browser keeps.
    KeepingWords {}
    keep note use_kept none_kept other_registry(1) cancel
}
