-- Why: an app that got tokens in a session is told when it ends, and what was acknowledged is never lost.
--
-- One row for each app of a session that wants to know, written with its tokens. `next_at` is null while the
-- session lasts. The trigger makes the row due in the transaction that removes the session, whatever removes it:
-- a sign-out, a command, the sweep, or the removal of its guest or partner. So no way to end a session can forget
-- its apps. `session_id` and `guest_id` refer to no row on purpose: a notice outlives both.
create table logout_notices (
    session_id bytea not null,
    app_id bytea not null,
    guest_id bytea not null,
    subject text not null,
    tries bigint not null,
    next_at bigint,
    fault text,
    created_at bigint not null default (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
    constraint logout_notices_pkey primary key (session_id, app_id),
    constraint logout_notices_app_fkey foreign key (app_id) references apps (id) on delete cascade
);
create index logout_notices_next_at_idx on logout_notices (next_at) where next_at is not null;
create function tell_apps_of_session() returns trigger language plpgsql as $$
begin
    update logout_notices
    set next_at = 0
    where session_id = old.id and next_at is null;
    return null;
end
$$;
create trigger sessions_tell_apps after delete on sessions
for each row execute function tell_apps_of_session();
