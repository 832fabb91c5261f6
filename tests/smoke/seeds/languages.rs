//! Seeds of packages of languages.

fn of(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

pub(super) fn python() -> Vec<Vec<u8>> {
    of(&[
        "Metadata-Version: 2.1\nName: a\nVersion: 1\nLicense: MIT\n\nbody\n\0a/b.py,sha256=x,3\n../../bin/a,,\n\0Name: b\nVersion: 2\n",
        "Name: a\nVersion: 1\nLicense-Expression: MIT OR Zlib\n\0\"a,\"\"b\"\".py\",,\n/c,,\n",
        "Name: a\nVersion: 1\nClassifier: License :: OSI Approved :: BSD License\n",
        "Name: a\n\0\0Version: 1\n",
        "Name: a\nVersion: 1\n\x01Name: a\nVersion: 2\n\0../../../../x,,\n\x01",
        "name: a\r\nVERSION: 1!2.0.post1+local\r\nLicense:\r\n  MIT\r\n\r\n\0\r\n",
        "Name: A.b_C\nVersion: 1\nName: d\nVersion: 2\n\0a.py,sha256=,\n\"\n\",,\n",
        "Version: 1\n\0a/../b,,\n/\n,\n\n",
        ": \n\n\0\"a",
        "Name: \u{fffd}\nVersion: \u{202e}1\nClassifier: License :: \n\0\u{e9}.py,,18446744073709551615\n",
    ])
}

pub(super) fn npm() -> Vec<Vec<u8>> {
    of(&[
        r#"{"name":"a","version":"1","license":"MIT"}"#,
        "{\"name\":\"@a/b\",\"version\":\"1\",\"licenses\":[{\"type\":\"MIT\"}]}\0{\"type\":\"module\"}",
        "{\"name\":\"a\",\"version\":\"1\"}\x01{\"name\":\"a\",\"version\":\"2\"}\x01{",
        "{\"name\":1,\"version\":[[[[]]]],\"license\":{\"type\":2}}\0\u{feff}{}",
        r#"{"name":"a","name":"b","version":"1","version":null}"#,
        r#"{"name":"@/","version":"","license":["MIT",{"type":"Zlib"}]}"#,
        r#"{"name":"..\/..","version":"1.0.0-rc.1+x","licenses":"MIT"}"#,
        "[]\0\"a\"\0null\x011e999",
        "{\"name\":\"\\ud800\",\"version\":\"\\u0000\"}",
        "{\"name\":\"a\",\"version\":\"1\"",
    ])
}

/// A program of 64 bits with one section beside that of the names.
fn program(name: &str, content: &[u8]) -> Vec<u8> {
    let names = [b"\0", name.as_bytes(), b"\0"].concat();
    let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
    bytes.resize(64, 0);
    let at = bytes.len();
    bytes.extend_from_slice(content);
    bytes.extend_from_slice(&names);
    let table = bytes.len() as u64;
    for (name, at, len) in [(1, at, content.len()), (0, at + content.len(), names.len())] {
        let mut header = vec![0_u8; 64];
        (header[0], header[4]) = (name, 1);
        header[24..32].copy_from_slice(&(at as u64).to_le_bytes());
        header[32..40].copy_from_slice(&(len as u64).to_le_bytes());
        bytes.extend(header);
    }
    bytes[40..48].copy_from_slice(&table.to_le_bytes());
    (bytes[58], bytes[60], bytes[62]) = (64, 2, 1);
    bytes
}

pub(super) fn programs() -> Vec<Vec<u8>> {
    let mut go = b"\xff Go buildinf:\x08\x02".to_vec();
    go.resize(32, 0);
    let modules =
        "0123456789abcdefmod\tx\tv1\t\ndep\ta\tv2\n=>\tb\tv3\nbuild\tGOARCH=arm\n0123456789abcdef";
    for text in ["go1.22", modules] {
        go.push(u8::try_from(text.len()).expect("is short"));
        go.extend_from_slice(text.as_bytes());
    }
    let mut older = b"\xff Go buildinf:\x08\x00".to_vec();
    older.resize(64, 0);
    let crates = br#"{"packages":[{"name":"a","version":"1","root":true}]}"#;
    // A stored block of zlib, without its checksum: what is cut there is refused.
    let mut stored = vec![0x78, 0x01, 0x01];
    let len = u16::try_from(crates.len()).expect("is short");
    stored.extend(len.to_le_bytes());
    stored.extend((!len).to_le_bytes());
    stored.extend_from_slice(crates);
    let sum = crates.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (a + b) % 65_521)
    });
    stored.extend((sum.1 << 16 | sum.0).to_be_bytes());
    let whole = program(".dep-v0", &stored);
    let mut of_32_bits = whole.clone();
    of_32_bits[4] = 1;
    let mut big_endian = whole.clone();
    big_endian[5] = 2;
    let mut no_names = whole.clone();
    no_names[62] = 9;
    let mut many = whole.clone();
    (many[60], many[61]) = (0xff, 0xff);
    let half = whole[..whole.len() / 2].to_vec();
    vec![
        program(".go.buildinfo", &go),
        program(".go.buildinfo", &go[..40]),
        program(".go.buildinfo", &older),
        program(".dep-v0", &stored[..20]),
        program(".text", b"x"),
        whole,
        of_32_bits,
        big_endian,
        no_names,
        many,
        half,
    ]
}

