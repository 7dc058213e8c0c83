-- Why: a node that decides must notice that another one has changed the policies.
--
-- One row. Its number grows with every change of anything that policies are made of, in the transaction
-- of the change; who decides reads it in the transaction that decides.
create table policy_revision (
    id integer not null,
    revision integer not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint policy_revision_pkey primary key (id),
    constraint policy_revision_one_row check (id = 1)
) strict, without rowid;
insert into policy_revision (id, revision)
values (1, 0);
