//! Failures in English.


use crate::protocol::ProblemCode;
use crate::ui::text::problem::ProblemText;

/// Returns the words for a kind of failure.
pub(super) fn text(code: ProblemCode) -> ProblemText {
    let (title, cause, way_out): (_, _, &'static [&'static str]) = match code {
        ProblemCode::BadAddress => (
            "This is not an address of an image",
            "The text is neither a registry, nor a repository, nor an image reference.",
            &[
                "Write it as docker pull does, for example registry.example.com/team/app:1.0",
                "Names are in lower case; a tag comes after a colon, a digest after @",
            ],
        ),
        ProblemCode::DockerHub => (
            "Docker Hub cannot be read by a web page",
            "Docker Hub sends no CORS headers, so browsers keep its answers from every page. Lamina has no server that could fetch them for you.",
            &[
                "Run lamina open with its name: the command on your machine reads Docker Hub for this page",
                "Or save the image to a file with one of these commands, then drop the file here",
            ],
        ),
        ProblemCode::RelayLost => (
            "lamina serve does not read for this tab",
            "It has ended or was started anew, or the address of this tab was used before: each is good for one tab.",
            &["Open the address that lamina serve printed last, or start it again"],
        ),
        ProblemCode::Unreachable => (
            "The registry does not answer",
            "The name or port may be wrong, the registry may be down, its certificate may not be trusted by this browser, or the browser was not permitted to reach your local network.",
            &[
                "Open the registry’s address followed by /v2/ in a new tab: accept its certificate, or see what the browser says",
                "If the browser asked whether this page may reach your local network, allow it",
            ],
        ),
        ProblemCode::CorsRefused => (
            "The registry does not let this page read it",
            "The registry answers, but without CORS headers for this page. Browsers then withhold the answer.",
            &["Add these headers to the registry’s configuration and restart it"],
        ),
        ProblemCode::CorsOrCertificate => (
            "The registry does not let this page read it",
            "By https it does not answer this browser. By http it answers without CORS headers: it speaks http alone and sends none, or it is on https with a certificate that this browser does not trust.",
            &[
                "Open its address with https:// and /v2/ in a new tab. If that warns of the certificate, accept it there and try again",
                "If nothing answers there, add these headers to the registry’s configuration",
            ],
        ),
        ProblemCode::PreflightRefused => (
            "The registry refuses what browsers ask first",
            "It lets this page read. Before a request with a login or with bytes, a browser asks by OPTIONS, without the login, whether it may be sent; the registry answers that with 401, or does not allow the method or the header field.",
            &[
                "Let a proxy before the registry answer OPTIONS by itself, as below; CNCF distribution refuses OPTIONS wherever it wants a login",
            ],
        ),
        ProblemCode::AnswerWithheld => (
            "An answer of the registry does not reach this page",
            "Other answers do, so the CORS headers are there. This one has none: it is an error of a proxy before the registry (413, 502, a quota that is used up), or the registry sends the headers for some addresses only, or the connection broke off.",
            &[
                "Look at the request in the browser’s network log (F12): its status tells which",
                "Let the proxy send the headers with errors, too; for nginx: add_header … always. For 413: client_max_body_size 0;",
            ],
        ),
        ProblemCode::MixedContent => (
            "An https page may not ask an http registry",
            "This page came by https and the registry speaks http only. Browsers block that, except for localhost.",
            &[
                "If it answers by https, too, type https:// before its address; else serve it by https",
                "Or open Lamina by http, or from localhost: it is a folder of static files",
            ],
        ),
        ProblemCode::HttpsUnreachable => (
            "The registry does not answer by https",
            "This page came by https, so the browser lets it try https alone. The registry may speak http only, its certificate may not be trusted, or name, port or network are wrong.",
            &[
                "Open its address with https:// and /v2/ in a new tab. If that warns of the certificate, accept it there and try again",
                "Open it with http://: if it answers there, it speaks http only. Serve it by https, or open Lamina by http or from localhost",
                "If the browser asked whether this page may reach your local network, allow it",
            ],
        ),
        ProblemCode::RedirectRefused => (
            "The registry’s storage does not let this page read it",
            "The registry redirects downloads to an object storage that sends no CORS headers. After a redirect the browser names the origin “null”, so the storage must admit '*'.",
            &["Set the bucket’s CORS rules to admit every origin (*) for GET"],
        ),
        ProblemCode::StoreUnreachable => (
            "The registry’s storage does not answer",
            "The registry redirects downloads to another host. That one is down, has a certificate that this browser does not trust, or is on http while this page is on https.",
            &["Look at the request in the browser’s network log (F12), which names the host"],
        ),
        ProblemCode::LoginElsewhere => (
            "Another host asks for a login",
            "The registry, or the manifest, leads to another host, which gives nothing without a login of its own. The exact message names it. Your login is for the registry and is not sent there.",
            &["Where that host is a registry, open the image there"],
        ),
        ProblemCode::NotAsked => (
            "This address is not asked",
            "The registry names or redirects to an address that it may not have asked: on a private network, by http, or another host for an upload. The exact message says which.",
            &[
                "Behind a proxy, http.relativeurls: true in the registry’s configuration mends addresses for uploads",
            ],
        ),
        ProblemCode::TokenServerRefused => (
            "The token server does not let this page read it",
            "The registry gives out nothing without a token. Its token server answers, but without CORS headers for this page; some send none with a refusal, so a password may be wrong, too.",
            &[
                "Let the token server, or a proxy before it, send Access-Control-Allow-Origin for GET and POST; headers of the registry do not help",
                "Or save the image to a file where you are logged in, then drop the file here",
            ],
        ),
        ProblemCode::TokenServerUnusable => (
            "The registry’s token server cannot be asked",
            "The registry gives out nothing without a token. The server that it names for them does not answer, or may not be asked from here; the exact message says which.",
            &[
                "Open the token server’s address in a new tab: accept its certificate, or see what the browser says",
            ],
        ),
        ProblemCode::NotFound => (
            "There is nothing by this name",
            "The repository or tag does not exist, or the registry shows it only after a login.",
            &[
                "Check the spelling and the tag",
                "Open the registry alone to see what it offers",
            ],
        ),
        ProblemCode::LoginNeeded => (
            "This needs a login",
            "The registry gives this, or takes it, only from somebody with a name and the right to it. Some registries say the same of what does not exist.",
            &[
                "Sign in, where the page asks for it; registries take an access token in the password’s place",
                "Or save the image to a file where you are logged in, then drop the file here",
            ],
        ),
        ProblemCode::LoginRefused => (
            "The login is not accepted",
            "The name or the password is wrong, or they do not suffice for this.",
            &["Sign in again; registries take an access token in the password’s place"],
        ),
        ProblemCode::WriteRefused => (
            "The registry does not let you write there",
            "Whoever is signed in may not write to this repository, or the registry makes none by a push, or it is read-only.",
            &[
                "Ask for the right to push, or have the repository made first",
                "Sign in with another name, or push to another repository",
            ],
        ),
        ProblemCode::RateLimited => (
            "The registry asks for a pause",
            "There were too many requests from your network in a short time.",
            &["Wait a minute and try again"],
        ),
        ProblemCode::RegistryFailed => (
            "The registry has failed",
            "It answered with an error of its own. The exact message says more.",
            &["Try again; if it stays so, whoever runs the registry can look into its log"],
        ),
        ProblemCode::BadAnswer => (
            "The answer is not a registry’s",
            "Something else than an image registry answers there: a web site, a login page or a proxy.",
            &["Check host and port, and open the address followed by /v2/ in a new tab"],
        ),
        ProblemCode::WebPage => (
            "A web page answers there",
            "Where a registry should answer, a web page does: the sign-in page of a company’s proxy, the registry’s own web address, or another server.",
            &[
                "Open the address in a new tab, sign in there if it asks for it, and try again",
                "Check host and port: the web address of a registry is often another than the one for docker pull",
            ],
        ),
        ProblemCode::NotStored => (
            "The registry did not keep what it accepted",
            "It answered that all is well. Asked for it afterwards, it does not have it, or has something else.",
            &[
                "Try again; if it stays so, whoever runs the registry can look into its storage",
                "Check host and port: a server that is no registry may answer like this",
            ],
        ),
        ProblemCode::RequestTooLarge => (
            "The registry takes no request of this size",
            "The registry, or a proxy before it, refuses requests above a size, also in small slices.",
            &["Raise the bound of the proxy; for nginx: client_max_body_size 0;"],
        ),
        ProblemCode::RequestInvalid => (
            "The registry calls this invalid",
            "It does not take what was asked or sent. The exact message has its own words.",
            &["Check name and tag; whoever runs the registry can look into its log"],
        ),
        ProblemCode::UploadOutOfStep => (
            "The registry has other bytes than were sent",
            "It stands elsewhere in the upload than it said, also after beginning anew (416). Several servers behind one address, without a storage that they share, do this.",
            &["Push again; if it stays so, whoever runs the registry can look into its storage"],
        ),
        ProblemCode::NoLocation => (
            "The registry does not say where the bytes go",
            "Its answer has no Location for the upload, or hides it from pages.",
            &["Add Location to Access-Control-Expose-Headers in the registry’s configuration"],
        ),
        ProblemCode::NotAllowed => (
            "The registry does not do this",
            "It may be read-only, a cache of another registry, or have this switched off.",
            &["Ask whoever runs it, or take another registry"],
        ),
        ProblemCode::NotAnImage => (
            "This file is not a container image",
            "It is neither an image archive, nor an OCI layout, nor a tar of a root file system.",
            &["Make one with docker save, podman save or skopeo copy, and drop that"],
        ),
        ProblemCode::Truncated => (
            "The file ends too early",
            "A download or copy was probably interrupted.",
            &["Compare its size with the original’s, and download or save it again"],
        ),
        ProblemCode::Malformed => (
            "A document in the image makes no sense",
            "A manifest, index or configuration breaks its specification. The exact message says where.",
            &["Build or save the image again with a current tool"],
        ),
        ProblemCode::Missing => (
            "A part of the image is missing",
            "The image names a part that is not there. It may have been copied incompletely, or garbage-collected in the registry.",
            &["Save or push the image again"],
        ),
        ProblemCode::AbsentPlatforms => (
            "The index names more than is here",
            "The content of these platforms was not saved with the others.",
            &[
                "Push what is here: the index is written anew, with another digest",
                "Choose this platform alone",
            ],
        ),
        ProblemCode::DigestMismatch => (
            "The bytes are not what their digest says",
            "They were changed or damaged on the way or in storage. They are not shown as if they were right.",
            &["Fetch the image again; if it stays so, do not use it"],
        ),
        ProblemCode::Damaged => (
            "The bytes are damaged",
            "They break off, fail a checksum, or break the rules of their format.",
            &["Fetch or save the image again"],
        ),
        ProblemCode::TooLarge => (
            "This is beyond a limit that protects the browser",
            "Something in it is larger than any honest image needs: a document, a name, a number of entries, or the ratio of its compression.",
            &[
                "If the image is honest, read it by the headless command: lamina inspect --limit NAME=VALUE",
            ],
        ),
        ProblemCode::StorageFull => (
            "The browser has no more room",
            "Decompressing an archive needs space in the browser’s storage.",
            &[
                "Make room on the disk, or clear other sites’ data",
                "Or decompress the file first and drop the plain tar: it needs no space",
            ],
        ),
        ProblemCode::Unreadable => (
            "The file cannot be read any more",
            "It was changed, moved or deleted after it was opened, or the permission ended.",
            &["Drop it again"],
        ),
        ProblemCode::Unsupported => (
            "Lamina knows this, but does not read it",
            "It is an old or rare form. The exact message names it.",
            &["Pull and save the image with a current tool: it then has a current form"],
        ),
        ProblemCode::NoContent => (
            "There is no content to show",
            "Only regular files have content, and only in layers that wrote them.",
            &[],
        ),
        ProblemCode::BadQuery => (
            "This search makes no sense",
            "Nothing was searched, see the details.",
            &[],
        ),
        ProblemCode::Refused => (
            "This cannot be done",
            "Nothing was changed. The exact message says what is in the way.",
            &[],
        ),
        ProblemCode::Cancelled => ("Cancelled", "You ended it.", &[]),
        ProblemCode::Closed => (
            "This has been closed",
            "The image or archive was closed while something was asked of it.",
            &["Open it again"],
        ),
        ProblemCode::PartMissing => (
            "A part of this page could not be loaded",
            "It is loaded when it is first wanted. The network failed, or the page was replaced by a newer one meanwhile.",
            &[
                "Try again",
                "If that does not help, reload the page; save first what is only here",
            ],
        ),
        ProblemCode::WorkerLost => (
            "The reader stopped while this was being opened",
            "It runs in the background. The browser ended it, most often for lack of memory, or these bytes made it fail.",
            &["Try again; if it stops again, try the headless command lamina"],
        ),
        ProblemCode::WorkerNotStarted => (
            "The reader does not start",
            "Lamina reads images in the background, and the part that does so did not come up: it may be missing on the server, be of another version than this page, or find no memory.",
            &[
                "Try again, or reload the page",
                "If that does not help, close other tabs, or ask whoever serves this page",
            ],
        ),
        ProblemCode::LeftOut => (
            "The reader stopped while reading this layer",
            "The browser ended it, most often for lack of memory, or these bytes made it fail or hang. It was started again, and the layer was left out.",
            &["Read the layer again"],
        ),
        ProblemCode::Internal => (
            "Lamina has made a mistake",
            "This should not happen, whatever the image is like.",
            &["Please report it with the exact message"],
        ),
    };
    ProblemText {
        title,
        cause,
        way_out,
    }
}
