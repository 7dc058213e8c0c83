//! What we fetch, exhaustion, transport.

use super::Row;

pub(super) const ROWS: &[Row] = &[
    (
        "CVE-2026-4366",
        &[
            "entente::outbound::client::tests::a_redirect_is_handed_back_and_not_followed",
            "entente::outbound::client::tests::where_a_name_leads_is_judged",
            "entente::outbound::address::tests::each_special_range_is_told_from_its_public_neighbours",
            "sign_in::oidc_partner_to_oidc_app::endpoints::a_token_endpoint_or_userinfo_that_misbehaves_lets_nobody_in",
            "sign_in::oidc_partner_to_oidc_app::endpoints::documents_that_misbehave_lead_nobody_anywhere",
            "metadata::kept_out::what_is_no_document_of_the_partner_is_kept_out",
            "entente::oidc::checks::request_object::tests::each_kind_of_request_object_has_its_own_error",
        ],
    ),
    (
        "keycloak#51219",
        &[
            "sign_in::oidc_partner_to_oidc_app::endpoints::documents_that_speak_for_another_issuer_lead_nobody_anywhere",
            "entente::outbound::client::tests::only_https_leaves_this_machine",
            "apply::metadata_is_fetched_from_the_public_internet_alone",
        ],
    ),
    (
        "CVE-2026-40988, CVE-2026-2575",
        &[
            "bad_input::crowd::an_inflate_bomb_is_let_out_no_further_than_a_message_may_be_large",
            "bad_input::crowd::bombs_at_the_door_for_saml_apps_are_refused",
            "entente::saml::bindings::redirect::tests::a_bomb_is_refused_before_it_unfolds",
        ],
    ),
    (
        "CVE-2026-7307",
        &[
            "attacks::documents_beyond_the_limits_are_refused",
            "entente::xmlsig::scan::tests::the_depth_limit_is_exact",
            "entente::saml::accept_request::tests::what_is_no_request_is_refused",
        ],
    ),
    (
        "CVE-2026-3055",
        &[
            "attacks::panics::arbitrary_bytes_are_refused_without_a_panic",
            "attacks::panics::a_good_answer_with_bytes_changed_is_refused_or_means_the_same",
        ],
    ),
    (
        "CVE-2025-25293, CVE-2023-28119",
        &[
            "entente::saml::bindings::redirect::tests::sizes_are_held_at_both_edges",
            "entente::saml::bindings::post::tests::sizes_are_held_at_both_edges",
            "attacks::documents_beyond_the_limits_are_refused",
        ],
    ),
    (
        "XXE, entity expansion",
        &[
            "attacks::document_types_and_entities_are_refused",
            "entente::xmlsig::scan::tests::a_document_type_is_refused_everywhere",
        ],
    ),
    (
        "CVE-2021-31826",
        &[
            "entente::http::cookies::tests::foreign_bytes_beside_ours_hide_nothing",
            "entente::domain::attempts::tests::every_cut_record_is_refused",
            "entente::base::sealing::tests::a_sealed_value_opens_only_at_its_place_and_purpose",
        ],
    ),
    ("CVE-2024-23656", &["entente::cli::serve::tls::tests::nothing_older_than_tls_1_2_is_spoken"]),
    (
        "metadata bombs",
        &[
            "metadata::kept_out::what_is_no_document_of_the_partner_is_kept_out",
            "metadata::kept_out::a_source_that_never_comes_to_an_end_is_left_in_time",
            "entente::xmlsig::scan::tests::the_element_limit_is_exact",
            "entente::saml::metadata::idp::tests::reading_never_panics",
        ],
    ),
];
