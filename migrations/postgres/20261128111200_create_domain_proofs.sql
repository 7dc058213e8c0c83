-- Why: what shows that a mail domain is a partner's is recorded beside it: an administrator's word, or the DNS.
create table domain_proofs (
    partner_id bytea not null,
    domain text not null,
    kind text not null,
    proven_at bigint not null,
    proven_by text not null,
    created_at bigint not null default (cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
    constraint domain_proofs_pkey primary key (partner_id, domain, kind),
    constraint domain_proofs_partner_fkey foreign key (partner_id) references partners (id) on delete cascade
);
