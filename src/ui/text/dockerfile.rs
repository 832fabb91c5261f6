//! The texts of the Dockerfile beside the history.

messages! {
    /// The texts of the Dockerfile beside the history.
    DockerfileWords {}
    shown steps dockerfile waiting computing rebuilt base_told(1) base_untold of_base download instruction copy_all
    lacks gap_sources gap_here_document gap_words gap_command
}
