-- +goose Up
-- Prefixes are searched as ranges, which needs the order of bytes whatever the database's language. The views over
-- the person keep a column's collation, so they are made again.
drop view org_member_v;
drop view org_person_v;
alter table org_person
  alter column name type text collate "C",
  alter column name_key type text collate "C",
  alter column initials type text collate "C",
  alter column latin_key type text collate "C",
  alter column no type text collate "C";
create index org_person_name on org_person (name);
create index org_person_name_key on org_person (name_key);
create index org_person_initials on org_person (initials);
create index org_person_latin_key on org_person (latin_key);
create view org_person_v as
  select id, no, name, name_en, unit, position, active
  from org_person;
create view org_member_v as
  select m.person, m.unit, 'member' as role, m.main, m.until
  from org_member m
  union all
  select r.person, r.unit, r.code, false, cast(null as bigint)
  from org_role r
  where r.unit <> 0
  union all
  select u.head, u.id, 'head', false, cast(null as bigint)
  from org_unit u
  where u.head is not null;

-- +goose Down
drop index org_person_latin_key;
drop index org_person_initials;
drop index org_person_name_key;
drop index org_person_name;
