//! The machine that finds out the system of an image: it wants files, takes their bytes, and ends in a [`System`].

use super::tree::{Found, PROGRAMS, Tree};
use super::{
    Agreement, Architecture, Basis, Executable, FileGap, FilePlace, Form, Gap, OsDistribution,
    OsRelease, System, accounts,
};
use crate::image::{ImageConfig, Platform, RuntimeConfig, env_pair, escape};
use crate::layer::EntryKind;
use crate::message::Message;
use crate::overlay::{EntryPlace, NodeId, Union, View};

/// Bytes read of a file that names a distribution.
const RELEASE_BYTES: u64 = 64 * 1024;
/// Bytes read of a file of accounts.
const ACCOUNTS_BYTES: u64 = 1024 * 1024;
/// Bytes read of a program: the longest ELF header.
const HEADER_BYTES: u64 = 64;

/// Programs that are looked at.
const MOST_EXECUTABLES: usize = 16;
/// Directories of a search path that are looked into.
const MOST_SEARCHED: usize = 64;
/// Bytes of a path from the config, as Linux bounds them.
const MOST_PATH_BYTES: usize = 4096;
/// Bytes kept of the one line of a release file.
const MOST_LINE_BYTES: usize = 256;

/// The search path of a container whose config has none.
const USUAL_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Files that name a distribution, the best first. The first that can be read is used.
const RELEASES: [(Basis, &str); 5] = [
    (Basis::OsRelease, "etc/os-release"),
    (Basis::OsRelease, "usr/lib/os-release"),
    (Basis::AlpineRelease, "etc/alpine-release"),
    (Basis::DebianVersion, "etc/debian_version"),
    (Basis::RedhatRelease, "etc/redhat-release"),
];

/// Programs that are looked at in any image that has them, beside the one that a container starts.
const USUAL_PROGRAMS: [&str; 4] = ["bin/sh", "bin/busybox", "usr/bin/env", "sbin/init"];

/// A file whose content is wanted.
#[derive(Clone, Debug)]
pub struct WantedFile {
    /// The file.
    pub file: FilePlace,
    /// The place of its content.
    pub content: EntryPlace,
    /// The number of bytes that are wanted: all of the file, up to a bound.
    pub len_bytes: u64,
    size_bytes: u64,
    purpose: Purpose,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Release(Basis),
    Users,
    Groups,
    /// A program that is known by its name.
    Program,
    /// A program that is only needed if no other is an ELF file.
    AnyProgram,
}

/// An analysis in progress. It owns all that it needs, and borrows nothing of the image.
pub struct Probe {
    wanted: Vec<WantedFile>,
    /// Number of the wanted files that are read or passed over.
    n_done: usize,
    has_release: bool,
    system: System,
}

impl Probe {
    /// Looks at the paths of a view. Without a config, neither its platform nor its command is known.
    pub fn new(union: &Union, view: View, config: Option<&ImageConfig>) -> Probe {
        let tree = Tree { union, view };
        let platform = config.map(|config| &config.platform);
        let mut probe = Probe {
            wanted: Vec::new(),
            n_done: 0,
            has_release: false,
            system: System {
                distribution: by_paths(tree, platform),
                architecture: Architecture {
                    declared: platform.map_or_else(String::new, |p| p.architecture.clone()),
                    variant: platform.map_or_else(String::new, |p| p.variant.clone()),
                    ..Architecture::default()
                },
                loaders: tree.loaders(),
                shell: tree.file(b"bin/sh").map(|found| found.place),
                init: tree.file(b"sbin/init").map(|found| found.place),
                package_managers: tree.package_managers(),
                kernels: tree.kernels(),
                modules: tree.modules(),
                ..System::default()
            },
        };
        if probe.system.distribution.basis != Basis::Windows {
            for (basis, path) in RELEASES {
                probe.want_file(tree, path, RELEASE_BYTES, Purpose::Release(basis));
            }
        }
        let is_file = |gap: &Gap| matches!(gap, Gap::File { .. });
        probe.has_release = !probe.wanted.is_empty() || probe.system.gaps.iter().any(is_file);
        probe.want_file(tree, "etc/passwd", ACCOUNTS_BYTES, Purpose::Users);
        probe.want_file(tree, "etc/group", ACCOUNTS_BYTES, Purpose::Groups);
        probe.want_programs(tree, config.and_then(|config| config.config.as_ref()));
        probe
    }

