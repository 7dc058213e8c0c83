-- What routing and rendering keep of partners and apps in memory holds until the object changes. The triggers note
-- each change in the transaction that makes it, whatever makes it: the object, under a number that only grows. There is
-- one row for each object that has ever changed, so nothing is missed by who asks seldom.
create table directory_changes (
    object blob not null,
    number integer not null,
    constraint directory_changes_pkey primary key (object)
) strict, without rowid;
create unique index directory_changes_number_key on directory_changes (number);
create trigger partners_insert_noted after insert on partners
begin
    replace into directory_changes (object, number)
    select new.id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger partners_update_noted after update on partners
begin
    replace into directory_changes (object, number)
    select new.id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger partners_delete_noted after delete on partners
begin
    replace into directory_changes (object, number)
    select old.id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger partner_domains_insert_noted after insert on partner_domains
begin
    replace into directory_changes (object, number)
    select new.partner_id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger partner_domains_update_noted after update on partner_domains
begin
    replace into directory_changes (object, number)
    select new.partner_id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger partner_domains_delete_noted after delete on partner_domains
begin
    replace into directory_changes (object, number)
    select old.partner_id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger partner_claims_insert_noted after insert on partner_claims
begin
    replace into directory_changes (object, number)
    select new.partner_id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger partner_claims_update_noted after update on partner_claims
begin
    replace into directory_changes (object, number)
    select new.partner_id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger partner_claims_delete_noted after delete on partner_claims
begin
    replace into directory_changes (object, number)
    select old.partner_id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger domain_proofs_insert_noted after insert on domain_proofs
begin
    replace into directory_changes (object, number)
    select new.partner_id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger domain_proofs_update_noted after update on domain_proofs
begin
    replace into directory_changes (object, number)
    select new.partner_id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger domain_proofs_delete_noted after delete on domain_proofs
begin
    replace into directory_changes (object, number)
    select old.partner_id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger apps_insert_noted after insert on apps
begin
    replace into directory_changes (object, number)
    select new.id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger apps_update_noted after update on apps
begin
    replace into directory_changes (object, number)
    select new.id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
create trigger apps_delete_noted after delete on apps
begin
    replace into directory_changes (object, number)
    select old.id, coalesce(max(number), 0) + 1
    from directory_changes;
end;
