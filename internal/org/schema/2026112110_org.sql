-- +goose Up
create table org_unit (
  id bigint primary key,
  code text not null unique,
  name_zh text not null,
  name_en text not null default '',
  short_zh text not null default '',
  short_en text not null default '',
  level text not null,
  parent bigint references org_unit (id),
  head bigint,
  head_no text not null default '',
  site text not null default '',
  calendar text not null default '',
  valid_from bigint,
  valid_to bigint,
  revision bigint not null default 1
);
create index org_unit_head on org_unit (head) where head is not null;
create index org_unit_parent on org_unit (parent);

-- what became of a unit that ended: the share of it that went to another, from a moment on
create table org_lineage (
  from_unit bigint not null references org_unit (id),
  to_unit bigint not null references org_unit (id),
  at bigint not null,
  share double precision not null,
  primary key (from_unit, to_unit)
);

create table org_person (
  id bigint primary key,
  no text not null unique,
  name text not null,
  name_en text not null default '',
  name_key text not null default '',
  initials text not null default '',
  latin_key text not null default '',
  phone text not null default '',
  email text not null default '',
  position text not null default '',
  unit bigint not null references org_unit (id),
  manager bigint,
  manager_no text not null default '',
  locale text not null default '',
  active boolean not null default true,
  revision bigint not null default 1
);
create index org_person_unit on org_person (unit, id);
create index org_person_manager on org_person (manager) where manager is not null;
create index org_person_pending on org_person (manager_no) where manager is null and manager_no <> '';

create table org_member (
  person bigint not null references org_person (id),
  unit bigint not null references org_unit (id),
  main boolean not null,
  position text not null default '',
  until bigint,
  primary key (person, unit)
); -- without rowid
create index org_member_unit on org_member (unit, person);

-- scope: the code of a unit or (owner) a service, '' for the whole company; unit: its id when it is a unit
create table org_role (
  person bigint not null references org_person (id),
  code text not null,
  scope text not null default '',
  unit bigint not null default 0,
  primary key (person, code, scope)
); -- without rowid
create index org_role_unit on org_role (unit, code);
create index org_role_code on org_role (code, scope);

create table org_company (
  id bigint primary key,
  name_zh text not null,
  name_en text not null,
  zone text not null,
  locale text not null,
  switches jsonb not null,
  revision bigint not null
);

create view org_unit_v as
  select id, code, name_zh, name_en, short_zh, short_en, level, parent, head, site, calendar, valid_from, valid_to
  from org_unit;

create view org_person_v as
  select id, no, name, name_en, unit, position, active
  from org_person;

-- role: member, or what a role scoped to the unit says (agent, head, secretary); the head of a unit is in it as head
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
drop view org_member_v;
drop view org_person_v;
drop view org_unit_v;
drop table org_company;
drop table org_role;
drop table org_member;
drop table org_person;
drop table org_lineage;
drop table org_unit;
