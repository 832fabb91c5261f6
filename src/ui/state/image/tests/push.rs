//! Tests the push dialog: its requests, its progress and its results.

use super::{Page, image, layer, read};
use crate::protocol::Check;
use crate::protocol::{
    Answer, Digest, Done, Platforms, Problem, ProblemCode, PushNews, PushRow, PushState,
    PushedView, Request, Secret, Throughput, ask,
};
use crate::ui::state::ImagePlace;
use crate::ui::state::image::{ImageAction, PushAction, PushPane, PushPhase};

fn page() -> Page {
    Page::new(&ImagePlace::default())
}

fn act(page: &mut Page, action: PushAction) {
    page.act(ImageAction::Push(action));
}

/// Returns the pushes and sign-ins in flight.
fn asked(page: &Page) -> Vec<Request> {
    let requests = page.open.iter().map(|(_, request)| request.clone());
    requests
        .filter(|request| matches!(request, Request::Push(_) | Request::SignIn(_)))
        .collect()
}

/// Answers the push or the sign-in.
fn answer(page: &mut Page, outcome: Result<Answer, Problem>) {
    let is_meant = |request: &Request| matches!(request, Request::Push(_) | Request::SignIn(_));
    page.end(is_meant, outcome, b"");
}

fn rows() -> Vec<PushRow> {
    [10, 30]
        .map(|size_bytes| PushRow {
            digest: Digest::sha256_of(b""),
            size_bytes,
            state: PushState::Waiting,
        })
        .to_vec()
}

fn pushed() -> PushedView {
    PushedView {
        registry: "https://r.test".to_owned(),
        repository: "app".to_owned(),
        tags: vec!["1".to_owned()],
        digest: Digest::sha256_of(b""),
        n_sent: 1,
        n_spared: 1,
        sent: Throughput {
            bytes: 30,
            millis: 2_000,
        },
        compressed: None,
    }
}

fn start(page: &mut Page) {
    act(page, PushAction::Target(" r.test/app:1 ".to_owned()));
    act(page, PushAction::Tags("2, latest  x".to_owned()));
    act(page, PushAction::Start);
}

#[test]
fn a_push_tells_how_far_each_blob_is() {
    let mut page = page();
    start(&mut page);
    // A second press does nothing.
    act(&mut page, PushAction::Start);
    let request = Request::Push(ask::Push {
        image: image(vec![layer(0, read(Check::Ok))]).key,
        target: "r.test/app:1".to_owned(),
        tags: ["2", "latest", "x"].map(str::to_owned).to_vec(),
        scope: None,
    });
    assert_eq!(asked(&page), [request]);
    for (news, bytes) in [
        (
            PushNews::Preparing(Throughput {
                bytes: 5,
                millis: 1_000,
            }),
            (0, 0),
        ),
        (PushNews::Blobs(rows()), (0, 40)),
        (
            PushNews::Blob {
                at: 0,
                state: PushState::Exists,
                millis: 500,
            },
            (10, 40),
        ),
        (
            PushNews::Blob {
                at: 1,
                state: PushState::Sending(15),
                millis: 500,
            },
            (25, 40),
        ),
        (
            PushNews::Blob {
                at: 9,
                state: PushState::Sent,
                millis: 500,
            },
            (25, 40),
        ),
        (
            PushNews::Blob {
                at: 1,
                state: PushState::Sent,
                millis: 500,
            },
            (40, 40),
        ),
        (PushNews::Documents, (40, 40)),
    ] {
        act(&mut page, PushAction::News(news));
        assert_eq!(page.state.push.bytes(), bytes);
        assert!(page.state.push.is_busy());
    }
    // Blobs that were there before were not sent, so they do not count in the rate.
    let sent = Throughput {
        bytes: 30,
        millis: 500,
    };
    assert_eq!(page.state.push.pace(), sent);
    assert_eq!(sent.bytes_per_second(), 60.0);
    assert_eq!(
        Throughput {
            bytes: 30,
            millis: 5
        }
        .bytes_per_second(),
        0.0
    );
    answer(&mut page, Ok(Answer::Pushed(pushed())));
    assert_eq!(page.state.push.phase, PushPhase::Done(pushed()));
}

#[test]
fn a_push_that_is_stopped_is_cancelled_and_hears_nothing_more() {
    let mut page = page();
    start(&mut page);
    act(&mut page, PushAction::Stop);
    act(&mut page, PushAction::News(PushNews::Documents));
    assert_eq!(page.state.push.phase, PushPhase::Idle);
    assert_eq!(page.cancelled.len(), 1);
}

#[test]
fn a_push_goes_on_after_signing_in() {
    let mut page = page();
    start(&mut page);
    let mut problem = Problem::new(ProblemCode::LoginNeeded, "app", "needs a login");
    problem.sign_in = Some("https://r.test".to_owned());
    answer(&mut page, Err(problem.clone()));
    assert_eq!(page.state.push.phase, PushPhase::Failed(problem.clone()));
    let sign_in = || PushAction::SignIn {
        registry: "https://r.test".to_owned(),
        name: Secret::new("me"),
        password: Secret::new("hunter2"),
    };
    act(&mut page, sign_in());
    assert!(matches!(asked(&page)[..], [Request::SignIn(_)]));
    answer(&mut page, Err(problem));
    assert!(matches!(page.state.push.phase, PushPhase::Failed(_)));
    act(&mut page, sign_in());
    assert!(!format!("{:?} {:?}", page.state, sign_in()).contains("hunter2"));
    answer(&mut page, Ok(Answer::Done(Done)));
    assert!(
        matches!(asked(&page)[..], [Request::Push(_)]),
        "it goes on by itself"
    );
    assert!(page.state.push.is_busy());
}

#[test]
fn an_image_of_an_index_goes_with_its_index() {
    let scope = |page: &Page| page.state.push.scope;
    assert_eq!(scope(&page()), None);
    let mut page = page();
    page.state.image.make_mut().index_digest = Some(Digest::sha256_of(b"1"));
    *page.state.push = PushPane::new(&page.state.image);
    assert_eq!(scope(&page), Some(Platforms::All));
    start(&mut page);
    let absent = Problem::new(ProblemCode::AbsentPlatforms, "the index", "linux/arm64");
    answer(&mut page, Err(absent));
    act(&mut page, PushAction::StartPresent);
    let [Request::Push(ask::Push { scope, .. })] = &asked(&page)[..] else {
        panic!("one push is asked for");
    };
    assert_eq!(*scope, Some(Platforms::Present));
}
