//! Seeds for layers: tars in every dialect, and each compression that the decoders support.

use miniz_oxide::deflate::compress_to_vec;

use crate::outer::{gzip, zstd};
use crate::raw::{END, Raw, file, pax, pax_text};
use crate::support::{gzip_of, gzip_with, tar_of};

/// Entries of all kinds, whiteouts, attributes and long names, as text.
const TREES: [&str; 5] = [
    "etc/\netc/hosts = 127.0.0.1\nbin/sh -> dash\nbin/dash = @700\nbin/ash => bin/dash\ndev/null c 1:3\nrun/pipe p\n",
    "a/.wh..wh..opq\na/b = x\n.wh.c\nd/.wh.e\n",
    "f = x | mode=4755 uid=1000 gid=2000000 mtime=1700000000 xattr.user.k=v xattr.security.capability=\\x01\\x00\n",
    "caf\\xe9/\\n\\\\ = y\n./x/../y = 2\n../../z = 3\n/abs = 4\n",
    "",
];

fn long_name() -> Vec<u8> {
    let path = ["a-directory-with-a-long-name"; 6].join("/");
    tar_of(&format!("{path} = 1\nlink -> {path}\nhard => {path}\n"))
}

/// Returns tars, which other seeds also use: small, and each with different features of the format.
pub(super) fn tars() -> Vec<Vec<u8>> {
    let mut all: Vec<_> = TREES.iter().map(|tree| tar_of(tree)).collect();
    all.push(long_name());
    let headers = [
        pax(&[
            ("path", b"a/long/path"),
            ("size", b"3"),
            ("uid", b"70000"),
            ("gid", b"70001"),
            ("mtime", b"-1.5"),
            ("SCHILY.xattr.user.n", b"v=\n"),
            ("comment", b"nothing"),
        ]),
        pax_text(b"12 path=a\nb\n30 size=000000000000000000999\n"),
        pax(&[("linkpath", b"../x")]),
        Raw::ustar("pax_global", b'g').content(b"11 a=b\n").bytes(),
        Raw::gnu("././@LongLink", b'L')
            .content(b"long/name\0")
            .bytes(),
        Raw::gnu("././@LongLink", b'K')
            .content(b"long/target\0")
            .bytes(),
    ];
    for header in headers {
        all.push([header, file("f", b"abc"), END.to_vec()].concat());
    }
    all.extend(sparse());
    let flags = b"\0\x311234567gxLKSDNVX";
    all.push(
        flags
            .iter()
            .flat_map(|&flag| Raw::v7("n/", flag).link("t").bytes())
            .collect(),
    );
    all.push(
        Raw::gnu("base256", b'0')
            .put(124, b"\x80\0\0\0\0\0\0\0\0\0\x02\0")
            .bytes(),
    );
    all.push(Raw::ustar("name", b'0').put(345, b"prefix/of").bytes());
    all.push([&[0; 512][..], &file("after", b"a zero block")].concat());
    all.push(file("cut off", &[b'c'; 900])[..1000].to_vec());
    all
}

