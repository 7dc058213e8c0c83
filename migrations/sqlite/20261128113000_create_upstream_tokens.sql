-- Why: an OIDC partner that gave a refresh token is asked again whether the account still lives. One row a session,
-- with which it goes; the token is sealed. `next_at` is when it is to be asked, and whoever asks moves it first, so
-- that of those who come at once one asks.
create table upstream_tokens (
    session_id blob not null,
    sealed blob not null,
    confirmed_at integer not null,
    next_at integer not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint upstream_tokens_pkey primary key (session_id),
    constraint upstream_tokens_session_fkey foreign key (session_id) references sessions (id) on delete cascade
) strict, without rowid;
