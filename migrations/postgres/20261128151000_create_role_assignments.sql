-- Why: people administer by roles. One row a role of an account, with which it goes; what a role allows is in the code.
create table role_assignments (
    guest_id bytea not null,
    role text not null,
    created_at bigint not null default (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
    constraint role_assignments_pkey primary key (guest_id, role),
    constraint role_assignments_guest_fkey foreign key (guest_id) references guests (id) on delete cascade
);
