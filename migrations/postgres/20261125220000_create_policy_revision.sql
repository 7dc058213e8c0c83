-- Why: a node that decides must notice that another one has changed the policies.
--
-- One row. Its number grows with every change of anything that policies are made of, in the transaction
-- of the change; who decides reads it in the transaction that decides.
create table policy_revision (
    id bigint not null,
    revision bigint not null,
    created_at bigint not null default (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
    constraint policy_revision_pkey primary key (id),
    constraint policy_revision_one_row check (id = 1)
);
insert into policy_revision (id, revision)
values (1, 0);
