-- Why: an app may renew its tokens while the session lasts. One row a family: the handle names it, and
-- `current` is the SHA-256 of what tells the token that is good from those before it, so that rotation adds no
-- rows and any older token is still known as one.
create table refresh_tokens (
    handle blob not null,
    current blob not null,
    code_id blob not null,
    app_id blob not null,
    guest_id blob not null,
    session_id blob not null,
    attempt_id blob not null,
    scopes integer not null,
    circumstances blob not null,
    issued_at integer not null,
    expires_at integer not null,
    constraint refresh_tokens_pkey primary key (handle),
    constraint refresh_tokens_app_fkey foreign key (app_id) references apps (id) on delete cascade,
    constraint refresh_tokens_session_fkey foreign key (session_id) references sessions (id) on delete cascade
) strict, without rowid;
create index refresh_tokens_session_idx on refresh_tokens (session_id);
create index refresh_tokens_expiry_idx on refresh_tokens (expires_at);
