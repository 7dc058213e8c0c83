-- Why: people administer by roles. One row a role of an account, with which it goes; what a role allows is in the code.
create table role_assignments (
    guest_id blob not null,
    role text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint role_assignments_pkey primary key (guest_id, role),
    constraint role_assignments_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
) strict, without rowid;
