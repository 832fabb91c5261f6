//! The texts of the guide to a private registry.

messages! {
    /// The texts of the guide.
    GuideWords {}
    title lead host host_wrong image image_wrong check checking answers(1) answers_more(1) answers_unlisted
    asks_for_login fails open
    step_config step_config_why step_run step_run_why step_check step_check_why step_password step_password_why
    step_trust step_trust_why
    step_trust_not_needed step_push step_push_why step_list step_list_why step_pull step_pull_why step_mirror
    step_mirror_why cloud cloud_why cloud_name_hub cloud_name_ghcr
    cloud_name_aliyun cloud_name_ecr cloud_name_harbor
}