    /// Adds a gap that is known from elsewhere.
    pub fn note(&mut self, gap: Gap) {
        self.system.gaps.push(gap);
    }

    /// Returns all files that may be wanted, in the order in which they are.
    pub fn all_wanted(&self) -> &[WantedFile] {
        &self.wanted
    }

    /// Returns the position in [`Probe::all_wanted`] of the file that is wanted now; `None` at the end.
    pub fn wants(&self) -> Option<usize> {
        let mut rest = self.wanted.iter().enumerate().skip(self.n_done);
        rest.find(|(_, wanted)| self.is_needed(wanted.purpose))
            .map(|(at, _)| at)
    }

    fn is_needed(&self, purpose: Purpose) -> bool {
        let is_elf = |program: &Executable| matches!(program.form, Form::Elf(_));
        match purpose {
            Purpose::Release(_) => !self.is_released(),
            Purpose::AnyProgram => !self.system.architecture.executables.iter().any(is_elf),
            Purpose::Users | Purpose::Groups | Purpose::Program => true,
        }
    }

    /// True if a file that names the distribution was read.
    fn is_released(&self) -> bool {
        let basis = self.system.distribution.basis;
        RELEASES.iter().any(|(of_file, _)| *of_file == basis)
    }

    /// Takes the first bytes of a wanted file, or the reason why there are none.
    pub fn take(&mut self, at: usize, read: Result<&[u8], FileGap>) {
        let Some(wanted) = self.wanted.get(at).cloned() else {
            return;
        };
        self.n_done = at.saturating_add(1);
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(why) => return self.note_file(&wanted.file.asked, why),
        };
        let is_short = (bytes.len() as u64) < wanted.len_bytes;
        let is_program = matches!(wanted.purpose, Purpose::Program | Purpose::AnyProgram);
        let is_cut = is_short || (wanted.len_bytes < wanted.size_bytes && !is_program);
        if is_cut {
            let why = FileGap::Cut {
                read_bytes: bytes.len() as u64,
                size_bytes: wanted.size_bytes,
            };
            self.note_file(&wanted.file.asked, why);
        }
        let file = wanted.file;
        let lines = whole_lines(bytes, wanted.size_bytes);
        match wanted.purpose {
            Purpose::Release(basis) => self.take_release(basis, file, lines),
            Purpose::Users => {
                self.system.users = accounts::users(lines, file);
                self.system.users.is_cut = is_cut;
            }
            Purpose::Groups => {
                self.system.groups = accounts::groups(lines, file);
                self.system.groups.is_cut = is_cut;
            }
            Purpose::Program | Purpose::AnyProgram => {
                let executable = executable(file, Form::of(bytes), &self.system.architecture);
                self.system.architecture.executables.push(executable);
            }
        }
    }

    fn take_release(&mut self, basis: Basis, file: FilePlace, bytes: &[u8]) {
        let line = || {
            let line = bytes
                .split(|&byte| byte == b'\n')
                .next()
                .unwrap_or_default();
            escape(line.get(..MOST_LINE_BYTES).unwrap_or(line).trim_ascii())
        };
        let version_of = |name: &str, id: &str| OsRelease {
            name: name.to_owned(),
            id: id.to_owned(),
            version_id: line(),
            ..OsRelease::default()
        };
        let release = match basis {
            Basis::AlpineRelease => version_of("Alpine Linux", "alpine"),
            Basis::DebianVersion => version_of("Debian GNU/Linux", "debian"),
            Basis::RedhatRelease => OsRelease {
                pretty_name: line(),
                ..OsRelease::default()
            },
            _ => OsRelease::parse(bytes),
        };
        self.system.distribution = OsDistribution {
            basis,
            file: Some(file),
            is_distroless: self.system.distribution.is_distroless || release.is_distroless(),
            release,
        };
    }

    /// Returns the findings.
    pub fn finish(self) -> System {
        let is_released = self.is_released();
        let mut system = self.system;
        let is_whole = !system
            .gaps
            .iter()
            .any(|gap| matches!(gap, Gap::Layer { .. }));
        let distribution = &mut system.distribution;
        let is_guess = distribution.basis == Basis::Busybox && !is_whole;
        if is_guess || (!is_released && self.has_release) {
            // A better name for the distribution may stand in what was not read.
            distribution.basis = Basis::Unknown;
            distribution.file = None;
        } else if distribution.basis == Basis::Unknown && is_whole && system.shell.is_none() {
            distribution.basis = Basis::Scratch;
        }
        let agrees = |wanted| {
            system
                .architecture
                .executables
                .iter()
                .any(|e| e.agrees == Some(wanted))
        };
        system.architecture.agreement = match (agrees(false), agrees(true)) {
            (true, _) => Agreement::Differs,
            (false, true) => Agreement::Agrees,
            (false, false) => Agreement::Unknown,
        };
        // A file that is only looked at for want of a better one is not missed.
        let is_used = |(_, path): &(Basis, &str)| {
            let file = system.distribution.file.as_ref();
            file.is_some_and(|file| file.asked == path.as_bytes())
        };
        let rest = RELEASES
            .iter()
            .skip_while(|release| !is_used(release))
            .skip(1);
        let not_missed: Vec<&[u8]> = rest.map(|(_, path)| path.as_bytes()).collect();
        system.gaps.retain(|gap| match gap {
            Gap::File { path, .. } => !not_missed.contains(&path.as_slice()),
            Gap::Layer { .. } => true,
        });
        system.gaps.sort_unstable();
        system.gaps.dedup();
        system
    }

    fn note_file(&mut self, path: &[u8], why: FileGap) {
        let path = path.to_vec();
        self.note(Gap::File { path, why });
    }

    fn want_file(&mut self, tree: Tree<'_>, path: &str, most_bytes: u64, purpose: Purpose) {
        match tree.at(path.as_bytes()) {
            Some(found) if found.info.kind == EntryKind::File => {
                self.want(found, most_bytes, purpose);
            }
            Some(_) => self.note_file(path.as_bytes(), FileGap::NotFile),
            None if tree.leads_nowhere(path.as_bytes()) => {
                self.note_file(path.as_bytes(), FileGap::LeadsNowhere);
            }
            None => {}
        }
    }

    /// Wants a file. A program whose content is wanted already, under another name, is left out.
    fn want(&mut self, found: Found<'_>, most_bytes: u64, purpose: Purpose) {
        let Some(content) = found.info.content else {
            return self.note_file(
                &found.place.asked,
                FileGap::Failed {
                    reason: Message::content_nowhere(),
                },
            );
        };
        let is_program = matches!(purpose, Purpose::Program | Purpose::AnyProgram);
        if is_program && self.wanted.iter().any(|wanted| wanted.content == content) {
            return;
        }
        self.wanted.push(WantedFile {
            file: found.place,
            content,
            len_bytes: found.info.size_bytes.min(most_bytes),
            size_bytes: found.info.size_bytes,
            purpose,
        });
    }

    fn want_programs(&mut self, tree: Tree<'_>, config: Option<&RuntimeConfig>) {
        let n_before = self.wanted.len();
        let usual = USUAL_PROGRAMS.iter().map(|path| path.as_bytes());
        let named = usual.filter_map(|path| tree.file(path));
        let started = config.and_then(|config| started(tree, config));
        for found in named.chain(started) {
            self.want(found, HEADER_BYTES, Purpose::Program);
        }
        for dir in PROGRAMS {
            let left = MOST_EXECUTABLES.saturating_sub(self.wanted.len() - n_before);
            // Of these, some may be wanted already.
            let (found, _) = tree.in_dir(dir, MOST_EXECUTABLES, |id, _| is_program(tree, id));
            for found in found.into_iter().take(left) {
                self.want(found, HEADER_BYTES, Purpose::AnyProgram);
            }
        }
    }
}

