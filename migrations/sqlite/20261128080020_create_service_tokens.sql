-- Why: an app that acts for nobody gets tokens of its own, which know no person and no session.
create table service_tokens (
    handle blob not null,
    app_id blob not null,
    issued_at integer not null,
    expires_at integer not null,
    constraint service_tokens_pkey primary key (handle),
    constraint service_tokens_app_fkey foreign key (app_id) references apps (id) on delete cascade
) strict, without rowid;
create index service_tokens_expiry_idx on service_tokens (expires_at);
