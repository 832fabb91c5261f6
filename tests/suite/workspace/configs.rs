//! Configs as the page shows them: the seventh section of the checklist.
