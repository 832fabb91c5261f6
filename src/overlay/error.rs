//! Errors of paths that lead nowhere.

/// The reason why a path does not lead to anything in the view.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing exists at the path. Usually a dangling symbolic link, or a path of another layer's view.
    #[error("nothing is at this path, check the layer that is shown: {path}")]
    NotFound {
        /// Requested path, escaped.
        path: String,
    },
    /// A component of the path is not a directory.
    #[error("a part of this path is not a directory, open what holds it instead: {path}")]
    NotDirectory {
        /// Requested path, escaped.
        path: String,
    },
    /// The path has too many symbolic links. Usually they point at each other.
    #[error(
        "following this path meets more than {hops} symbolic links, they probably form a loop: {path}"
    )]
    Loop {
        /// Limit that was exceeded.
        hops: usize,
        /// Requested path, escaped.
        path: String,
    },
}
