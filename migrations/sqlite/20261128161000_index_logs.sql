-- Why: the directory audit and the entries of one account are read by the page, however long the audit is. Entries of
-- sign-ins and tokens, by far the most, are not in the first, and those of tokens in neither.
create index audit_directory_idx on audit (at, id, activity)
    where activity not in ('sign_in', 'session_use', 'step_asked', 'sign_in_refused', 'token_issued', 'token_refused');
create index audit_guest_idx on audit (guest_id, at, id)
    where guest_id is not null and activity not in ('token_issued', 'token_refused');
