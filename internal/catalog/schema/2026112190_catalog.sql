-- +goose Up
create table catalog_service (
  id bigint primary key,
  code text not null unique,
  unit bigint not null references org_unit (id),
  name_zh text not null default '',
  name_en text not null default '',
  description_zh text not null default '',
  description_en text not null default '',
  kind text not null,
  state text not null,
  version integer not null,
  revision integer not null,
  schedule_every text not null default '',
  schedule_on text not null default '',
  schedule_at text not null default '',
  deliverable_zh text not null default '',
  deliverable_en text not null default '',
  criterion_zh text not null default '',
  criterion_en text not null default '',
  pack text not null default '',
  parts jsonb not null,
  changed_at bigint not null
);
create index catalog_service_unit on catalog_service (unit, id);

-- a form and a standard that hold together from valid_from on; a row never changes but for starting, confirmed_by
-- and confirmed_at. Targets in hundredths of a per cent, null when none is set.
create table catalog_version (
  service bigint not null references catalog_service (id),
  n integer not null,
  valid_from bigint not null,
  form jsonb not null,
  response_value integer,
  response_unit text not null default '',
  response_target integer,
  completion_value integer,
  completion_unit text not null default '',
  completion_target integer,
  metric_zh text not null default '',
  metric_en text not null default '',
  accuracy integer,
  starting boolean not null,
  set_by bigint,
  confirmed_by bigint,
  confirmed_at bigint,
  primary key (service, n)
); -- without rowid

-- whom a unit declares to serve: units by their code, audiences by the code in content/scales.yaml
create table catalog_customer (
  unit bigint not null references org_unit (id),
  code text not null,
  kind text not null,
  name_zh text not null default '',
  name_en text not null default '',
  needs_zh text not null default '',
  needs_en text not null default '',
  place integer not null,
  primary key (unit, code)
); -- without rowid

create table catalog_unit (
  unit bigint not null references org_unit (id),
  mission_zh text not null default '',
  mission_en text not null default '',
  primary key (unit)
); -- without rowid

create view catalog_service_v as
  select id, code, unit, name_zh, name_en, kind, state, version
  from catalog_service;

-- +goose Down
drop view catalog_service_v;
drop table catalog_unit;
drop table catalog_customer;
drop table catalog_version;
drop table catalog_service;
