-- Each audit entry is linked to the one before it in its chain: `link` is a SHA-256 over that one's link and
-- the entry's canonical bytes. Absent for entries from before; they are what the first heads speak of.
alter table audit add column link bytea;

-- How far each chain had come at a time, signed with a key of its own. `serial` counts all heads of an
-- installation without a gap, and `previous` is the hash of the one before.
create table audit_heads (
    serial bigint not null,
    node text not null,
    chain bigint not null,
    number bigint not null,
    sequence bigint not null,
    link bytea not null,
    at bigint not null,
    previous bytea not null,
    key_id bytea not null,
    signature bytea not null,
    constraint audit_heads_pkey primary key (serial)
);
create index audit_heads_node_idx on audit_heads (node, sequence);
