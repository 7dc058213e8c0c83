-- Why: second factors are kept here, with what can be used in their place and how often they were tried.
--
-- A secret of an authenticator app is sealed; of a passkey the public part is kept. Codes are kept as
-- HMACs. `secret` and `last_step` belong to the kind `totp`; `credential_id`, `record`, `counter` and
-- `protection` to the kind `passkey`.
create table factors (
    id bytea not null,
    guest_id bytea not null,
    kind text not null,
    label text not null,
    secret bytea,
    last_step bigint,
    credential_id bytea,
    record bytea,
    counter bigint,
    protection text,
    created_at bigint not null,
    used_at bigint,
    constraint factors_pkey primary key (id),
    constraint factors_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
);
create unique index factors_credential_key on factors (credential_id);
create index factors_guest_idx on factors (guest_id);

-- A code that is used is removed.
create table recovery_codes (
    id bytea not null,
    guest_id bytea not null,
    mac bytea not null,
    created_at bigint not null,
    constraint recovery_codes_pkey primary key (id),
    constraint recovery_codes_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
);
create index recovery_codes_guest_idx on recovery_codes (guest_id);

-- A taken code stays until it is swept, since it counts among those that were sent.
create table mailed_codes (
    id bytea not null,
    guest_id bytea not null,
    mac bytea not null,
    sent_at bigint not null,
    tries bigint not null,
    taken_at bigint,
    constraint mailed_codes_pkey primary key (id),
    constraint mailed_codes_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
);
create index mailed_codes_guest_idx on mailed_codes (guest_id, sent_at);
create index mailed_codes_sent_idx on mailed_codes (sent_at);

-- Tries of a factor, an account or a network, which `key` names. It refers to no row: a tally must
-- outlive what is removed and added again, and networks have no rows.
create table factor_tallies (
    key text not null,
    level bigint not null,
    last_at bigint not null,
    created_at bigint not null default (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
    constraint factor_tallies_pkey primary key (key)
);
create index factor_tallies_last_idx on factor_tallies (last_at);
