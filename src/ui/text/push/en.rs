//! Pushing and signing in, in English.

use super::{Push, SignIn};

/// English.
pub static ENGLISH: Push = Push {
    open: "Push",
    busy: "Pushing…",
    title: "Push to a registry",
    target: "To",
    target_hint: "registry.example.com/team/app:1.0",
    tags: "More tags",
    tags_hint: "1 latest",
    all_platforms: "The images of all platforms, under their index",
    start: "Push",
    again: "Push again; what has arrived is not sent again",
    stop: "Stop",
    preparing: "Compressing layers: {0} read",
    documents: "Writing the manifest",
    blobs: "Layers and configuration",
    waiting: "Waiting",
    asking: "Asking",
    sending: "Uploading {0} %",
    exists: "Layer already exists",
    mounted: "Mounted from another repository",
    sent: "Pushed",
    done: "The image is in the registry.",
    counts: "{0} sent ({1}), {2} were there already",
    failed_hint: "No tag was changed.",
    tags_written: "Tags that point to the new image: {0}",
    tag_unknown: "The answer for this tag was lost; it may have been written: {0}",
    tags_unwritten: "Tags that were not changed: {0}",
    sign_in: SignIn {
        title: "Sign in",
        name: "Name",
        password: "Password or access token",
        refused: "The name or the password is wrong, or they do not suffice.",
        button: "Sign in",
        note: "Kept in the memory of this tab alone, and sent to this registry and to the token server that it names.",
        plain: "This registry is on http: the password crosses the network unencrypted.",
    },
};
