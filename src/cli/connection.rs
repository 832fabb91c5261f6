//! The command's connection to a registry: trusted certificates, timeouts and credentials.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::rc::Rc;

use clap::Args;

use crate::bounds::Limits;
use crate::io::Transport;
use crate::source::registry::{Asker, Client, Credentials, Endpoint, RegistryWorld};

use super::credentials;
use super::error::Error;
use super::native::{SocketTransport, SystemClock, Trust};

/// The credentials and the trusted certificates. Without a name, the logins of `docker login` or `podman login`
/// are used, and their credential helpers are run.
#[derive(Args, Clone, Debug)]
pub(super) struct ConnectionArguments {
    /// The name to sign in with; where something is pushed, at the registry that it goes to
    #[arg(long, value_name = "NAME", requires = "password_stdin")]
    pub(super) user: Option<String>,
    /// Read the password, or an access token, from standard input
    #[arg(long, requires = "user")]
    pub(super) password_stdin: bool,
    #[command(flatten)]
    trust: TrustArguments,
    /// The credentials of that name, kept because standard input gives the password only once.
    #[arg(skip)]
    given: OnceCell<Credentials>,
}

/// The trusted certificates, and the client's own.
#[derive(Args, Clone, Debug)]
pub(super) struct TrustArguments {
    /// Trust the authorities in this file (PEM), too; can be given several times
    #[arg(long, value_name = "FILE")]
    ca_file: Vec<PathBuf>,
    /// Do not look at the certificate of this one host
    #[arg(long, value_name = "HOST[:PORT]")]
    insecure: Option<String>,
    /// Prove with this certificate (PEM) who asks
    #[arg(long, value_name = "FILE", requires = "client_key")]
    client_cert: Option<PathBuf>,
    /// The key of that certificate
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    client_key: Option<PathBuf>,
}

impl TrustArguments {
    /// Returns the certificates that the arguments name.
    pub(super) fn trust(&self) -> Trust {
        let mut trust = Trust::default();
        trust.authorities.clone_from(&self.ca_file);
        trust.unproved_host.clone_from(&self.insecure);
        trust.own = self.client_cert.clone().zip(self.client_key.clone());
        trust
    }
}

impl ConnectionArguments {
    /// Returns the given credentials; `None` if there are none. `place` is the image's source, which may be
    /// standard input, too.
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
        Rc::new(SocketTransport::new(self.trust.trust(), limits))
    }

    /// Returns a client of the registry at `endpoint`, signed in with the given or stored credentials.
    pub(super) fn client(
        &self,
        endpoint: Endpoint,
        repository: &str,
        given: Option<&Credentials>,
        limits: &Limits,
    ) -> Client {
        let given = given.cloned().map(|given| (given, String::new()));
        let credentials = given.or_else(|| credentials::kept(&endpoint, repository));
        let world = RegistryWorld {
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
