-- Why: an app that got tokens in a session is told when it ends, and what was acknowledged is never lost.
--
-- One row for each app of a session that wants to know, written with its tokens. `next_at` is null while the
-- session lasts. The trigger makes the row due in the transaction that removes the session, whatever removes it:
-- a sign-out, a command, the sweep, or the removal of its guest or partner. So no way to end a session can forget
-- its apps. `session_id` and `guest_id` refer to no row on purpose: a notice outlives both.
create table logout_notices (
    session_id blob not null,
    app_id blob not null,
    guest_id blob not null,
    subject text not null,
    tries integer not null,
    next_at integer,
    fault text,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint logout_notices_pkey primary key (session_id, app_id),
    constraint logout_notices_app_fkey foreign key (app_id) references apps (id) on delete cascade
) strict, without rowid;
create index logout_notices_next_at_idx on logout_notices (next_at) where next_at is not null;
create trigger sessions_tell_apps after delete on sessions
begin
    update logout_notices
    set next_at = 0
    where session_id = old.id and next_at is null;
end;
