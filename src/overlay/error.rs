//! Why a path of an image leads nowhere.

/// Why a path could not be followed to something that the view shows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Usually a dangling symbolic link, or a path of another layer's view.
    #[error("nothing is at this path, check the layer that is shown: {path}")]
    NotFound {
        /// The path, escaped.
        path: String,
    },
    /// Something that is not a directory stands in the middle of the path.
    #[error("a part of this path is not a directory, open what holds it instead: {path}")]
    NotDirectory {
        /// The path, escaped.
        path: String,
    },
    /// Usually symbolic links that point at each other.
    #[error(
        "following this path meets more than {hops} symbolic links, they probably form a loop: {path}"
    )]
    Loop {
        /// The limit that was passed.
        hops: usize,
        /// The path, escaped.
        path: String,
    },
}
