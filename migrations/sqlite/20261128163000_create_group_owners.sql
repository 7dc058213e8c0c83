-- Why: a group may have owners, who put people into it and take them out, and may do nothing else.
create table group_owners (
    group_id blob not null,
    guest_id blob not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint group_owners_pkey primary key (group_id, guest_id),
    constraint group_owners_group_fkey foreign key (group_id) references groups (id) on delete cascade,
    constraint group_owners_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
) strict, without rowid;
create index group_owners_guest_idx on group_owners (guest_id);
