-- Why: an address that an administrator has set for an account that has its person is one that nobody has proven. Until
-- the account is redeemed anew no app is told it, and no code that is to prove somebody goes there. What issues tokens
-- reads it with the account, so it stands there and in no table of its own.
alter table guests
add column mail_unproven bigint not null default 0;
update guests
set mail_unproven = 1
where id in (select guest_id from unproven_mails);
drop table unproven_mails;
