//! The container layer on the page, without a browser.
