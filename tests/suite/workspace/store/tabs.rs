//! Several pages at once with one store, and pages that close halfway.

use std::collections::VecDeque;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use lamina::bounds::Limits;
use lamina::io::{self, ByteStream, LocalFuture, Response, Store, Transport};
use lamina::protocol::{Answer, Request, RequestId, ask};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::registry::Registry;
use crate::support::run;

use super::super::world::Asked;
use super::{Browser, ROOMY, found, key_of, layer_in, open, stored, words};

/// A registry that sends each piece of a layer with a delay.
struct Slow(Rc<dyn Transport>);

impl Transport for Slow {
    fn exchange(&self, request: io::HttpRequest) -> LocalFuture<'_, Result<Response, io::Error>> {
        Box::pin(async move {
            let is_layer = layer_in(&request.url).is_some();
            let mut response = self.0.exchange(request).await?;
            if is_layer {
                response.body = Box::new(Slowly(response.body));
            }
            Ok(response)
        })
    }
}

struct Slowly(Box<dyn ByteStream>);

impl ByteStream for Slowly {
    fn next(&mut self) -> LocalFuture<'_, Result<Option<Vec<u8>>, io::Error>> {
        Box::pin(async move {
            let mut waited = false;
            std::future::poll_fn(|context| {
                // Polled again at once: nothing else would wake it.
                context.waker().wake_by_ref();
                match std::mem::replace(&mut waited, true) {
                    true => Poll::Ready(()),
                    false => Poll::Pending,
                }
            })
            .await;
            self.0.next().await
        })
    }
}

fn slow_page(browser: &Browser) -> Asked {
    let transport: Rc<dyn Transport> = Rc::new(Slow(Rc::clone(&browser.transport) as _));
    Asked::keeping_in(browser.store.clone(), Some(transport), Limits::DEFAULT)
}

#[wasm_bindgen_test(unsupported = test)]
fn two_tabs_read_the_same_image_at_once() {
    let browser = Browser::new(ROOMY, "1: base one");
    let pages = [slow_page(&browser), slow_page(&browser)];
    let images = pages.each_ref().map(|page| found(page, "1").key);
    let mut readings: VecDeque<_> = pages
        .iter()
        .zip(images)
        .map(|(page, image)| {
            let request = Request::ReadLayers(ask::ReadLayers { image });
            Box::pin(page.session.serve(RequestId(9), request, Vec::new()))
        })
        .collect();
    let mut context = Context::from_waker(Waker::noop());
    let mut n_done = 0;
    while let Some(mut reading) = readings.pop_front() {
        match reading.as_mut().poll(&mut context) {
            Poll::Pending => readings.push_back(reading),
            Poll::Ready(done) => {
                let Ok(Answer::Image(image)) = done.map(|served| served.answer) else {
                    panic!("no image");
                };
                assert!(!words(&image).contains("mismatch"), "{}", words(&image));
                assert_eq!(image.n_layers_ready, 2);
                n_done += 1;
            }
        }
    }
    assert_eq!(n_done, 2);
    assert_eq!(browser.kept(), "blob base, blob one, index base, index one");
    assert_eq!(browser.object(&key_of("blob", "base")), stored("base"));
    browser.downloads();
    assert_eq!(words(&open(&browser.page(), "1")), "known known");
    assert_eq!(browser.downloads(), "");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_page_that_ends_half_way_leaves_nothing_behind() {
    for n_steps in 0..12 {
        let browser = Browser::new(ROOMY, "1: base");
        let page = slow_page(&browser);
        let request = Request::ReadLayers(ask::ReadLayers {
            image: found(&page, "1").key,
        });
        {
            let mut reading = pin!(page.session.serve(RequestId(9), request, Vec::new()));
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..n_steps {
                if reading.as_mut().poll(&mut context).is_ready() {
                    break;
                }
            }
            let writer = run(browser.store.begin(&key_of("blob", "base"))).unwrap();
            let is_free = writer.is_some();
            assert!(
                is_free || n_steps > 0,
                "nobody writes before the first step"
            );
            assert!(
                !is_free || n_steps == 0 || n_steps > 8,
                "it is being written after step {n_steps}"
            );
        }
        drop(page);
        let is_whole = browser.kept().contains("blob base");
        if !is_whole {
            assert_eq!(browser.kept(), "", "after step {n_steps}");
        }
        browser.downloads();
        assert!(!words(&open(&browser.page(), "1")).contains("mismatch"));
        assert_eq!(browser.kept(), "blob base, index base");
        assert_eq!(browser.downloads().is_empty(), is_whole);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_download_that_breaks_is_not_kept_until_it_is_whole() {
    let registry = Registry {
        faults: Default::default(),
        ..Registry::default()
    };
    let browser = Browser::with(ROOMY, "1: base", registry);
    let page = browser.page();
    let image = found(&page, "1");
    // The connection breaks once, and the rest is requested.
    browser.registry.breaks.borrow_mut().push_back(20);
    let read = page.read(image.key);
    assert_eq!(words(&read), "ok");
    assert_eq!(browser.downloads(), "base base*");
    assert_eq!(browser.object(&key_of("blob", "base")), stored("base"));
}
