//! The texts about the container engines on this machine. They come with the part of the page that shows them.

messages! {
    /// The texts about the engines on this machine.
    EngineWords {}
    title again asking none none_hint no_images filter show_all(1) left_out(1) unnamed also(1) more_names(1)
    containers containers_of(1) containers_hint container_title(1) running ended
    waits starting coming(2) cancel
    load_title load_none load_into(1) load_making load_going(2) load_unpacking load_done(1) load_stay
    not_running(1) not_permitted(1) sign_in_again as_root silent(1) cut_off no_such_image no_room full too_long odd(1)
    unknown scheme tls context nothing_loaded(1) given_up too_many_loads lost other(1)
}
