-- Why: an invitation is a link, whose ticket is known here by its hash alone, and what it gives when it is redeemed.
create table invitations (
    id bytea not null,
    ticket bytea not null,
    guest_id bytea not null,
    address text not null,
    address_key text not null,
    redirect_url text not null,
    inviter_kind text not null,
    inviter_id text not null,
    language text,
    message text,
    cc text,
    account_match text not null,
    allows_account bigint not null,
    apps text not null,
    groups text not null,
    created_at bigint not null,
    expires_at bigint,
    redeemed_at bigint,
    constraint invitations_pkey primary key (id),
    constraint invitations_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
);
create unique index invitations_ticket_key on invitations (ticket);
create index invitations_guest_idx on invitations (guest_id);
create index invitations_address_idx on invitations (address_key);
