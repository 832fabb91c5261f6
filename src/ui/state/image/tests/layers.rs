//! Tests the summary of all layers, and the order of their history.

use super::driver::Page;
use super::{image, layer, read};
use crate::protocol::Check;
use crate::protocol::{
    Answer, Bound, HistoryRow, ImageKey, LayerState, LimitRow, Notice, Problem, ProblemCode,
    Request, RequestId, Warning, ask,
};
use crate::ui::state::ImagePlace;
use crate::ui::state::image::tests::driver::refuted;
use crate::ui::state::image::{
    ImageAction, ImagePart, ImageState, LayerPhase, Outgoing, Reading, Said, StoryStep, Summary,
    phase, story, summary,
};

#[test]
fn what_layers_prove_is_summed_up() {
    let sum = |states: Vec<LayerState>| {
        let rows = (0..).zip(states).map(|(n, state)| layer(n, state));
        summary(&image(rows.collect()))
    };
    let failed = LayerState::Failed {
        problem: Problem::new(ProblemCode::NotFound, "x", "x"),
    };
    assert_eq!(sum(vec![]), Summary::NoLayers);
    assert_eq!(
        sum(vec![read(Check::Ok), read(Check::Ok)]),
        Summary::Verified {
            n_layers: 2,
            n_known: 0
        }
    );
    assert_eq!(
        sum(vec![read(Check::Ok), read(Check::Known)]),
        Summary::Verified {
            n_layers: 2,
            n_known: 1
        }
    );
    // `docker save` claims no layer digests: only a layer's diff_id can be known.
    let mut known = read(Check::Absent);
    if let LayerState::Read { verdict, .. } = &mut known {
        verdict.diff_id = Check::Known;
    }
    assert_eq!(
        sum(vec![known]),
        Summary::Verified {
            n_layers: 1,
            n_known: 1
        }
    );
    assert_eq!(
        sum(vec![read(Check::Ok), LayerState::Waiting]),
        Summary::UnderWay {
            n_read: 1,
            n_layers: 2
        }
    );
    assert_eq!(sum(vec![read(Check::Absent)]), Summary::Unclaimed { n: 1 });
    let listed = LayerState::Listed {
        asked_bytes: 5,
        by: crate::protocol::ListedBy::Table {
            form: crate::protocol::TocForm::Estargz,
            is_claimed: true,
        },
    };
    let phase = super::super::phase(&layer(0, listed.clone()), None);
    assert!(!phase.is_trouble() && !phase.is_open() && !phase.is_done());
    assert_eq!(
        sum(vec![read(Check::Ok), listed.clone(), read(Check::Absent)]),
        Summary::Listed { n: 1, n_layers: 3 },
        "never verified"
    );
    assert_eq!(
        sum(vec![listed, LayerState::Waiting]),
        Summary::UnderWay {
            n_read: 1,
            n_layers: 2
        }
    );
    assert_eq!(
        sum(vec![
            read(Check::Ok),
            read(refuted()),
            failed,
            LayerState::Waiting
        ]),
        Summary::Trouble { first: 1, n: 2 }
    );
}

#[test]
fn only_what_was_read_is_said_to_be_verified() {
    let said = |checks: [Check; 2]| {
        let mut page = Page::new(&ImagePlace::default());
        let rows = (0..).zip(checks).map(|(n, check)| layer(n, read(check)));
        let view = image(rows.collect());
        let answer = |request: &Request| {
            let is_reading = matches!(request, Request::ReadLayers(_));
            is_reading.then(|| Answer::Image(view.clone()))
        };
        page.answer(answer, b"");
        page.state.said.map(|(_, said)| said)
    };
    assert_eq!(said([Check::Ok, Check::Ok]), Some(Said::AllVerified(2)));
    assert_eq!(said([Check::Ok, Check::Known]), None);
}

#[test]
fn whole_layers_do_not_speak_for_damaged_documents() {
    let whole = || image(vec![layer(0, read(Check::Ok))]);
    let mut no_config = whole();
    no_config.config_problem = Some(Problem::new(ProblemCode::Malformed, "config", "no JSON"));
    assert_eq!(summary(&no_config), Summary::Damaged);
    let warned = |notice| {
        let mut view = whole();
        view.warnings.push(Warning::new(notice, b""));
        summary(&view)
    };
    let of_size = Notice::DocumentSize {
        actual: 3,
        claimed: 4,
    };
    assert_eq!(warned(of_size), Summary::Damaged);
    let verified = Summary::Verified {
        n_layers: 1,
        n_known: 0,
    };
    assert_eq!(warned(Notice::NoHistory), verified);
    assert_eq!(
        warned(Notice::ManifestsDiffer),
        verified,
        "told beside the verdict"
    );
    // A problem with a layer is reported with the layer's number.
    no_config.layers = vec![layer(0, read(refuted()))];
    assert_eq!(summary(&no_config), Summary::Trouble { first: 0, n: 1 });
}

