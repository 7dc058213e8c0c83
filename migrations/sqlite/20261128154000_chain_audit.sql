-- Each audit entry is linked to the one before it in its chain: `link` is a SHA-256 over that one's link and
-- the entry's canonical bytes. Absent for entries from before; they are what the first heads speak of.
alter table audit add column link blob;

-- How far each chain had come at a time, signed with a key of its own. `serial` counts all heads of an
-- installation without a gap, and `previous` is the hash of the one before.
create table audit_heads (
    serial integer not null,
    node text not null,
    chain integer not null,
    number integer not null,
    sequence integer not null,
    link blob not null,
    at integer not null,
    previous blob not null,
    key_id blob not null,
    signature blob not null,
    constraint audit_heads_pkey primary key (serial)
) strict, without rowid;
create index audit_heads_node_idx on audit_heads (node, sequence);
