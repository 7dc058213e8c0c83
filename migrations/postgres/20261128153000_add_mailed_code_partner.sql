-- Why: people whom no partner proves sign in by a code that is mailed to them, through a partner that is built in. Its
-- name in files and commands is `mail`; whoever has a partner of that name finds it as `mail-partner`.
update partners
set slug = 'mail-partner', version = version + 1
where slug = 'mail';
insert into partners (id, version, slug, name, kind, handle, enabled, admission, clock_skew, mail_authority, attributes,
    protocol, entity_id, provenance)
values ('\x6d61696c000080008000000000000001', 1, 'mail', 'Code by mail', 'partner', 'mail', 1, 'invited', 0, 'domains',
    '{"email":null,"name":null,"given_name":null,"family_name":null}', 'mailed_code', 'mail', 'built_in');