#[test]
fn a_layer_that_a_limit_stopped_offers_the_next_higher_one() {
    let row = LimitRow {
        bound: Bound::Entries,
        limit: 2,
        seen: 3,
        next: Some(32),
    };
    let mut problem = Problem::new(ProblemCode::TooLarge, "layer 0", "too many");
    let state = |problem: Problem| match read(Check::Ok) {
        LayerState::Read { verdict, .. } => LayerState::Read {
            verdict,
            damage: Some(problem),
        },
        other => other,
    };
    let phase_of = |state: LayerState| phase(&layer(0, state), None);
    let damaged = phase_of(state(problem.clone()));
    assert!(damaged.is_doubtful() && damaged.may_mend());
    problem.limit = Some(Box::new(row));
    let stopped = phase_of(state(problem));
    assert_eq!(stopped, LayerPhase::Stopped(row));
    assert!(stopped.is_trouble() && !stopped.is_doubtful() && !stopped.may_mend());

    let mut page = Page::new(&ImagePlace::default());
    page.act(ImageAction::ReadHigher {
        layer: 1,
        bound: row.bound,
        value: 32,
    });
    let (_, asked) = page.open.last().expect("it is asked for");
    let expected = Request::ReadLayerHigher(ask::ReadLayerHigher {
        image: page.state.image.key,
        layer: 1,
        bound: Bound::Entries,
        value: 32,
    });
    assert_eq!(*asked, expected);
    assert_eq!(page.state.reading, Reading::UnderWay);
}

#[test]
fn a_page_that_is_opened_again_leaves_out_what_killed_the_worker() {
    let waiting = || layer(0, LayerState::Waiting);
    let place = ImagePlace {
        part: ImagePart::History,
        ..ImagePlace::default()
    };
    let asked = |left_out: &[u32]| {
        let left_out = left_out.iter().copied().collect();
        let mut state = ImageState::without(image(vec![waiting()]), &place, &left_out);
        assert_eq!(state.place(), place);
        let orders = state.take_orders(&mut || RequestId(0));
        let asks = orders.into_iter().map(|order| match order {
            Outgoing::Ask { question, .. } => question,
            Outgoing::Cancel(_) => panic!("nothing is cancelled"),
        });
        asks.take(2).collect::<Vec<Request>>()
    };
    let image = ImageKey(7);
    let layers = vec![2, 5];
    assert_eq!(
        asked(&[2, 5]),
        [
            Request::LeaveOut(ask::LeaveOut { image, layers }),
            Request::ReadLayers(ask::ReadLayers { image })
        ]
    );
    assert_eq!(
        asked(&[])[0],
        Request::ReadLayers(ask::ReadLayers { image })
    );

    let left_out = LayerState::Failed {
        problem: Problem::new(ProblemCode::LeftOut, "layer 0", "left out"),
    };
    let phase = phase(&layer(0, left_out), None);
    assert_eq!(phase, LayerPhase::LeftOut);
    assert!(phase.is_trouble() && phase.may_mend() && !phase.is_doubtful());
}

#[test]
fn the_story_has_every_layer_once_in_order() {
    let line = |layer: Option<u32>, empty_layer| HistoryRow {
        created: None,
        author: String::new(),
        command: String::new(),
        raw_command: String::new(),
        comment: String::new(),
        empty_layer,
        layer,
    };
    let mut view = image((0..3).map(|n| layer(n, LayerState::Waiting)).collect());
    view.history = vec![
        line(Some(0), false),
        line(None, true),
        line(Some(2), false),
        line(None, false),
    ];
    assert_eq!(
        story(&view),
        [
            StoryStep::Layer(0),
            StoryStep::Empty(1),
            StoryStep::Layer(1),
            StoryStep::Layer(2)
        ]
    );
    view.history.clear();
    assert_eq!(story(&view).len(), 3);
}
