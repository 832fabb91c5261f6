//! The page's worker: serves its requests.

fn main() {
    console_error_panic_hook::set_once();
    lamina::worker::start();
}
