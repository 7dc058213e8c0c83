-- Why: a file that was handed in on a page is looked through before it is confirmed, and nothing is done with it until
-- then. It waits for an hour, sealed, for the person who handed it in.
create table bulk_uploads (
    id bytea not null,
    guest_id bytea not null,
    file_name text not null,
    created_at bigint not null,
    expires_at bigint not null,
    sealed_sheet bytea not null,
    constraint bulk_uploads_pkey primary key (id),
    constraint bulk_uploads_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
);
create index bulk_uploads_guest_idx on bulk_uploads (guest_id, id);
create index bulk_uploads_expires_idx on bulk_uploads (expires_at);
