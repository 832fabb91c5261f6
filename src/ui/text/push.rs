//! The texts for pushing an image, and for signing in where a registry requires a name and a password.

messages! {
    /// The texts of the push dialog.
    PushWords {
        /// The form for signing in.
        sign_in: SignIn,
    }
    open busy title target target_hint tags tags_hint one_platform(1) repacked(1) present all_platforms start
    again stop preparing(1) documents blobs waiting asking sending(1) exists mounted sent done counts(3)
    compressed(1) failed_hint tags_written(1) tag_unknown(1) tags_unwritten(1)
}

messages! {
    /// The texts of the form for a name and a password.
    SignIn {}
    title name password refused button note plain
}
