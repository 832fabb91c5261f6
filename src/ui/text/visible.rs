//! Makes the invisible characters of foreign texts visible, as everywhere in Lamina.

pub use crate::protocol::{n_columns, visible_line, visible_lines, visible_text};
