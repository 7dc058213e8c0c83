-- Why: a mail is put into the outbox by the transaction of what it tells, so that neither is ever there without the
-- other, and is sent after it.
--
-- `sealed` holds addresses, subject and text; it goes when the mail has been sent. `due_at` is null once the mail is
-- sent or given up. A node takes a mail by `leased_by` and `leased_until` and commits that before it talks to the mail
-- server. A mail goes with the account that it is about.
create table outbox (
    id bytea not null,
    kind text not null,
    guest_id bytea,
    sealed bytea,
    queued_at bigint not null,
    due_at bigint,
    tries bigint not null,
    leased_by text,
    leased_until bigint,
    sent_at bigint,
    failed_at bigint,
    cause text,
    created_at bigint not null default (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
    constraint outbox_pkey primary key (id),
    constraint outbox_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
);
create index outbox_due_at_idx on outbox (due_at) where due_at is not null;
create index outbox_queued_at_idx on outbox (queued_at);
create index outbox_guest_id_idx on outbox (guest_id) where guest_id is not null;