/// An archive of stored files.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut table) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let len = u32::try_from(content.len())
            .expect("is short")
            .to_le_bytes();
        let mut head = vec![10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        head.extend([len, len].concat());
        head.extend(u16::try_from(name.len()).expect("is short").to_le_bytes());
        head.extend([0, 0]);
        table.extend(b"PK\x01\x02\x0a\x00");
        table.extend(&head);
        table.extend([0; 10]);
        table.extend(u32::try_from(bytes.len()).expect("is short").to_le_bytes());
        table.extend(name.as_bytes());
        bytes.extend([b"PK\x03\x04", &head[..], name.as_bytes(), content].concat());
    }
    let (at, len) = (bytes.len(), table.len());
    bytes.extend(table);
    bytes.extend(b"PK\x05\x06\0\0\0\0\0\0\0\0");
    bytes.extend(u32::try_from(len).expect("is short").to_le_bytes());
    bytes.extend(u32::try_from(at).expect("is short").to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

pub(super) fn jars() -> Vec<Vec<u8>> {
    let manifest = (
        "META-INF/MANIFEST.MF",
        &b"Bundle-License: MIT\nImplementation-Version: 2.\n 3\n"[..],
    );
    let pom = (
        "META-INF/maven/g/b/pom.properties",
        &b"version=1\ngroupId=g\nartifactId=b\n"[..],
    );
    let inner = zip(&[manifest, pom]);
    let outer = zip(&[manifest, ("BOOT-INF/lib/b-1.jar", &inner), ("c.war", b"x")]);
    let twice = zip(&[manifest, manifest, pom, pom]);
    let mut far = inner.clone();
    let end = far.len();
    // The table's place, far behind the end.
    far[end - 6..end - 2].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut counted = inner.clone();
    counted[end - 12..end - 8].copy_from_slice(&[0xff; 4]);
    let nested = (0..5).fold(inner.clone(), |inner, _| zip(&[("a.jar", &inner[..])]));
    let commented = [&inner[..end - 2], &[3, 0], b"PK\x05"].concat();
    vec![
        zip(&[manifest]),
        zip(&[]),
        zip(&[("a-1.2-SNAPSHOT.jar", b""), ("../../x.jar", b"PK\x05\x06")]),
        inner[..end / 2].to_vec(),
        inner,
        [b"#!/bin/sh\n", &outer[..]].concat(),
        outer,
        twice,
        far,
        counted,
        nested,
        commented,
    ]
}
