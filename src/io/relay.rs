//! The names that a page and the relay of `lamina serve` agree on: `web::relay` is the page's side, `cli/serve` the
//! program's.

/// The address that exchanges a token for a key.
pub const SESSION: &str = "/session";
/// The address of the relay.
pub const RELAY: &str = "/relay";
/// The one-time token: a field, and in the fragment of the address that the page is opened by.
pub const TOKEN: &str = "lamina-token";
/// The field of the key.
pub const KEY: &str = "lamina-key";
/// The field of the address to ask.
pub const TARGET: &str = "lamina-target";
/// The field of the method; GET where it is absent.
pub const METHOD: &str = "lamina-method";
/// The field of the registry that the person named, by its base URL.
pub const REGISTRY: &str = "lamina-registry";
/// The field of a request that brings the page's own login.
pub const LOGIN: &str = "lamina-login";
/// The field of a registry that the person named with its scheme.
pub const SCHEME: &str = "lamina-scheme";
/// The field of a request that follows no redirect.
pub const REDIRECTS: &str = "lamina-redirects";
/// The field of the status that a registry answered with.
pub const STATUS: &str = "lamina-status";
/// The field of the address that answered.
pub const URL: &str = "lamina-url";
/// The field of an error; the body is its kind and message (postcard).
pub const ERROR: &str = "lamina-error";
/// The beginning of the names of a registry's own fields, which are passed on.
pub const PASSED: &str = "lamina-h-";
/// The beginning of the address of a file that the program serves.
pub const LOCAL: &str = "local:";
/// The address of the engines on this machine. The order to them is the request's body, as bytes (postcard).
pub const ENGINES: &str = "engines:";
/// The beginning of the word which exported files a page holds: its own number, that of the word, which grows, and those
/// of the files, as in `held:7:1:0,3`.
pub const HELD: &str = "held:";
/// The beginning of the word that a page goes, as in `left:7:2`.
pub const LEFT: &str = "left:";
