//! Pushing and signing in, in English.

use crate::ui::text::push::{PushWords, SignIn};
use crate::ui::text::words::words;

/// The messages in English.
pub(super) static PUSH: PushWords = PushWords {
    open: "Push",
    busy: "Pushing…",
    title: "Push to a registry",
    target: "To",
    target_hint: "registry.example.com/team/app:1.0",
    tags: "More tags",
    tags_hint: "1.0 latest",
    one_platform: words("Only this platform is pushed. The tag will not include the other platforms of the index: {0}"),
    repacked: words("Layers {0} are recompressed with gzip: a manifest cannot name xz or bzip2."),
    present: "Push what is here",
    all_platforms: "The images of all platforms, under their index",
    start: "Push",
    again: "Push again; blobs that arrived are not sent again",
    stop: "Stop",
    preparing: words("Compressing layers: {0} read"),
    documents: "Writing the manifest",
    blobs: "Layers and configuration",
    waiting: "Waiting",
    asking: "Asking",
    sending: words("Uploading {0} %"),
    exists: "Layer already exists",
    mounted: "Mounted from another repository",
    sent: "Pushed",
    done: "The image is in the registry.",
    counts: words("{0} sent ({1}), {2} were there already"),
    compressed: words("Compressed for it: {0}"),
    failed_hint: "No tag was changed.",
    tags_written: words("Tags that point to the new image: {0}"),
    tag_unknown: words("The answer for this tag was lost; it may have been written: {0}"),
    tags_unwritten: words("Tags that were not changed: {0}"),
    sign_in: SignIn {
        title: "Sign in",
        name: "Name",
        password: "Password or access token",
        refused: "The name or the password is wrong, or lacks the permission.",
        button: "Sign in",
        note: "Kept only in the memory of this tab, and sent only to this registry and to the token server that it names.",
        plain: "This registry is on http: the password crosses the network unencrypted.",
    },
};
