//! The list that every store passes.

use std::future::Future;

use super::databases::{Fresh, Kind, on_fresh, on_schema};

/// Runs one on a database of its own; how a database is opened at first is tried on an empty one.
fn on<F>(module: &str, kind: Kind, behaviour: impl FnOnce(Fresh) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    if module == "start" { on_fresh(kind, behaviour) } else { on_schema(kind, behaviour) }
}

macro_rules! on_both {
    ($($module:ident: $($behaviour:ident),* $(,)?;)*) => {
        mod sqlite {
            $($(
                #[test]
                fn $behaviour() {
                    use super::super::{$module, databases::Kind};
                    super::on(stringify!($module), Kind::Sqlite, $module::$behaviour);
                }
            )*)*
        }
        mod postgres {
            $($(
                #[test]
                fn $behaviour() {
                    use super::super::{$module, databases::Kind};
                    super::on(stringify!($module), Kind::Postgres, $module::$behaviour);
                }
            )*)*
        }
    };
}

on_both! {
    single_use:
        an_attempt_is_taken_by_one_of_several,
        a_message_is_remembered_by_one_of_several,
        a_code_is_taken_by_one_of_several,
        the_row_of_an_attempt_is_taken_by_one_of_several,
        a_guest_is_bound_by_one_of_several,
        a_session_is_ended_by_one_of_several,
        the_installation_is_pinned_by_one_of_several,
        an_expired_row_of_an_attempt_is_not_found,
        a_message_of_another_issuer_is_another_message;
    units:
        a_unit_reads_what_it_wrote,
        what_a_dropped_unit_did_is_undone,
        a_unit_goes_on_after_a_taken_name,
        a_unit_that_failed_cannot_be_committed,
        a_vanished_session_takes_no_code;
    bulk_jobs:
        a_job_is_read_as_it_was_written,
        a_row_is_done_by_one_of_several,
        what_was_not_committed_is_done_again,
        a_job_ends_with_its_last_row,
        a_stopped_job_does_no_row_until_it_is_resumed,
        jobs_are_listed_newest_first_and_go_after_their_history,
        jobs_are_listed_and_counted_by_who_asked,
        files_wait_until_they_are_taken_give_way_or_end,
        addresses_of_accounts_are_found_at_once;
    notices:
        a_notice_is_due_when_its_session_has_ended,
        each_end_of_sessions_makes_notices_due,
        a_notice_is_claimed_by_one_of_several,
        notices_of_an_app_are_counted_and_go_with_it,
        what_a_partner_signed_out_has_ended;
    outbox:
        a_mail_is_due_with_its_unit_and_until_it_is_sent,
        a_mail_is_taken_up_by_one_of_several,
        a_lease_is_of_one_node,
        a_mail_that_was_given_up_can_be_tried_again,
        mails_are_swept_when_they_have_ended_and_go_with_their_guest,
        who_wants_no_mail_is_remembered_until_they_want_it;
    fresh_reads:
        a_sign_in_is_read_whole,
        a_sign_in_of_strangers_is_read_as_absent,
        a_grant_through_a_group_counts,
        a_session_is_read_whole,
        a_bearer_is_read_whole,
        what_another_process_did_is_seen_by_the_next_unit,
        an_ended_session_takes_its_codes_and_tokens_along,
        a_replayed_code_ends_its_tokens;
    session_proofs:
        a_session_keeps_the_last_proof_of_each_kind,
        an_ended_session_takes_no_proof,
        a_session_is_written_with_its_proofs,
        proofs_of_several_are_all_kept;
    objects:
        every_partner_reads_back_as_written,
        every_app_reads_back_as_written,
        the_claims_of_an_app_read_back_as_written,
        every_group_reads_back_as_written,
        every_guest_reads_back_as_written,
        taken_names_are_told_by_their_constraints,
        an_update_of_another_version_has_lost,
        a_switch_turns_once_and_moves_the_version,
        a_removed_partner_leaves_its_guests,
        guests_are_listed_in_pages,
        blocking_ends_sessions_once,
        revoking_counts_sessions;
    repeats:
        an_answer_is_kept_until_its_time_has_come,
        an_answer_is_kept_by_one_of_several;
    roles:
        a_role_is_granted_once_and_revoked_once;
    app_tokens:
        a_family_reads_back_as_written_and_moves_on,
        a_refresh_token_is_rotated_by_one_of_several,
        an_access_token_ends_once_and_alone,
        a_token_of_an_app_reads_back_as_written_and_ends_once,
        a_token_of_a_partner_goes_with_its_session,
        the_turn_to_ask_a_partner_is_taken_by_one_of_several_when_it_is_due;
    domain_proofs:
        a_proof_of_a_domain_is_kept_as_it_was_first_and_goes_with_its_partner;
    watches:
        a_watch_reads_back_as_written_and_goes_with_its_owner,
        watches_are_due_in_their_order,
        a_watch_is_claimed_by_one_of_several,
        the_documents_of_a_provider_read_back_as_written;
    policies:
        every_policy_reads_back_as_written,
        what_policies_name_reads_back_as_written,
        an_expression_means_the_same_after_its_objects_are_renamed,
        every_change_grows_the_revision_and_a_dropped_one_does_not,
        nothing_that_a_policy_names_can_be_removed,
        what_is_let_go_of_can_be_removed_before_the_policy_is_written,
        a_policy_that_names_what_is_not_there_is_refused,
        names_of_policies_are_taken_once,
        a_policy_that_contradicts_itself_is_named,
        the_revision_is_held_while_somebody_decides,
        a_policy_set_is_kept_for_good;
    factors:
        every_factor_reads_back_as_written,
        another_guests_factor_is_not_found,
        a_credential_is_enrolled_once,
        a_factor_is_renamed_and_deleted,
        a_step_is_spent_once_and_never_before_the_last,
        a_counter_rises_or_stays_at_zero,
        a_factor_that_contradicts_itself_is_named;
    factor_codes:
        new_recovery_codes_replace_all_old_ones,
        a_recovery_code_is_taken_once,
        a_mailed_code_counts_its_tries_until_it_is_taken,
        a_mailed_code_counts_for_its_purpose_alone,
        sends_after_a_time_are_listed,
        a_tally_begins_empty_and_keeps_what_is_written;
    factor_races:
        a_step_is_spent_by_one_of_several,
        a_counter_is_advanced_by_one_of_several,
        a_recovery_code_is_taken_by_one_of_several,
        a_mailed_code_is_taken_by_one_of_several,
        tries_of_a_mailed_code_are_all_counted,
        tries_of_a_tally_are_all_counted,
        enrolments_see_each_other,
        sends_see_each_other,
        recovery_codes_of_one_of_several_remain,
        a_reset_waits_for_an_enrolment;
    factor_upkeep:
        a_reset_removes_everything_of_one_guest,
        factors_and_codes_go_with_their_guest,
        mailed_codes_and_tallies_are_swept_at_their_ends,
        a_sweep_of_tallies_and_mailed_codes_is_bounded,
        a_tally_that_is_being_tried_is_not_swept;
    upkeep:
        keys_read_back_and_one_is_current,
        what_has_ended_is_swept_and_nothing_else,
        a_sweep_is_bounded,
        a_code_that_may_have_tokens_is_not_looked_at,
        a_taken_code_is_kept_while_its_tokens_live,
        audit_entries_read_back_by_each_filter,
        audit_numbers_go_on_after_a_restart,
        audit_bytes_are_canonical;
    start:
        several_nodes_start_together_on_an_empty_database,
        a_newer_schema_is_refused,
        an_empty_database_is_not_opened_as_existing;
    guest_edits:
        an_address_is_written_once_and_unproven_until_the_account_is_unbound,
        a_guest_is_made_a_member_and_back;
    guest_lives:
        details_read_back_as_written,
        f29_sponsors_read_back_as_written,
        f84_a_removed_guest_is_found_by_its_id_alone_and_comes_back_whole,
        a_blocked_guest_comes_back_blocked,
        what_a_removed_guest_had_is_free_for_others,
        removed_guests_are_purged_after_their_time_with_all_they_had,
        an_unbound_guest_keeps_its_row_and_loses_its_person,
        a_guest_is_removed_by_one_of_several;
    invitations:
        every_invitation_reads_back_as_written,
        an_invitation_is_redeemed_by_one_of_several,
        f50_invited_accounts_without_an_address_are_found,
        what_is_given_is_given_once_and_only_where_it_is_there,
        the_settings_read_back_as_written,
        the_home_organisation_is_found;
    directory:
        every_lookup_finds_what_is_there_and_nothing_else,
        a_change_is_seen_after_forgetting,
        a_change_of_another_process_is_seen_within_the_lifetime,
        what_changed_is_dropped_and_the_rest_is_kept,
        domains_and_proofs_are_changes_of_the_partner;
    schema:
        every_statement_can_be_prepared;
    kill:
        what_was_acknowledged_survives_a_kill_and_the_rest_is_whole_or_absent;
}
