//! `lamina serve` and `lamina open`: the built page on this machine, with a relay to the registries that it asks.
//!
//! A page in a browser reads only what sends CORS headers. This program reads the rest on its behalf, for the one
//! page that it gave a key to. What registries may lead to is decided in `source::registry`.

mod access;
mod arguments;
mod browser;
mod channel;
mod connections;
mod engine;
mod exports;
mod loads;
mod local;
mod order;
mod page;
mod protocol;
mod registries;
mod relay;
mod server;

pub(super) use arguments::{OpenArguments, ServeArguments};

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use crate::io::EngineItem;

use super::error::Error;
use super::place::looks_like_a_file;
use super::{Outcome, complain, print_line};
use access::Access;
use loads::Loads;
use local::Local;
use page::Page;
use registries::Registries;
use server::Serving;

/// The port that `lamina open` takes if it is free. A browser keeps what it stores by host and port.
const USUAL_PORT: u16 = 24_680;

/// Serves the page until the process is ended.
pub(super) fn run(arguments: &ServeArguments) -> Result<Outcome, Error> {
    let place = arguments.listen.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    if !place.is_loopback() {
        complain(&format!(
            "warning: the page is served on {place}, where other machines may reach it; whoever reads along on that network can read what passes, and browsers refuse storage to such a page"
        ));
    }
    let address = SocketAddr::new(place, arguments.port);
    let listener = bind(address).map_err(|cause| {
        let reason = match cause.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "port {} is in use; choose another by --port, or 0 for any",
                arguments.port
            ),
            _ => cause.to_string(),
        };
        Error::Choice(format!("{address}: {reason}"))
    })?;
    let serving = Serving {
        page: Page::of(arguments.page.as_deref())?,
        access: Access::new(&listener)?,
        registries: Registries::new(&arguments.trust),
        local: Local::default(),
        loads: Loads::default(),
    };
    serve(listener, serving, Shown::Printed)
}

/// Serves the page and opens the browser at an image, a file or a folder.
pub(super) fn open(arguments: &OpenArguments) -> Result<Outcome, Error> {
    let page = Page::of(arguments.page.as_deref())?;
    let path = std::path::Path::new(&arguments.place);
    let is_file = path.exists() || looks_like_a_file(&arguments.place);
    let local = match is_file {
        _ if arguments.engine => Local::of_engine(&EngineItem::Image(arguments.place.clone()))?,
        _ if arguments.container => {
            Local::of_engine(&EngineItem::Container(arguments.place.clone()))?
        }
        true => Local::of(path)?,
        false => Local::address(super::place::address_of(&arguments.place)?),
    };
    let loopback = |port| bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let listener = loopback(USUAL_PORT).or_else(|_| loopback(0));
    let listener = listener.map_err(|cause| Error::Choice(format!("no port is free: {cause}")))?;
    let serving = Serving {
        page,
        access: Access::new(&listener)?,
        registries: Registries::new(&arguments.trust),
        local,
        loads: Loads::default(),
    };
    let shown = match arguments.no_browser {
        true => Shown::Printed,
        false => Shown::InBrowser,
    };
    serve(listener, serving, shown)
}

/// The way in which a person comes to the page.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    /// By the address that is printed.
    Printed,
    /// By the browser, which is opened; by the address if there is none.
    InBrowser,
}

fn bind(address: SocketAddr) -> std::io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn serve(
    listener: std::net::TcpListener,
    serving: Serving,
    shown: Shown,
) -> Result<Outcome, Error> {
    let serving = Arc::new(serving);
    let address = serving.access.address();
    if shown == Shown::InBrowser && browser::open(&address) {
        complain(
            "the page opens in your browser; where it does not, try --no-browser (end with Ctrl-C)",
        );
    } else {
        print_line(&address)?;
        complain(
            "open this address in a browser: it is good for one tab, and the next is printed then (end with Ctrl-C)",
        );
    }
    server::run(listener, serving)?;
    Ok(Outcome::Whole)
}
