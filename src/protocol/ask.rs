//! The page's questions, one type each. [`super::Request`] lists them with the types of their answers.
//!
//! Files are sent in the envelope next to a question, in the order in which it names them.

use serde::{Deserialize, Serialize};

use super::{
    AnalysisKind, Bound, CommitForm, ContainerRequest, ExportKind, ImageKey, ImagePath,
    PlatformChoice, Platforms, RequestId, SaveKind, Secret, TreeChange, TreeView,
};

macro_rules! question {
    ($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub struct $name { $($(#[$field_about])* pub $field: $kind,)* }
    };
}

question! {
    /// Opens the one file of this message: an archive, or a tar of a root file system.
    OpenFile {
        /// The file's name, for messages.
        name: String,
    }
}

question! {
    /// Opens a dropped folder, an OCI layout. The message carries one file per path.
    OpenFolder {
        /// The folder's name, for messages.
        name: String,
        /// The files' paths below the folder, in the order of the files.
        paths: Vec<String>,
    }
}

question! {
    /// Opens the text that was typed or is in the address bar: a registry, a repository or an image reference.
    OpenAddress {
        /// The text as typed.
        text: String,
        /// The platform of a multi-platform image.
        platform: PlatformChoice,
        /// True if a link led here. Then hosts that only the manifest names are not asked.
        by_link: bool,
    }
}

question! {
    /// Lists the next page of a registry's repositories.
    Catalog {
        /// The registry's base URL, from [`super::RegistryView::url`].
        registry: String,
        /// The cursor from the previous page; `None` for the first page.
        cursor: Option<String>,
    }
}

question! {
    /// Lists the next page of a repository's tags.
    Tags {
        /// The registry's base URL, from [`super::RepositoryView::url`].
        registry: String,
        /// The repository's name in the registry, `library/alpine`.
        repository: String,
        /// The cursor from the previous page; `None` for the first page.
        cursor: Option<String>,
    }
}

question! {
    /// Opens one of the images that an archive lists, under its own key.
    OpenFound {
        /// The key in [`super::ArchiveView::archive`].
        archive: u32,
        /// The image's position in [`super::ArchiveView::images`].
        image: u32,
    }
}

question! {
    /// Reads the layers of an image that are not read yet. [`super::Event::Layer`] reports progress, and the answer
    /// comes after the last layer.
    ReadLayers {
        /// The key of an open image.
        image: ImageKey,
    }
}

question! {
    /// Reads one layer again although its digest is known or the last attempt failed.
    ReadLayerAgain {
        /// The key of an open image.
        image: ImageKey,
        /// The layer's position, counted from 0 at the base.
        layer: u32,
    }
}

question! {
    /// Reads one layer again with a higher limit. The limit stays in force for this layer.
    ReadLayerHigher {
        /// The key of an open image.
        image: ImageKey,
        /// The layer's position, counted from 0 at the base.
        layer: u32,
        /// The limit to raise.
        bound: Bound,
        /// Its new value, at most what a browser can hold.
        value: u64,
    }
}

question! {
    /// Leaves out layers that are not read yet, because the reader died over them. [`ReadLayerAgain`] includes such a
    /// layer again.
    LeaveOut {
        /// The key of an open image.
        image: ImageKey,
        /// The layers' positions, counted from 0 at the base.
        layers: Vec<u32>,
    }
}

question! {
    /// Returns a window of an image's tree rows, after an optional change of the view.
    Tree {
        /// The key of an open image.
        image: ImageKey,
        /// A change that is made before rows are returned.
        change: Option<TreeChange>,
        /// The position of the first row.
        start: u32,
        /// The maximum number of rows.
        len: u32,
    }
}

question! {
    /// Finds paths in all layers.
    Find {
        /// The key of an open image.
        image: ImageKey,
        /// The query as it was typed, see [`crate::overlay::Query`].
        text: String,
        /// The maximum number of hits.
        limit: u32,
    }
}

question! {
    /// Returns everything about one path.
    Detail {
        /// The key of an open image.
        image: ImageKey,
        /// The path.
        path_key: ImagePath,
        /// The view in which the path is looked up.
        view: TreeView,
    }
}

question! {
    /// Analyses an image, as far as its layers are read. It takes long for a large one.
    Analyse {
        /// The key of an open image.
        image: ImageKey,
        /// The analysis.
        kind: AnalysisKind,
    }
}

question! {
    /// Reads bytes of a file as one layer wrote it. They come in the envelope's first buffer.
    Content {
        /// The key of an open image.
        image: ImageKey,
        /// The path.
        path_key: ImagePath,
        /// The layer whose version of the file is read.
        layer: u32,
        /// The offset of the first byte in the file.
        offset: u64,
        /// The maximum number of bytes.
        len: u32,
    }
}

question! {
    /// Reads a file's text as one layer wrote it, for the editor.
    Text {
        /// The key of an open image.
        image: ImageKey,
        /// The path.
        path_key: ImagePath,
        /// The layer whose version of the file is read.
        layer: u32,
        /// The maximum number of bytes; the rest of a longer file is left out.
        most_bytes: u32,
    }
}

question! {
    /// Reads a whole file as one layer wrote it. It comes as the envelope's first file (a Blob).
    Download {
        /// The key of an open image.
        image: ImageKey,
        /// The path.
        path_key: ImagePath,
        /// The layer whose version of the file is read.
        layer: u32,
    }
}

question! {
    /// Reads the unchanged blob of a layer or an artifact. It comes as the envelope's first file (a Blob).
    DownloadBlob {
        /// The key of an open image.
        image: ImageKey,
        /// The blob's position, counted from 0 at the base.
        layer: u32,
    }
}

question! {
    /// Makes a machine-readable document. It comes as the envelope's first file (a Blob).
    Export {
        /// The key of an open image.
        image: ImageKey,
        /// The kind of document.
        kind: ExportKind,
    }
}

question! {
    /// Starts, changes or shows the container layer of an image.
    Container {
        /// The key of an open image.
        image: ImageKey,
        /// The operation on its container layer.
        ask: ContainerRequest,
    }
}

question! {
    /// Compares a file's text below the container layer with the text in it, line by line.
    TextDiff {
        /// The key of an open image.
        image: ImageKey,
        /// The path.
        path_key: ImagePath,
    }
}

question! {
    /// Returns the configuration field by field, as the commit form shows it.
    FormFields {
        /// The key of an open image.
        image: ImageKey,
    }
}

question! {
    /// Makes an image of the container layer, or of a changed configuration alone.
    Commit {
        /// The key of an open image.
        image: ImageKey,
        /// The form as it is filled in.
        form: CommitForm,
    }
}

question! {
    /// Computes the bytes that squashing the upper layers would save.
    SquashPlan {
        /// The key of an open image.
        image: ImageKey,
        /// The lowest layer to squash.
        from: u32,
    }
}

question! {
    /// Squashes the upper layers into one and opens the result as a new image.
    Squash {
        /// The key of an open image.
        image: ImageKey,
        /// The lowest layer to squash.
        from: u32,
        /// The form as it is filled in.
        form: CommitForm,
    }
}

question! {
    /// Replaces the names of an image. Another open image loses a name that it has in common.
    Rename {
        /// The key of an open image.
        image: ImageKey,
        /// The new names, `repository:tag` each.
        names: Vec<String>,
    }
}

question! {
    /// Writes an archive, a directory or a layer to the disk while it is made. [`super::Event::Saving`] reports
    /// progress. If the page has a file for it, the file is in the envelope's target; otherwise the answer contains
    /// one.
    Save {
        /// The key of an open image.
        image: ImageKey,
        /// The kind of export.
        kind: SaveKind,
    }
}

question! {
    /// Signs in to a registry, for as long as this worker runs.
    SignIn {
        /// The registry's base URL.
        registry: String,
        /// The user name.
        name: Secret,
        /// The password that belongs to the user name.
        password: Secret,
    }
}

question! {
    /// Pushes an image to a registry, or resumes a failed push to the same place.
    Push {
        /// The key of an open image.
        image: ImageKey,
        /// `[http[s]://]host/repository[:tag]`.
        target: String,
        /// Further tags for the same manifest.
        tags: Vec<String>,
        /// The images of its index to push; `None` for this image alone, under its own manifest.
        scope: Option<Platforms>,
    }
}

question! {
    /// Closes an image and frees its memory.
    Close {
        /// The key of an open image.
        image: ImageKey,
    }
}

question! {
    /// Closes an archive that no open image needs.
    CloseArchive {
        /// The key in [`super::ArchiveView::archive`].
        archive: u32,
    }
}

question! {
    /// Reports that a worker died before this one. From then on the worker does nothing that was not asked for.
    BeCareful {}
}

question! {
    /// Returns the state of this browser's layer cache.
    Storage {}
}

question! {
    /// Removes everything from the cache.
    ClearStorage {}
}

question! {
    /// Sets the cache's limit and removes the excess.
    ChooseQuota {
        /// The limit in bytes; 0 to keep nothing.
        bytes: u64,
    }
}

question! {
    /// Cancels a running request, which is then answered with [`super::ProblemCode::Cancelled`].
    Cancel {
        /// The running request.
        request: RequestId,
    }
}
