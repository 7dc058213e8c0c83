//! What changes in the middle of a sign-in, or is mixed up between two of them.

use super::Row;

pub(super) const ROWS: &[Row] = &[
    (
        "partner, app or person switched off, removed or changed meanwhile",
        &[
            "sign_in::saml_partner_to_oidc_app::mid_flow::a_change_between_authorize_and_acs_counts",
            "sign_in::saml_partner_to_oidc_app::mid_flow::a_change_by_another_process_between_authorize_and_acs_counts",
            "sign_in::saml_partner_to_oidc_app::mid_flow::a_change_by_another_process_between_the_consent_page_and_its_answer_counts",
            "sign_in::saml_partner_to_oidc_app::mid_flow::a_change_by_another_process_between_code_and_token_counts",
            "sign_in::oidc_partner_to_oidc_app::mid_flow::a_change_between_question_and_answer_counts",
            "sign_in::oidc_partner_to_oidc_app::mid_flow::a_change_by_another_process_between_question_and_answer_counts",
            "sign_in::oidc_partner_to_oidc_app::mid_flow::an_answer_is_judged_by_the_partners_record_as_it_is_when_it_arrives",
            "sign_in::oidc_partner_to_oidc_app::mid_flow::a_partner_that_went_over_to_another_protocol_meanwhile_is_refused",
            "sign_in::saml_partner_to_saml_app::sessions::an_app_that_is_changed_meanwhile_gets_nothing_it_may_not_have",
            "sign_in::saml_partner_to_saml_app::sessions::a_key_that_is_taken_from_the_app_meanwhile_signs_nothing",
            "sign_in::pushed::what_changed_after_it_was_pushed_counts",
            "sign_in::entry_paths::every_way_in_asks_how_partner_app_person_and_assignment_stand",
            "sign_in::entry_paths::every_way_in_asks_it_also_where_another_process_acted",
            "factors::sign_in::what_changes_during_a_step_decides_at_its_end",
            "tokens::renewal::what_is_switched_off_renews_nothing",
        ],
    ),
    (
        "two sign-ins interleaved in one browser",
        &[
            "sign_in::saml_partner_to_oidc_app::attempts::an_answer_of_another_attempt_of_the_same_browser_is_refused",
            "sign_in::oidc_partner_to_oidc_app::strangers::sign_ins_interleaved_in_one_browser_do_not_mix",
            "sign_in::oidc_partner_to_oidc_app::strangers::sign_ins_at_two_partners_in_one_browser_do_not_mix",
            "factors::sign_in::an_assigned_session_of_one_browser_serves_two_tabs",
            "factors::steps::two_tabs_and_the_back_button_do_no_harm",
        ],
    ),
    (
        "state, code, nonce or cookie of another browser",
        &[
            "sign_in::oidc_partner_to_oidc_app::strangers::state_code_nonce_and_cookie_of_another_browser_open_nothing",
            "sign_in::oidc_partner_to_oidc_app::refused::a_code_of_another_persons_question_buys_nothing",
            "sign_in::saml_partner_to_oidc_app::attempts::a_foreign_browser_has_no_such_attempt",
            "sign_in::saml_partner_to_oidc_app::consent::another_browser_cannot_answer",
            "sign_in::saml_partner_to_oidc_app::select_account::another_browser_cannot_choose",
            "sign_in::saml_partner_to_oidc_app::home_realm::another_browser_has_no_such_question",
            "factors::steps::a_step_belongs_to_its_session_and_its_attempt",
            "tokens::binding::a_challenge_is_met_by_its_verifier_alone",
        ],
    ),
    (
        "a partner's address that is slow, silent, endless, a page, or leads elsewhere",
        &[
            "sign_in::oidc_partner_to_oidc_app::endpoints::a_token_endpoint_or_userinfo_that_misbehaves_lets_nobody_in",
            "sign_in::oidc_partner_to_oidc_app::endpoints::documents_that_misbehave_lead_nobody_anywhere",
            "sign_in::oidc_partner_to_oidc_app::endpoints::a_partner_that_says_nothing_keeps_nobody_else_waiting",
            "metadata::kept_out::what_is_no_document_of_the_partner_is_kept_out",
            "metadata::kept_out::a_source_that_never_comes_to_an_end_is_left_in_time",
            "metadata::apps::what_is_no_document_of_the_app_is_kept_out",
        ],
    ),
    (
        "a partner's document that speaks for another issuer",
        &[
            "sign_in::oidc_partner_to_oidc_app::endpoints::documents_that_speak_for_another_issuer_lead_nobody_anywhere",
            "sign_in::oidc_partner_to_oidc_app::documents::the_last_good_documents_stay_while_their_source_is_down",
            "metadata::kept_out::what_is_no_document_of_the_partner_is_kept_out",
        ],
    ),
];
