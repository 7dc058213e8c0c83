-- What routing and rendering keep of partners and apps in memory holds until the object changes. The triggers note
-- each change in the transaction that makes it, whatever makes it: the object, under a number that only grows. There is
-- one row for each object that has ever changed, so nothing is missed by who asks seldom.
-- Whoever changes something waits for others who do until they have ended: so numbers come to be seen in their order.
create table directory_changes (
    object bytea not null,
    number bigint not null,
    constraint directory_changes_pkey primary key (object)
);
create unique index directory_changes_number_key on directory_changes (number);
create sequence directory_changes_number_seq;
create function note_directory_change(changed bytea) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('directory_changes', 0));
    insert into directory_changes (object, number)
    values (changed, nextval('directory_changes_number_seq'))
    on conflict (object) do update set number = excluded.number;
end
$$;
create function note_object() returns trigger language plpgsql as $$
begin
    perform note_directory_change(case when tg_op = 'DELETE' then old.id else new.id end);
    return null;
end
$$;
create function note_partner() returns trigger language plpgsql as $$
begin
    perform note_directory_change(case when tg_op = 'DELETE' then old.partner_id else new.partner_id end);
    return null;
end
$$;
create trigger partners_noted after insert or update or delete on partners
for each row execute function note_object();
create trigger partner_domains_noted after insert or update or delete on partner_domains
for each row execute function note_partner();
create trigger partner_claims_noted after insert or update or delete on partner_claims
for each row execute function note_partner();
create trigger domain_proofs_noted after insert or update or delete on domain_proofs
for each row execute function note_partner();
create trigger apps_noted after insert or update or delete on apps
for each row execute function note_object();
