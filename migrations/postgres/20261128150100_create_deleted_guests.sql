-- Why: a removed account can be restored for a while, and meanwhile its address and identity are free for others.
create table deleted_guests (
    guest_id bytea not null,
    standing text not null,
    mail_key text,
    partner_id bytea,
    issuer text,
    subject text,
    deleted_by text not null,
    deleted_at bigint not null,
    created_at bigint not null default (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
    constraint deleted_guests_pkey primary key (guest_id),
    constraint deleted_guests_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
);
create index deleted_guests_deleted_at_idx on deleted_guests (deleted_at);