fn sparse() -> Vec<Vec<u8>> {
    let data = b"aaaabb";
    let numbers = |pairs: &[(&str, &'static [u8])]| pax(pairs);
    let v00 = numbers(&[
        ("GNU.sparse.size", b"20"),
        ("GNU.sparse.numblocks", b"2"),
        ("GNU.sparse.offset", b"2"),
        ("GNU.sparse.numbytes", b"4"),
        ("GNU.sparse.offset", b"10"),
        ("GNU.sparse.numbytes", b"2"),
    ]);
    let v01 = numbers(&[("GNU.sparse.size", b"20"), ("GNU.sparse.map", b"2,4,10,2")]);
    let v10 = numbers(&[
        ("GNU.sparse.major", b"1"),
        ("GNU.sparse.minor", b"0"),
        ("GNU.sparse.name", b"s"),
        ("GNU.sparse.realsize", b"20"),
    ]);
    let mut map = b"2\n2\n4\n10\n2\n".to_vec();
    map.resize(512, 0);
    map.extend(data);
    let old = Raw::gnu("s", b'S')
        .content(data)
        .put(
            386,
            b"00000000002\x0000000000004\x0000000000012\x0000000000002\0",
        )
        .put(483, b"00000000024\0");
    let extended = Raw::gnu("s", b'S')
        .put(482, &[1])
        .put(483, b"00000000024\0")
        .bytes();
    let mut block = vec![0; 512];
    block[..24].copy_from_slice(b"00000000000\x0000000000000\0");
    vec![
        [v00, file("s", data)].concat(),
        [v01, file("s", data)].concat(),
        [v10, file("s", &map)].concat(),
        old.bytes(),
        [extended, block].concat(),
    ]
}

pub(super) fn gzips() -> Vec<Vec<u8>> {
    let tar = tar_of(TREES[0]);
    let fixed = |flags| vec![0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 2, 3];
    let name = [&fixed(0b1000)[..], b"layer.tar\0"].concat();
    let extra = [&fixed(0b1_0100)[..], b"\x03\0abc", b"comment\0"].concat();
    let mut checked = fixed(0b10);
    checked.extend((crc32fast::hash(&checked) as u16).to_le_bytes());
    let members: Vec<u8> = tar.chunks(700).flat_map(|part| gzip_of(part, 6)).collect();
    // Enough for two checkpoints: a larger tar, of noise and of repeats.
    let noise: Vec<u8> = (0..30_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 17) as u8)
        .collect();
    let large = [file("noise", &noise), file("zeros", &[0; 300_000])].concat();
    vec![
        gzip_of(&tar, 0),
        gzip_of(&tar, 1),
        gzip_of(&tar, 9),
        gzip_with(&name, &tar, 6),
        gzip_with(&extra, &tar, 6),
        gzip_with(&checked, &tar, 6),
        members,
        [gzip_of(&tar, 6), vec![0; 100]].concat(),
        [gzip_of(&tar, 6), b"garbage".to_vec()].concat(),
        gzip_of(&tar, 6)[..200].to_vec(),
        gzip_of(&large, 6),
        gzip_of(b"", 6),
        gzip(&long_name()),
        compress_to_vec(&tar, 6),
    ]
}

/// Makes a frame by hand, from the header after the magic and blocks.
fn frame(header: &[u8], blocks: &[Vec<u8>]) -> Vec<u8> {
    [&[0x28, 0xb5, 0x2f, 0xfd][..], header, &blocks.concat()].concat()
}

fn block(kind: u32, last: bool, size: usize, body: &[u8]) -> Vec<u8> {
    let header = u32::from(last) | kind << 1 | (size as u32) << 3;
    [&header.to_le_bytes()[..3], body].concat()
}

pub(super) fn zstds() -> Vec<Vec<u8>> {
    let tar = tar_of(TREES[0]);
    let (first, rest) = tar.split_at(1000);
    let raw = |last| {
        vec![
            block(0, false, 1000, first),
            block(0, last, rest.len(), rest),
        ]
    };
    let noise: Vec<u8> = (0..3_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 17) as u8)
        .collect();
    let texts: Vec<u8> = (0..400)
        .flat_map(|n| format!("line {n} of a text\n").into_bytes())
        .collect();
    let large = [
        file("noise", &noise),
        file("text", &texts),
        file("zeros", &[0; 40_000]),
    ]
    .concat();
    vec![
        zstd(&tar),
        zstd(&large),
        tar.chunks(600).flat_map(zstd).collect(),
        [b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec(), zstd(&tar)].concat(),
        frame(&[0, 0x58], &raw(true)),
        frame(&[4, 0x58], &raw(true)),
        frame(&[0, 0], &raw(true)),
        frame(&[0x60, 0x00, 0x20], &raw(true)),
        frame(&[1, 0x58, 77], &raw(true)),
        frame(&[0, 0x58], &raw(false)),
        frame(
            &[0, 0x58],
            &[block(1, false, 131_072, b"\0"), block(1, true, 1, b"\0")],
        ),
        frame(&[0, 0x58], &[block(3, true, 5, b"")]),
        frame(&[0, 18 << 3], &raw(true)),
        [zstd(&tar), b"garbage".to_vec()].concat(),
        zstd(&tar)[..100].to_vec(),
        zstd(b""),
        zstd(&long_name()),
    ]
}
