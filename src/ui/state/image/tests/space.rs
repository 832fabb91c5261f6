//! Tests the Space tab: requested only when it is shown and all layers of the image are done.

use super::{Page, image, layer, read};
use crate::protocol::{self, Check};
use crate::protocol::{
    AnalysisKind, Answer, Findings, LayerState, Problem, ProblemCode, Request, RequestId,
    SpaceAnswer, SpaceGap, System,
};
use crate::ui::state::ImagePlace;
use crate::ui::state::image::analyses::Awaited;
use crate::ui::state::image::tests::driver::refuted;
use crate::ui::state::image::{ImageAction, ImagePart, ImageState, Loadable};

const SPACE: SpaceAnswer = SpaceAnswer::Unknown {
    layer: 1,
    gap: SpaceGap::Incomplete,
};

fn packed(found: &impl protocol::Analysed) -> Answer {
    Findings::pack(found).expect("they are packed").into()
}

fn found(page: &Page) -> &Awaited {
    page.state.analyses.of(AnalysisKind::Space)
}

fn is_space(request: &Request) -> bool {
    matches!(request, Request::Analyse(ask) if ask.kind == AnalysisKind::Space)
}

fn asks(page: &Page) -> usize {
    page.open
        .iter()
        .filter(|(_, request)| is_space(request))
        .count()
}

fn space(request: &Request) -> Option<Answer> {
    is_space(request).then(|| packed(&SPACE))
}

/// Delivers all layers, and ends the read.
fn read_all(page: &mut Page) {
    for n in 0..2 {
        page.layer_done(layer(n, read(Check::Ok)), n + 1);
    }
    let whole = |request: &Request| match request {
        Request::ReadLayers(_) => Some(Answer::Image(image(vec![
            layer(0, read(Check::Ok)),
            layer(1, read(Check::Ok)),
        ]))),
        _ => None,
    };
    page.answer(whole, b"");
}

#[test]
fn nothing_is_asked_before_the_last_layer_is_done() {
    let mut page = Page::new(&ImagePlace::default());
    page.act(ImageAction::ShowTab(ImagePart::Space));
    page.layer_done(layer(0, read(Check::Ok)), 1);
    assert_eq!((asks(&page), found(&page)), (0, &Loadable::Idle));
    // Reading stopped half-way, so there is nothing to add up.
    let stopped = |request: &Request| matches!(request, Request::ReadLayers(_));
    page.end(
        stopped,
        Err(Problem::new(ProblemCode::Cancelled, "", "")),
        b"",
    );
    assert_eq!(asks(&page), 0);
    page.act(ImageAction::ReadLayers);
    read_all(&mut page);
    assert_eq!((asks(&page), found(&page)), (1, &Loadable::Loading));
}

#[test]
fn it_is_asked_once_and_only_when_it_is_looked_at() {
    let mut page = Page::new(&ImagePlace::default());
    read_all(&mut page);
    assert_eq!(asks(&page), 0);
    for tab in [ImagePart::Space, ImagePart::Files, ImagePart::Space] {
        page.act(ImageAction::ShowTab(tab));
    }
    assert_eq!(asks(&page), 1);
    page.answer(space, b"");
    page.act(ImageAction::ShowTab(ImagePart::Space));
    assert_eq!(asks(&page), 0);
    let Loadable::Ready(answer) = found(&page) else {
        panic!("it has come");
    };
    assert_eq!(answer.unpack(), Ok(SPACE));
}

#[test]
fn a_layer_that_is_read_again_makes_it_out_of_date() {
    let mut page = Page::new(&ImagePlace::default());
    page.act(ImageAction::ShowTab(ImagePart::Space));
    read_all(&mut page);
    // The answer in flight adds up layers that have changed.
    page.act(ImageAction::ReadAgain(1));
    page.layer_done(layer(1, read(refuted())), 2);
    assert_eq!((page.cancelled.len(), found(&page)), (1, &Loadable::Idle));
    page.answer(space, b"");
    assert_eq!(*found(&page), Loadable::Idle, "the old answer");
    let again = |request: &Request| match request {
        Request::ReadLayerAgain(_) => Some(Answer::Image(image(vec![
            layer(0, read(Check::Ok)),
            layer(1, read(refuted())),
        ]))),
        _ => None,
    };
    page.answer(again, b"");
    page.answer(space, b"");
    assert!(matches!(*found(&page), Loadable::Ready(_)));
}

#[test]
fn a_failure_is_asked_again_on_demand_only() {
    let mut page = Page::new(&ImagePlace::default());
    read_all(&mut page);
    page.act(ImageAction::ShowTab(ImagePart::Space));
    let problem = Problem::new(ProblemCode::WorkerLost, "worker", "gone");
    page.end(is_space, Err(problem.clone()), b"");
    page.act(ImageAction::ShowTab(ImagePart::Space));
    assert_eq!((asks(&page), found(&page)), (0, &Loadable::Failed(problem)));
    page.act(ImageAction::RetryAnalysis);
    assert_eq!(asks(&page), 1);
}

#[test]
fn an_artifact_is_not_asked_for_it() {
    let mut view = image(vec![layer(0, LayerState::Waiting)]);
    view.artifact_type = Some("application/x".to_owned());
    let mut state = ImageState::new(view, &ImagePlace::default());
    state.reduce(ImageAction::ShowTab(ImagePart::Space));
    assert!(state.take_orders(&mut || RequestId(0)).is_empty());
}

#[test]
fn the_system_is_asked_for_by_its_own_tab() {
    let mut page = Page::new(&ImagePlace::default());
    read_all(&mut page);
    page.act(ImageAction::ShowTab(ImagePart::System));
    assert_eq!(asks(&page), 0);
    let system = |request: &Request| match request {
        Request::Analyse(ask) if ask.kind == AnalysisKind::System => {
            Some(packed(&System::default()))
        }
        _ => None,
    };
    page.answer(system, b"");
    assert!(matches!(
        page.state.analyses.of(AnalysisKind::System),
        Loadable::Ready(_)
    ));
    assert_eq!(*found(&page), Loadable::Idle);
}

#[test]
fn a_retry_asks_for_what_its_tab_shows_alone() {
    let mut page = Page::new(&ImagePlace::default());
    read_all(&mut page);
    page.act(ImageAction::ShowTab(ImagePart::Space));
    page.answer(space, b"");
    page.act(ImageAction::ShowTab(ImagePart::System));
    page.act(ImageAction::RetryAnalysis);
    assert!(matches!(*found(&page), Loadable::Ready(_)));
}

#[test]
fn a_tab_that_an_artifact_does_not_have_shows_its_files() {
    let mut artifact = image(vec![layer(0, read(Check::Ok))]);
    artifact.artifact_type = Some("application/vnd.example".to_owned());
    let place = ImagePlace {
        part: ImagePart::Commit,
        ..ImagePlace::default()
    };
    assert_eq!(ImageState::new(artifact, &place).tab, ImagePart::Files);
}