/// Returns the distribution that paths and the config's platform tell, without any content.
fn by_paths(tree: Tree<'_>, platform: Option<&Platform>) -> OsDistribution {
    let status_d = tree.dir(b"var/lib/dpkg/status.d");
    let is_distroless = status_d.is_some();
    if platform.is_some_and(|platform| platform.os.eq_ignore_ascii_case("windows")) {
        return OsDistribution {
            basis: Basis::Windows,
            release: OsRelease {
                version_id: platform.map_or_else(String::new, |p| p.os_version.clone()),
                ..OsRelease::default()
            },
            ..OsDistribution::default()
        };
    }
    let is_unknown_os = platform.is_none_or(|platform| platform.os.is_empty());
    let (basis, found) = if is_distroless {
        (Basis::StatusD, status_d)
    } else if let Some(windows) = tree.dir(b"Files/Windows").filter(|_| is_unknown_os) {
        (Basis::Windows, Some(windows))
    } else if let Some(busybox) = tree.file(b"bin/busybox") {
        (Basis::Busybox, Some(busybox))
    } else {
        (Basis::Unknown, None)
    };
    OsDistribution {
        basis,
        file: found.map(|found| found.place),
        release: OsRelease::default(),
        is_distroless,
    }
}

/// Returns the program that a container of this config starts, by its search path where its name has no slash.
fn started<'u>(tree: Tree<'u>, config: &RuntimeConfig) -> Option<Found<'u>> {
    let word = *config.argv().first()?;
    let file = |path: &str| {
        let is_short = path.len() <= MOST_PATH_BYTES;
        is_short.then(|| tree.file(path.as_bytes())).flatten()
    };
    let work = config.working_dir.trim_end_matches('/');
    if word.starts_with('/') {
        return file(word);
    }
    if word.contains('/') {
        return file(&format!("{work}/{word}"));
    }
    let in_dir = |dir: &str| match dir.trim_end_matches('/') {
        "" => file(&format!("{work}/{word}")),
        within if !dir.starts_with('/') => file(&format!("{work}/{within}/{word}")),
        absolute => file(&format!("{absolute}/{word}")),
    };
    let mut pairs = config.env.iter().rev().map(|entry| env_pair(entry));
    let path = pairs.find_map(|(name, value)| value.filter(|_| name == "PATH"));
    let dirs = path.unwrap_or(USUAL_PATH).split(':').take(MOST_SEARCHED);
    let mut found = dirs.filter_map(in_dir);
    found.find(|found| found.info.mode & 0o111 != 0)
}

fn is_program(tree: Tree<'_>, id: NodeId) -> bool {
    let info = tree.union.node(id, tree.view);
    info.is_some_and(|info| info.kind == EntryKind::File && info.mode & 0o111 != 0)
}

fn executable(file: FilePlace, form: Form, architecture: &Architecture) -> Executable {
    let mut executable = Executable {
        file,
        form,
        agrees: None,
    };
    if let Some(found) = executable.architecture()
        && !architecture.declared.is_empty()
    {
        let declared = Platform::new("", &architecture.declared);
        executable.agrees = Some(Platform::new("", found).distance(&declared).is_some());
    }
    executable
}

/// Cuts a file that was not read to its end after its last whole line.
fn whole_lines(bytes: &[u8], size_bytes: u64) -> &[u8] {
    if bytes.len() as u64 >= size_bytes {
        return bytes;
    }
    let end = bytes.iter().rposition(|&byte| byte == b'\n').unwrap_or(0);
    bytes.get(..end).unwrap_or_default()
}
