-- Why: what shows that a mail domain is a partner's is recorded beside it: an administrator's word, or the DNS.
create table domain_proofs (
    partner_id blob not null,
    domain text not null,
    kind text not null,
    proven_at integer not null,
    proven_by text not null,
    created_at integer not null default (cast(unixepoch('subsec') * 1000000 as integer)),
    constraint domain_proofs_pkey primary key (partner_id, domain, kind),
    constraint domain_proofs_partner_fkey foreign key (partner_id) references partners (id) on delete cascade
) strict, without rowid;
