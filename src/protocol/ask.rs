//! The questions of the page, one type each. [`super::Request`] lists them with the type of their answer.
//!
//! Files travel beside a question in the envelope, in the order in which it names them.

use serde::{Deserialize, Serialize};

use super::{
    Bound, CommitForm, ContainerRequest, ExportKind, ImageKey, PushScope, RequestId, SaveKind,
    Secret, TreeChange, TreeView,
};

macro_rules! question {
    ($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub struct $name { $($(#[$field_about])* pub $field: $kind,)* }
    };
}

question! {
    /// Opens the one file beside this message: an archive, or a tar of a root file system.
    OpenFile {
        /// The file's name, for messages.
        name: String,
    }
}

question! {
    /// Opens a dropped folder: an OCI layout. There are as many files beside this message as there are paths.
    OpenFolder {
        /// The folder's name.
        name: String,
        /// The files' paths below it, in the order of the files.
        paths: Vec<String>,
    }
}

question! {
    /// Opens what was typed or stands in the address bar: a registry, a repository or an image reference.
    OpenAddress {
        /// The text as typed.
        text: String,
        /// The platform of a multi-platform image, `os/arch[/variant]`; `None` for the default one.
        platform: Option<String>,
        /// True if a link led here: then no host is asked that only the manifest names.
        by_link: bool,
    }
}

question! {
    /// The next page of a registry's repositories.
    Catalog {
        /// The registry's base URL as [`super::RegistryView::url`] gave it.
        registry: String,
        /// Where to go on, as the last page said; `None` from the start.
        cursor: Option<String>,
    }
}

question! {
    /// The next page of a repository's tags.
    Tags {
        /// The registry's base URL.
        registry: String,
        /// The repository's name in the registry.
        repository: String,
        /// Where to go on; `None` from the start.
        cursor: Option<String>,
    }
}

question! {
    /// Opens one of the images that an archive lists, under a key of its own.
    OpenFound {
        /// The archive's key.
        archive: u32,
        /// The image's position in the archive's list.
        image: u32,
    }
}

question! {
    /// Reads the layers of an image that are not read yet; answered when all are read, with
    /// [`super::Event::Layer`] in between.
    ReadLayers {
        /// The image.
        image: ImageKey,
    }
}

question! {
    /// Reads one layer again although its digest is known or its reading failed.
    ReadLayerAgain {
        /// The image.
        image: ImageKey,
        /// The layer, counted from 0 at the base.
        layer: u32,
    }
}

question! {
    /// Reads one layer again with a higher limit, which holds for this layer from then on.
    ReadLayerHigher {
        /// The image.
        image: ImageKey,
        /// The layer, counted from 0 at the base.
        layer: u32,
        /// The limit.
        bound: Bound,
        /// Its new value; never more than a browser can hold.
        value: u64,
    }
}

question! {
    /// Leaves layers out that are not read yet, because the reader died over them. [`ReadLayerAgain`] takes each in
    /// again.
    LeaveOut {
        /// The image.
        image: ImageKey,
        /// The layers, counted from 0 at the base.
        layers: Vec<u32>,
    }
}

question! {
    /// Changes what an image's tree shows, if asked to, and gives a window of its rows.
    Tree {
        /// The image.
        image: ImageKey,
        /// The change, made before rows are given.
        change: Option<TreeChange>,
        /// The first row wanted.
        start: u32,
        /// Rows at most.
        len: u32,
    }
}

question! {
    /// Paths whose name holds the text, in all layers.
    Find {
        /// The image.
        image: ImageKey,
        /// A part of the name; ASCII case does not count.
        text: String,
        /// Hits at most.
        limit: u32,
    }
}

question! {
    /// Everything about one path.
    Detail {
        /// The image.
        image: ImageKey,
        /// The path's bytes in lower-case hex (names need not be text).
        path_hex: String,
        /// The view in which it is asked.
        view: TreeView,
    }
}

question! {
    /// Live and dead bytes of the image; a long computation for a large one.
    Space {
        /// The image.
        image: ImageKey,
    }
}

question! {
    /// Bytes of a file as one layer wrote it; they come in the envelope's first buffer.
    Content {
        /// The image.
        image: ImageKey,
        /// The path's bytes in hex.
        path_hex: String,
        /// The layer whose version is wanted.
        layer: u32,
        /// The first byte.
        offset: u64,
        /// Bytes at most.
        len: u32,
    }
}

question! {
    /// A file's text as one layer wrote it, to be edited.
    Text {
        /// The image.
        image: ImageKey,
        /// The path's bytes in hex.
        path_hex: String,
        /// The layer whose version is wanted.
        layer: u32,
        /// Bytes at most; the rest of a longer file is left out.
        most_bytes: u32,
    }
}

question! {
    /// A whole file as one layer wrote it; it comes as the envelope's first file (a Blob).
    Download {
        /// The image.
        image: ImageKey,
        /// The path's bytes in hex.
        path_hex: String,
        /// The layer whose version is wanted.
        layer: u32,
    }
}

question! {
    /// A layer or an artifact's blob as it is stored; it comes as the envelope's first file (a Blob).
    DownloadBlob {
        /// The image.
        image: ImageKey,
        /// The blob's position, counted from 0 at the base.
        layer: u32,
    }
}

question! {
    /// A machine-readable document; it comes as the envelope's first file (a Blob).
    Export {
        /// The image.
        image: ImageKey,
        /// The document.
        kind: ExportKind,
    }
}

question! {
    /// Starts, changes or looks at the container layer of an image.
    Container {
        /// The image.
        image: ImageKey,
        /// The deed.
        ask: ContainerRequest,
    }
}

question! {
    /// A file's text below and in the container layer, line by line.
    TextDiff {
        /// The image.
        image: ImageKey,
        /// The path's bytes in hex.
        path_hex: String,
    }
}

question! {
    /// The configuration, field by field as the commit form shows it.
    FormFields {
        /// The image.
        image: ImageKey,
    }
}

question! {
    /// Makes an image of the container layer, or of a changed configuration alone.
    Commit {
        /// The image.
        image: ImageKey,
        /// The form as it is filled in.
        form: CommitForm,
    }
}

question! {
    /// The bytes that squashing the upper layers would save.
    SquashPlan {
        /// The image.
        image: ImageKey,
        /// The lowest layer of them.
        from: u32,
    }
}

question! {
    /// Squashes the upper layers into one, as an image of its own.
    Squash {
        /// The image.
        image: ImageKey,
        /// The lowest layer of them.
        from: u32,
        /// The form as it is filled in.
        form: CommitForm,
    }
}

question! {
    /// Gives an image other names. A name that another open image has is taken from it.
    Rename {
        /// The image.
        image: ImageKey,
        /// `repository:tag`, each.
        names: Vec<String>,
    }
}

question! {
    /// Writes an archive, a directory or a layer to the disk while it is made; [`super::Event::Saving`] tells how far it
    /// is. If the page has a file for it, that stands in the envelope's target; otherwise the answer brings one.
    Save {
        /// The image.
        image: ImageKey,
        /// The kind of export.
        kind: SaveKind,
    }
}

question! {
    /// Signs in at a registry, for as long as this worker runs.
    SignIn {
        /// The registry's base URL.
        registry: String,
        /// The name.
        name: Secret,
        /// The password.
        password: Secret,
    }
}

question! {
    /// Pushes an image to a registry, or goes on with a push of it to the same place that failed.
    Push {
        /// The image.
        image: ImageKey,
        /// `[http[s]://]host/repository[:tag]`.
        target: String,
        /// Further tags.
        tags: Vec<String>,
        /// The images of its index that go with it.
        scope: PushScope,
    }
}

question! {
    /// Forgets an image and frees its memory.
    Close {
        /// The image.
        image: ImageKey,
    }
}

question! {
    /// Forgets an archive that no open image needs.
    CloseArchive {
        /// The archive's key.
        archive: u32,
    }
}

question! {
    /// Tells that a worker died before this one: from now on nothing is done that was not asked for.
    BeCareful {}
}

question! {
    /// The layers that this browser keeps.
    Storage {}
}

question! {
    /// Removes all that is kept.
    ClearStorage {}
}

question! {
    /// Sets how much is kept at most from now on, and removes what is more.
    ChooseQuota {
        /// Bytes; 0 to keep nothing.
        bytes: u64,
    }
}

question! {
    /// Ends a request that is under way; that request is answered with [`super::ProblemCode::Cancelled`].
    Cancel {
        /// The request.
        request: RequestId,
    }
}
