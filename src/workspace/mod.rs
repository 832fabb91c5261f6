//! Opened images and the use cases over them; plain structs out.
