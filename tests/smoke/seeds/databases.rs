//! Seeds of databases of package managers.

pub(super) fn dpkg() -> Vec<Vec<u8>> {
    let status = "Package: a\nStatus: install ok installed\nVersion: 1:2-3\nArchitecture: amd64\nInstalled-Size: 7\n";
    let texts = [
        status.to_owned(),
        format!("{status}\0/.\n/usr\n/usr/a\n"),
        format!("{status}\nPackage: b\nVersion: 2\n\0/a\n\x000123  usr/b\n"),
        format!("{status}\0/a\0\0Format: x\n\nFiles: *\nLicense: MIT\n"),
        format!("{status}\0/a\0\0see /usr/share/common-licenses/GPL-2.\n"),
        format!("{status}\0/bin/sh\0\0\0/bin/sh\n/bin/sh.distrib\nb\n"),
        "Package: a\nStatus: deinstall ok config-files\nVersion: 1\n".to_owned(),
        "Package: a\n\nVersion: 1\n\n\n:\n x\n".to_owned(),
        "Package: a\r\nVersion: 1\r\n\r\nPackage: a\nVersion: 2\n".to_owned(),
        "Package: c\nVersion: 1\nSource: d (4)\nDescription: e\n f\n .\n g\n".to_owned(),
        format!(
            "{status}\0/a\n\x01{status}\nPackage: b\nStatus: install ok installed\nVersion: 2\n\x01{status}"
        ),
    ];
    texts.map(String::into_bytes).to_vec()
}

pub(super) fn apk() -> Vec<Vec<u8>> {
    let texts = [
        "C:Q1a=\nP:musl\nV:1.2-r0\nA:x86_64\nS:1\nI:2\nL:MIT\no:musl\nF:lib\nR:a\na:0:0:755\nZ:Q1b=\n\n",
        "P:a\nV:1\n\nP:b\nV:2\n\n",
        "P:a\nV:1\nF:\nR:top\nF:usr/lib\nR:x\nR:y\n",
        "P:a\nV:1\nM:0:0:1777\nr:b\np:so:c=1\nD:d e>1\n",
        "P:a\n\nV:1\n\n",
        "P:a\r\nV:1\r\n\r\n",
        "P:a\nV:1\nI:18446744073709551616\n",
        "F:lib/apk/db\nR:installed\nP:a\nV:1\n",
        "\n\n\n",
        "P:a\nV:1\n\nP:a\nV:2\n\nP:a\nV:1\n",
        "P:a\nV:1\n\nP:b\nV:2\nF:x\nR:y\n\n\x01P:a\nV:2\n\n\x01P:c\nV:1\n",
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// The header of a package of one file.
fn header(name: &str) -> Vec<u8> {
    let name = format!("{name}\0");
    let tags: [(u32, u32, &[u8]); 8] = [
        (1000, 6, name.as_bytes()),
        (1001, 6, b"1.2\0"),
        (1002, 6, b"3\0"),
        (1014, 6, b"MIT\0"),
        (1022, 6, b"noarch\0"),
        (1116, 4, &[0, 0, 0, 0]),
        (1117, 8, b"Packages\0"),
        (1118, 8, b"/var/lib/rpm/\0"),
    ];
    let (mut index, mut store) = (Vec::new(), Vec::new());
    for (tag, kind, bytes) in tags {
        for number in [tag, kind, store.len() as u32, 1] {
            index.extend(number.to_be_bytes());
        }
        store.extend_from_slice(bytes);
    }
    let lengths = [tags.len() as u32, store.len() as u32];
    let lengths = lengths.map(u32::to_be_bytes).concat();
    [lengths, index, store].concat()
}

fn ndb(blobs: &[Vec<u8>]) -> Vec<u8> {
    let mut file = [&b"RpmP"[..], &[0; 8], &[1, 0, 0, 0], &[0; 16]].concat();
    let mut bodies = Vec::new();
    for (at, blob) in (1_u32..).zip(blobs) {
        let mut body = [&b"BlbS"[..], &at.to_le_bytes(), &[0; 4]].concat();
        body.extend((blob.len() as u32).to_le_bytes());
        body.extend_from_slice(blob);
        body.resize(body.len().next_multiple_of(16), 0);
        let start = (4096 + bodies.len()) as u32 / 16;
        file.extend_from_slice(b"Slot");
        for number in [at, start, body.len() as u32 / 16] {
            file.extend(number.to_le_bytes());
        }
        bodies.extend(body);
    }
    file.resize(4096, 0);
    [file, bodies].concat()
}

fn bdb(blob: &[u8]) -> Vec<u8> {
    let mut pages = vec![0; 512 * 2];
    pages[12..16].copy_from_slice(&0x0006_1561_u32.to_le_bytes());
    pages[20..24].copy_from_slice(&512_u32.to_le_bytes());
    pages[25] = 8;
    // A page of one key, and of a value that stands on pages of its own.
    let page = &mut pages[512..];
    page[20] = 2;
    page[25] = 13;
    page[26..30].copy_from_slice(&[0xfe, 1, 0xf2, 1]);
    page[510..512].copy_from_slice(&[1, 7]);
    page[498] = 3;
    page[502..506].copy_from_slice(&2_u32.to_le_bytes());
    page[506..510].copy_from_slice(&(blob.len() as u32).to_le_bytes());
    for (at, piece) in (2_u32..).zip(blob.chunks(400)) {
        let mut page = vec![0; 512];
        page[16..20].copy_from_slice(&(at + 1).to_le_bytes());
        page[22..24].copy_from_slice(&(piece.len() as u16).to_le_bytes());
        page[25] = 7;
        page[26..26 + piece.len()].copy_from_slice(piece);
        pages.extend(page);
    }
    pages
}

fn sqlite(blob: &[u8]) -> Vec<u8> {
    let mut pages = vec![0; 512 * 2];
    pages[..16].copy_from_slice(b"SQLite format 3\0");
    pages[16..18].copy_from_slice(&[2, 0]);
    let row = [&[6, 23, 29, 29, 1, 13][..], b"tablePackagesPackages", &[2]].concat();
    let cell = [&[row.len() as u8, 1][..], &row].concat();
    let at = 512 - cell.len();
    pages[at..512].copy_from_slice(&cell);
    pages[100] = 13;
    pages[104] = 1;
    pages[108..110].copy_from_slice(&(at as u16).to_be_bytes());
    let serial = blob.len() * 2 + 12;
    let row = [
        &[4, 0, 0x80 | (serial >> 7) as u8, (serial & 0x7f) as u8][..],
        blob,
    ]
    .concat();
    let len = [0x80 | (row.len() >> 7) as u8, (row.len() & 0x7f) as u8];
    let cell = [&len[..], &[1], &row].concat();
    let page = &mut pages[512..];
    let at = 512 - cell.len();
    page[at..].copy_from_slice(&cell);
    page[0] = 13;
    page[4] = 1;
    page[8..10].copy_from_slice(&(at as u16).to_be_bytes());
    pages
}

pub(super) fn rpm() -> Vec<Vec<u8>> {
    let one = header("bash");
    let cut = one[..one.len() / 2].to_vec();
    vec![
        ndb(std::slice::from_ref(&one)),
        ndb(&[one.clone(), header("zlib"), cut.clone()]),
        ndb(&[]),
        bdb(&one),
        bdb(&[one.clone(), vec![0; 600]].concat()),
        bdb(&cut),
        sqlite(&one),
        sqlite(&cut),
        sqlite(b""),
        b"SQLite format 3\0".to_vec(),
    ]
}
