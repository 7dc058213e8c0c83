-- Why: second factors are kept here, with what can be used in their place and how often they were tried.
--
-- A secret of an authenticator app is sealed; of a passkey the public part is kept. Codes are kept as
-- HMACs. `secret` and `last_step` belong to the kind `totp`; `credential_id`, `record`, `counter` and
-- `protection` to the kind `passkey`.
create table factors (
    id blob not null,
    guest_id blob not null,
    kind text not null,
    label text not null,
    secret blob,
    last_step integer,
    credential_id blob,
    record blob,
    counter integer,
    protection text,
    created_at integer not null,
    used_at integer,
    constraint factors_pkey primary key (id),
    constraint factors_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
) strict, without rowid;
create unique index factors_credential_key on factors (credential_id);
create index factors_guest_idx on factors (guest_id);

-- A code that is used is removed.
create table recovery_codes (
    id blob not null,
    guest_id blob not null,
    mac blob not null,
    created_at integer not null,
    constraint recovery_codes_pkey primary key (id),
    constraint recovery_codes_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
) strict, without rowid;
create index recovery_codes_guest_idx on recovery_codes (guest_id);

-- A taken code stays until it is swept, since it counts among those that were sent.
create table mailed_codes (
    id blob not null,
    guest_id blob not null,
    mac blob not null,
    sent_at integer not null,
    tries integer not null,
    taken_at integer,
    constraint mailed_codes_pkey primary key (id),
    constraint mailed_codes_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
) strict, without rowid;
create index mailed_codes_guest_idx on mailed_codes (guest_id, sent_at);
create index mailed_codes_sent_idx on mailed_codes (sent_at);

-- Tries of a factor, an account or a network, which `key` names. It refers to no row: a tally must
-- outlive what is removed and added again, and networks have no rows.
create table factor_tallies (
    key text not null,
    level integer not null,
    last_at integer not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint factor_tallies_pkey primary key (key)
) strict, without rowid;
create index factor_tallies_last_idx on factor_tallies (last_at);
