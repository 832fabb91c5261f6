//! Tests of instructions and their effect on settings.

use super::*;

fn settings() -> RuntimeConfig {
    RuntimeConfig {
        env: vec!["PATH=/bin".to_owned(), "A=1".to_owned()],
        cmd: vec!["old".to_owned()],
        working_dir: "/work".to_owned(),
        on_build: vec!["RUN old".to_owned()],
        ..RuntimeConfig::default()
    }
}

fn changed(text: &str) -> RuntimeConfig {
    let mut changed = settings();
    apply_changes(&mut changed, text).unwrap_or_else(|error| panic!("{text}: {error}"));
    changed
}

fn check_refused(text: &str) {
    assert!(apply_changes(&mut settings(), text).is_err(), "{text}");
}

#[test]
fn command_lines_in_both_forms() {
    assert_eq!(changed(r#"CMD ["a", "b c"]"#).cmd, ["a", "b c"]);
    assert_eq!(changed("CMD echo $A").cmd, ["/bin/sh", "-c", "echo $A"]);
    assert_eq!(changed("cmd ['a']").cmd, ["/bin/sh", "-c", "['a']"]);
    let entered = changed(r#"ENTRYPOINT ["/bin/app"]"#);
    assert_eq!(
        (entered.entrypoint, entered.cmd),
        (vec!["/bin/app".to_owned()], vec![])
    );
    let both = changed("CMD [\"x\"]\nENTRYPOINT [\"/bin/app\"]");
    assert_eq!(both.cmd, ["x"]);
    let mut shell = settings();
    shell.shell = vec!["/bin/ash".to_owned(), "-ec".to_owned()];
    apply_changes(&mut shell, "CMD hi").expect("is right");
    assert_eq!(shell.cmd, ["/bin/ash", "-ec", "hi"]);
    check_refused("CMD");
    check_refused("ENTRYPOINT [1]");
}

#[test]
fn variables_keep_their_places_and_see_those_before() {
    assert_eq!(changed("ENV A=2 B=3").env, ["PATH=/bin", "A=2", "B=3"]);
    assert_eq!(changed("ENV PATH=$PATH:/x").env, ["PATH=/bin:/x", "A=1"]);
    assert_eq!(
        changed("ENV B two words ").env,
        ["PATH=/bin", "A=1", "B=two words"]
    );
    // Within one instruction, arguments see the settings before it; a second instruction sees the first.
    assert_eq!(changed("ENV A=2 B=$A").env, ["PATH=/bin", "A=2", "B=1"]);
    assert_eq!(
        changed("ENV A=2\nENV B=$A").env,
        ["PATH=/bin", "A=2", "B=2"]
    );
    assert_eq!(changed(r#"ENV B="x y" C='$A'"#).env[2..], ["B=x y", "C=$A"]);
    for wrong in ["ENV", "ENV B", "ENV =x", "ENV A=1 B", "ENV A=\"x"] {
        check_refused(wrong);
    }
}

#[test]
fn ports_volumes_labels_and_directories() {
    assert_eq!(
        changed("EXPOSE 80 443/TCP 53/udp").exposed_ports,
        ["443/tcp", "53/udp", "80/tcp"]
    );
    assert_eq!(changed("EXPOSE 8000-8002").exposed_ports.len(), 3);
    for wrong in [
        "EXPOSE",
        "EXPOSE x",
        "EXPOSE 0",
        "EXPOSE 65536",
        "EXPOSE 80/icmp",
        "EXPOSE 9-8",
    ] {
        check_refused(wrong);
    }
    assert_eq!(changed("VOLUME /b /a").volumes, ["/a", "/b"]);
    assert_eq!(changed(r#"VOLUME ["/a b"]"#).volumes, ["/a b"]);
    check_refused("VOLUME");
    check_refused(r#"VOLUME [""]"#);
    let labels = changed(r#"LABEL a=1 "b c"="$A 2""#).labels;
    assert_eq!(
        labels.into_iter().collect::<Vec<_>>(),
        [
            ("a".to_owned(), "1".to_owned()),
            ("b c".to_owned(), "1 2".to_owned())
        ]
    );
    assert_eq!(changed("WORKDIR /x").working_dir, "/x");
    assert_eq!(changed("WORKDIR x").working_dir, "/work/x");
    assert_eq!(changed("WORKDIR x\nWORKDIR ../y").working_dir, "/work/y");
    assert_eq!(changed("USER a:b").user, "a:b");
    assert_eq!(changed("STOPSIGNAL SIGQUIT").stop_signal, "SIGQUIT");
    for wrong in ["WORKDIR", "USER", "STOPSIGNAL", "STOPSIGNAL NONE"] {
        check_refused(wrong);
    }
}

#[test]
fn triggers_come_after_those_that_are_there() {
    let on_build = changed("ONBUILD RUN make  all").on_build;
    assert_eq!(on_build, ["RUN old", "RUN make  all"]);
    for wrong in [
        "ONBUILD",
        "ONBUILD ONBUILD RUN x",
        "ONBUILD FROM x",
        "ONBUILD nonsense",
    ] {
        check_refused(wrong);
    }
}

#[test]
fn health_checks() {
    let check = |text: &str| changed(text).healthcheck.expect("is set");
    assert_eq!(check("HEALTHCHECK NONE").test, ["NONE"]);
    let full = check(
        "HEALTHCHECK --interval=1m30s --timeout=1.5s --start-period=0 --start-interval=500ms --retries=3 CMD curl -f http://x",
    );
    let expected = Healthcheck {
        test: vec!["CMD-SHELL".to_owned(), "curl -f http://x".to_owned()],
        interval_nanos: Some(90_000_000_000),
        timeout_nanos: Some(1_500_000_000),
        start_period_nanos: Some(0),
        start_interval_nanos: Some(500_000_000),
        retries: Some(3),
    };
    assert_eq!(full, expected);
    assert_eq!(
        check(r#"HEALTHCHECK CMD ["a", "b"]"#).test,
        ["CMD", "a", "b"]
    );
    for wrong in [
        "HEALTHCHECK",
        "HEALTHCHECK NONE x",
        "HEALTHCHECK CMD",
        "HEALTHCHECK CMD []",
        "HEALTHCHECK curl",
        "HEALTHCHECK --interval=1 CMD x",
        "HEALTHCHECK --interval=10us CMD x",
        "HEALTHCHECK --interval=-1s CMD x",
        "HEALTHCHECK --interval CMD x",
        "HEALTHCHECK --retries=-1 CMD x",
        "HEALTHCHECK --none=1 CMD x",
        "HEALTHCHECK --retries=1 --retries=2 CMD x",
        "HEALTHCHECK --interval=9999999999999h CMD x",
    ] {
        check_refused(wrong);
    }
}
