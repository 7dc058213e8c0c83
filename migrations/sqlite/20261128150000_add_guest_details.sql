-- Why: an account has more to it than a sign-in reads; what sign-ins do not need stands beside the hot row.
create table guest_details (
    guest_id blob not null,
    creation_type text,
    state_changed_at integer,
    company_name text,
    preferred_language text,
    show_in_address_list integer not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint guest_details_pkey primary key (guest_id),
    constraint guest_details_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
) strict, without rowid;

-- Further addresses of an account. Two accounts may have the same: it signs nobody in.
create table guest_other_mails (
    guest_id blob not null,
    mail_key text not null,
    mail text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint guest_other_mails_pkey primary key (guest_id, mail_key),
    constraint guest_other_mails_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
) strict, without rowid;
create index guest_other_mails_key_idx on guest_other_mails (mail_key);

-- `sponsor_id` refers to no row on purpose: it is a guest or a group, by `kind`, and who answers for an account
-- stays known after leaving.
create table guest_sponsors (
    guest_id blob not null,
    kind text not null,
    sponsor_id blob not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint guest_sponsors_pkey primary key (guest_id, kind, sponsor_id),
    constraint guest_sponsors_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
) strict, without rowid;
create index guest_sponsors_sponsor_idx on guest_sponsors (sponsor_id);
