-- Why: an app may be told other claims than the usual ones; its rules are one JSON text.
alter table apps add column claims text;
