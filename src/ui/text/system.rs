//! The texts of the System tab.

messages! {
    /// The texts of the System tab.
    SystemWords {}
    computing waiting system distribution unknown partly_read retry at_least(1) scratch distroless version
    derives_from architecture agrees(1) differs(2) unproved libc shell init package_managers none kernel
    no_kernel kernel_unused users groups name uid gid home login_shell more(1) malformed(1) gaps gap_layer(2)
    gap_layer_unread gap_layer_incomplete gap_leads_nowhere gap_not_file gap_failed(1) gap_too_far gap_unknown_form
    gap_too_many(1) gap_cut(2)
    go(1)
}
