//! Seeds of text: documents, addresses, and the header fields of registries.

fn texts(all: &[&str]) -> Vec<Vec<u8>> {
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

pub(super) fn documents() -> Vec<Vec<u8>> {
    const SHA: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let with_digests = [
        r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%","size":2,"data":"e30="},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"%","size":0,"urls":["https://a.example/x"],"annotations":{"org.opencontainers.image.title":"x"},"data":""}],"subject":{"digest":"%"},"annotations":{"a":"b"}}"#,
        r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","artifactType":"t/t","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%","size":7,"platform":{"os":"linux","architecture":"arm","variant":"v7","os.version":"1","os.features":["f"]},"annotations":{"io.containerd.image.name":"docker.io/library/a:1","org.opencontainers.image.ref.name":"1"}},{"digest":"%","platform":{"os":"unknown","architecture":"unknown"},"annotations":{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"%"}}]}"#,
        r#"{"architecture":"amd64","os":"linux","created":"2024-02-29T12:00:00.1Z","author":"a","comment":"c","docker_version":"1","container":"x","container_config":{"Cmd":["/bin/sh"]},"config":{"User":"u","Env":["A=b","C"],"Cmd":["a","b"],"Entrypoint":"x","ExposedPorts":{"80/tcp":{}},"Volumes":{"/v":{}},"WorkingDir":"/","Labels":{"k":"v"},"StopSignal":"9","StopTimeout":-1,"Healthcheck":{"Test":["CMD","x"],"Interval":30000000000,"Timeout":-9223372036854775808,"Retries":3},"OnBuild":["RUN x"],"Shell":["sh"]},"rootfs":{"type":"layers","diff_ids":["%","x",null,"%"]},"history":[{"created_by":"/bin/sh -c #(nop)  CMD [\"x\"]","empty_layer":true},{"created_by":"|2 A=1 B=2 /bin/sh -c make"},{"created_by":"RUN /bin/sh -c x # buildkit","comment":"buildkit.dockerfile.v0"},{"created":7}]}"#,
        r#"[{"Config":"a.json","RepoTags":["a:1",7],"Layers":["l/layer.tar",null],"Parent":"p","LayerSources":{"%":{"mediaType":"t","size":1,"digest":"%"}}},null]"#,
        r#"{"manifests":null,"layers":[],"config":{"digest":"%"}}"#,
        r#"{"id":"x","parent":"y","container_config":{"Cmd":["a"]},"config":{"digest":"%"}}"#,
    ];
    let mut all = texts(&[
        r#"{"app":{"latest":"0123","1":null},"b":7}"#,
        r#"{"schemaVersion":1,"name":"a","fsLayers":[{"blobSum":"x"}],"history":[{"v1Compatibility":"{}"}]}"#,
        "\u{feff} {\"a\":1,\"a\":2} \n",
        "[1,-1,1e400,18446744073709551616,0.1,\"\\ud800\",\"\\u0000\"]",
        "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
        "null",
        "{\"config\":{\"Env\":\"one\",\"Labels\":[],\"Cmd\":{}},\"rootfs\":{\"type\":\"x\"}}",
    ]);
    all.extend(
        with_digests
            .iter()
            .map(|text| text.replace('%', SHA).into_bytes()),
    );
    all.push(b"{\"\xff\":\"\xc3\x28\"}".to_vec());
    all
}

pub(super) fn references() -> Vec<Vec<u8>> {
    let digest = format!("sha256:{}", "a".repeat(64));
    let mut all = texts(&[
        "alpine",
        "alpine:3",
        "library/alpine",
        "docker.io/library/a/b:1",
        "registry.example.com:5000/team/app:1.2",
        "localhost:5000",
        "localhost/a",
        "registry:5000",
        "registry:5000/",
        "[::1]:5000/a/b",
        "127.0.0.1:5000/x",
        "GHCR.io/Owner/App",
        "https://localhost:5000/v2/",
        "https://r.example/v2/a/manifests/1",
        "https://r.example/v2/a/tags/list?n=1",
        "http://r.example/folder/v2/a/b:1",
        "https://hub.docker.com/_/alpine",
        "https://hub.docker.com/r/owner/name/tags",
        "https://quay.io/repository/owner/name?tab=tags",
        "oci://r.example/a",
        "docker pull --quiet alpine",
        "$ sudo docker pull a/b:c",
        "https://user:password@r.example/a",
        "ftp://r.example",
        "linux/arm/v7",
        "windows/amd64",
        "sha512:x",
        "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8",
        "#/r.example/a:1?platform=linux/arm64&view=layer:3&path=/etc/%68osts",
        "#file=app.tar&id=sha256:0&view=upto:2&path=/a",
        "[\"https://r.example/v2/_catalog?last=b\",\"a\",\"b\"]",
        "2024-02-29T13:00:00.123456789+01:00",
        "application/vnd.oci.image.layer.v1.tar+gzip; charset=utf-8",
        "/bin/sh -c #(nop) ADD file:x in /",
        "|1 A=b c /bin/sh -c make # buildkit",
        "./a//b/../../../c",
        "a__b/c--d/e.f",
    ]);
    all.push(format!("r.example/a:1@{digest}").into_bytes());
    all.push(format!("https://r.example/v2/a/blobs/{digest}").into_bytes());
    all.push(digest.into_bytes());
    all
}

pub(super) fn challenges() -> Vec<Vec<u8>> {
    texts(&[
        r#"Bearer realm="https://auth.example/token",service="r.example""#,
        r#"Bearer realm="https://auth.example/token",service="r",scope="repository:user/image:pull""#,
        r#"bearer SERVICE=r , Realm=https://auth.example/token?x=1"#,
        r#"Negotiate, Basic realm="a \"quoted\", name" , Bearer realm="https://t/token""#,
        "Negotiate YII=, Bearer realm = \"/token\"",
        "Basic realm=zot\nBearer realm=\"//auth.example/t?a=b\"",
        r#"Bearer realm="http://auth.example/token""#,
        r#"Bearer realm="https://user:pw@auth.example/token""#,
        r#"Bearer realm="javascript:alert(1)""#,
        r#"Bearer realm="../a/./b#c",scope="a b  c""#,
        "Bearer realm=\"https://r.example/v2/token\"",
        "Bearer realm=\"never closed",
        "=,\"\"\\",
        "my registry\0repository:a/b:pull,push registry:catalog:*\0a realm",
        "é\\\"\0x\ty",
    ])
}

pub(super) fn links() -> Vec<Vec<u8>> {
    texts(&[
        "</v2/_catalog?last=b&n=2>; rel=\"next\"",
        "</v2/app/tags/list?last=b>;rel=next",
        "<?last=b>; rel=next",
        "<list?n=3&last=b>; title=\"x, <y>; rel=next\"; REL=\"prev Next\"",
        "<a>; rel=prev, <b,c>; rel=next",
        "<a>; rel=prev\n<b>; rel=next",
        "<http://r.example:5000/v2/app/tags/list?last=x>; rel=next",
        "<https://other.example/v2/app/tags/list>; rel=next",
        "<https://user@r.example/>; rel=next",
        "<//r.example/x>; rel=next",
        "<https://r.example>; rel=next",
        "<a>; title=\"never closed, <b>; rel=next",
        "https://r.example:443/v2/app/tags/list?last=b",
        "[\"https://r.example/v2/app/tags/list?last=b\",\"a\",\"b\"]",
        "<a>; rel=next\0{\"name\":\"app\",\"tags\":[\"1\",\"2\",null,7],\"repositories\":null}",
        "<b>; rel=next\0{\"tags\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"0\"]}",
        "\0[]",
    ])
}
