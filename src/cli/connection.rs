//! The command's way to a registry: certificates that it trusts, time that it waits, the name that it signs in with.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::rc::Rc;

use clap::Args;

use crate::io::Transport;
use crate::layer::Limits;
use crate::source::registry::{Asker, Client, Credentials, Endpoint, World};

use super::credentials;
use super::error::Error;
use super::native::{SocketTransport, SystemClock, Trust};

/// Who asks, and whom it trusts. Without a name, what `docker login` or `podman login` left is used, and the programs
/// that keep passwords for them are run.
#[derive(Args, Debug)]
pub(super) struct ConnectionArguments {
    /// The name to sign in with; where something is pushed, at the registry that it goes to
    #[arg(long, value_name = "NAME", requires = "password_stdin")]
    pub(super) user: Option<String>,
    /// Read the password, or an access token, from standard input
    #[arg(long, requires = "user")]
    pub(super) password_stdin: bool,
    /// Trust the authorities in this file (PEM), too; can be given several times
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Vec<PathBuf>,
    /// Do not look at the certificate of this one host
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(super) insecure: Option<String>,
    /// Prove with this certificate (PEM) who asks
    #[arg(long, value_name = "FILE", requires = "client_key")]
    pub(super) client_cert: Option<PathBuf>,
    /// The key of that certificate
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    pub(super) client_key: Option<PathBuf>,
    /// The credentials of that name: standard input gives its password once.
    #[arg(skip)]
    given: OnceCell<Credentials>,
}

impl ConnectionArguments {
    /// The credentials that are given; `None` when none are. `place` is what is read beside them.
    pub(super) fn credentials(&self, place: &str) -> Result<Option<&Credentials>, Error> {
        let Some(name) = &self.user else {
            return Ok(None);
        };
        if let Some(given) = self.given.get() {
            return Ok(Some(given));
        }
        let given = credentials::given(name, place)?;
        Ok(Some(self.given.get_or_init(|| given)))
    }

    fn transport(&self, limits: &Limits) -> Rc<dyn Transport> {
        let mut trust = Trust::default();
        trust.authorities.clone_from(&self.ca_file);
        trust.unproved_host.clone_from(&self.insecure);
        trust.own = self.client_cert.clone().zip(self.client_key.clone());
        Rc::new(SocketTransport::new(trust, limits))
    }

    /// A client of the registry at `endpoint`, signed in with what is given or kept for it.
    pub(super) fn client(
        &self,
        endpoint: Endpoint,
        repository: &str,
        given: Option<&Credentials>,
        limits: &Limits,
    ) -> Client {
        let given = given.cloned().map(|given| (given, String::new()));
        let credentials = given.or_else(|| credentials::kept(&endpoint, repository));
        let world = World {
            transport: self.transport(limits),
            clock: Rc::new(SystemClock),
        };
        let client = Client::new(world, endpoint, Asker::Native, *limits);
        match credentials {
            Some((credentials, kept_in)) => client.with_kept_credentials(credentials, kept_in),
            None => client,
        }
    }
}
