-- Why: an address that an administrator has typed is not one that its person has proven. No code that is to prove
-- somebody goes there until the account is redeemed anew.
create table unproven_mails (
    guest_id bytea not null,
    set_at bigint not null,
    created_at bigint not null default (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
    constraint unproven_mails_pkey primary key (guest_id),
    constraint unproven_mails_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
);
