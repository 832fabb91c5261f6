//! The bounds on what the databases of package managers, and the packages of languages, can make an analysis do.

/// Bounds on the packages of one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackageLimits {
    /// Files read of one image: states of databases, lists of files, licences, metadata, programs, archives. Stops a
    /// folder of millions of empty lists.
    pub files: usize,
    /// Bytes read of one database. Stops one that takes all memory.
    pub database_bytes: u64,
    /// Bytes read of all states of all databases; those of the newest layers go first. Stops a database of a thousand
    /// layers that each bring a whole one.
    pub databases_bytes: u64,
    /// Bytes read of the list of one package's files.
    pub list_bytes: u64,
    /// Bytes read of all such lists; those of the final file system go first. Stops a thousand packages that each list
    /// millions of files.
    pub lists_bytes: u64,
    /// Bytes read of one file about licences. Chromium's has 2 MB.
    pub licence_bytes: u64,
    /// Bytes read of all such files. Stops a folder of large ones.
    pub licences_bytes: u64,
    /// Packages kept: each version of each name once. Stops a database of millions of short records.
    pub packages: usize,
    /// Packages over all states of all databases. Stops a thousand layers with a hundred thousand packages each.
    pub mentions: usize,
    /// Bytes of the texts kept of all packages: names, versions, licences, events. Stops long texts, each of which is
    /// kept for each package and each layer.
    pub text_bytes: usize,
    /// Bytes of the paths kept of all packages. Stops one long directory that every file names.
    pub path_bytes: usize,
    /// Paths that are looked for, over the lists of all packages. Stops a thousand packages with one list of millions.
    pub listed_paths: u64,
    /// Bytes of a name or a version.
    pub name_bytes: usize,
    /// Bytes of one licence. That of glibc in Red Hat's images has 571.
    pub licence_text_bytes: usize,
    /// Licences of one package. That of perl-base names 33.
    pub licences: usize,
    /// Files that stand under another name, by `dpkg-divert`.
    pub diversions: usize,
    /// Bytes of symbolic link targets followed for all paths of all packages. Stops a chain of long links that every
    /// path of a list goes through.
    pub followed_link_bytes: u64,
    /// Times that the folder of single-package databases is listed anew. Stops a link that each of a thousand layers
    /// turns to another folder of a million files.
    pub listings: usize,
    /// Bytes read of one file with a package's metadata. Stops a `package.json` that is nothing but one.
    pub manifest_bytes: u64,
    /// Bytes read of all such files. Stops a folder of a hundred thousand large ones.
    pub manifests_bytes: u64,
    /// Bytes of a file below which it is no program that names its packages: one of Go has a megabyte.
    pub least_program_bytes: u64,
    /// Bytes read of one program. Stops one that takes all memory.
    pub program_bytes: u64,
    /// Bytes read of all programs. Stops an image of nothing but programs.
    pub programs_bytes: u64,
    /// Bytes read of one Java archive, or of one within another.
    pub archive_bytes: u64,
    /// Bytes read of all Java archives. Stops an image of nothing but archives.
    pub archives_bytes: u64,
    /// Bytes unpacked out of all programs and archives. Stops archives that grow a thousandfold.
    pub unpacked_bytes: u64,
    /// Entries of one archive. Stops one of a million empty files.
    pub archive_entries: usize,
    /// Archives within one another. Stops one that has itself in it.
    pub archive_depth: u32,
}

impl PackageLimits {
    /// The bounds of the page and the command unless others are given.
    pub const DEFAULT: PackageLimits = PackageLimits {
        files: 100_000,
        database_bytes: 128 * 1024 * 1024,
        databases_bytes: 1024 * 1024 * 1024,
        list_bytes: 16 * 1024 * 1024,
        lists_bytes: 128 * 1024 * 1024,
        licence_bytes: 4 * 1024 * 1024,
        licences_bytes: 64 * 1024 * 1024,
        packages: 100_000,
        mentions: 1_000_000,
        text_bytes: 64 * 1024 * 1024,
        path_bytes: 128 * 1024 * 1024,
        listed_paths: 20_000_000,
        name_bytes: 512,
        licence_text_bytes: 16 * 1024,
        licences: 256,
        diversions: 10_000,
        followed_link_bytes: 16 * 1024 * 1024,
        listings: 16,
        manifest_bytes: 4 * 1024 * 1024,
        manifests_bytes: 256 * 1024 * 1024,
        least_program_bytes: 4 * 1024,
        program_bytes: 128 * 1024 * 1024,
        programs_bytes: 2 * 1024 * 1024 * 1024,
        archive_bytes: 128 * 1024 * 1024,
        archives_bytes: 1024 * 1024 * 1024,
        unpacked_bytes: 1024 * 1024 * 1024,
        archive_entries: 200_000,
        archive_depth: 4,
    };
}
