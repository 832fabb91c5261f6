//! Tests the sign-in that a registry asks for in the middle of work.

use super::{Page, image, layer, read};
use crate::protocol::{
    Answer, Check, Done, ImageKey, LayerState, Problem, ProblemCode, Request, Secret, ask,
};
use crate::ui::state::ImagePlace;
use crate::ui::state::image::{ImageAction, ImageState, LoginAction, Reading};

const REGISTRY: &str = "https://r.test";

fn wants_login(code: ProblemCode, registry: &str) -> Problem {
    let mut problem = Problem::new(code, "layer", "needs a login");
    problem.sign_in = Some(registry.to_owned());
    problem
}

/// Returns a page whose layers failed with these problems; `None` for one that was read.
fn page(failures: [Option<Problem>; 3]) -> Page {
    let state = |failure| match failure {
        Some(problem) => LayerState::Failed { problem },
        None => read(Check::Ok),
    };
    let rows = (0..)
        .zip(failures)
        .map(|(n, failure)| layer(n, state(failure)));
    let image = image(rows.collect());
    Page::of(ImageState::new(image, &ImagePlace::default()))
}

fn sign_in(page: &mut Page) {
    page.act(ImageAction::Login(LoginAction::SignIn {
        registry: REGISTRY.to_owned(),
        name: Secret::new("me"),
        password: Secret::new("hunter2"),
    }));
}

fn answer(page: &mut Page, outcome: Result<Answer, Problem>) {
    page.end(
        |request| matches!(request, Request::SignIn(_)),
        outcome,
        b"",
    );
}

fn read_again(page: &Page) -> Vec<u32> {
    let requests = page.open.iter().map(|(_, request)| request);
    requests
        .filter_map(|request| match request {
            Request::ReadLayerAgain(ask::ReadLayerAgain { image, layer }) => {
                assert_eq!(*image, ImageKey(7));
                Some(*layer)
            }
            _ => None,
        })
        .collect()
}

/// Returns the registry of the form, and whether it says that the password was rejected.
fn form(page: &Page) -> Option<(String, bool)> {
    let wanted = page.state.wanted_login()?;
    Some((wanted.registry, wanted.is_refused))
}

#[test]
fn layers_whose_login_ended_are_read_on_after_signing_in() {
    let other = wants_login(ProblemCode::LoginNeeded, "https://other.test");
    let failed = wants_login(ProblemCode::LoginNeeded, REGISTRY);
    let mut page = page([None, Some(failed), Some(other)]);
    assert_eq!(form(&page), Some((REGISTRY.to_owned(), false)));
    sign_in(&mut page);
    assert_eq!(form(&page), None, "it is being checked");
    assert!(!format!("{:?}", page.state).contains("hunter2"));
    answer(
        &mut page,
        Err(wants_login(ProblemCode::LoginRefused, REGISTRY)),
    );
    assert_eq!(form(&page), Some((REGISTRY.to_owned(), true)));
    assert!(read_again(&page).is_empty());
    sign_in(&mut page);
    answer(&mut page, Ok(Answer::Done(Done)));
    assert_eq!(read_again(&page), [1], "the layers of this registry alone");
    assert_eq!(page.state.reading, Reading::UnderWay);
    assert_eq!(form(&page), None);
}

#[test]
fn a_form_that_is_closed_leaves_the_failure_until_it_is_tried_again() {
    let failed = wants_login(ProblemCode::LoginRefused, REGISTRY);
    let mut page = page([None, None, Some(failed)]);
    assert_eq!(form(&page), Some((REGISTRY.to_owned(), true)));
    page.act(ImageAction::Login(LoginAction::Close));
    assert_eq!(form(&page), None);
    assert!(read_again(&page).is_empty());
    let failed = page.state.image.clone();
    page.act(ImageAction::ReadAgain(2));
    assert_eq!(read_again(&page), [2]);
    let is_meant = |request: &Request| matches!(request, Request::ReadLayerAgain(_));
    page.end(is_meant, Ok((*failed).clone().into()), b"");
    assert_eq!(form(&page), Some((REGISTRY.to_owned(), true)));
}

#[test]
fn other_failures_ask_for_no_login() {
    let plain = Problem::new(ProblemCode::Unreachable, "layer", "nobody answers");
    assert_eq!(form(&page([None, Some(plain), None])), None);
    assert_eq!(form(&page([None, None, None])), None);
}
