-- Why: an address that an administrator has typed is not one that its person has proven. No code that is to prove
-- somebody goes there until the account is redeemed anew.
create table unproven_mails (
    guest_id blob not null,
    set_at integer not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint unproven_mails_pkey primary key (guest_id),
    constraint unproven_mails_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
) strict, without rowid;
