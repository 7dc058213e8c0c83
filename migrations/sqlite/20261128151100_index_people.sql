-- Why: accounts are looked through by name, address and `#EXT#` name, and searched by how these begin. Letters of ASCII
-- count alike in both cases, and keys are compared octet by octet, on both databases alike.
create index guests_name_idx on guests (lower(coalesce(display_name, '')), id);
create index guests_mail_idx on guests (coalesce(mail_key, ''), id);
create index guests_principal_name_idx on guests (user_principal_name, id);
create index group_members_group_guest_idx on group_members (group_id, guest_id);
drop index group_members_group_idx;
