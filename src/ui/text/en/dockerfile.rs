//! The Dockerfile in English.

use crate::ui::text::dockerfile::DockerfileWords;
use crate::ui::text::words::words;

/// The messages in English.
pub(in crate::ui::text) static DOCKERFILE: DockerfileWords = DockerfileWords {
    shown: "Shown as",
    steps: "Build steps",
    dockerfile: "Dockerfile",
    waiting: "The Dockerfile is rebuilt when all layers are read.",
    computing: "Rebuilding the Dockerfile…",
    rebuilt: "Rebuilt from the history in the configuration, and from what its layers hold.",
    base_told: words("The history names the base image: {0}. Its own steps stand above FROM."),
    base_untold: "The history does not tell where the base image ends: its steps are among these.",
    of_base: "base image",
    download: "Download",
    instruction: "Instruction",
    copy_all: "Dockerfile",
    lacks: "Not in the history",
    gap_sources: "the sources' place",
    gap_here_document: "the here-document",
    gap_words: "where words end",
    gap_command: "the instruction",
};
