-- Why: a removed account can be restored for a while, and meanwhile its address and identity are free for others.
create table deleted_guests (
    guest_id blob not null,
    standing text not null,
    mail_key text,
    partner_id blob,
    issuer text,
    subject text,
    deleted_by text not null,
    deleted_at integer not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint deleted_guests_pkey primary key (guest_id),
    constraint deleted_guests_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
) strict, without rowid;
create index deleted_guests_deleted_at_idx on deleted_guests (deleted_at);
