-- +goose Up
create table directory_connection (
  id bigint primary key,
  kind text not null,
  name_zh text not null,
  name_en text not null default '',
  signin boolean not null,
  sync boolean not null,
  notify boolean not null,
  settings jsonb not null,
  secrets jsonb not null,
  rules jsonb not null,
  hook text not null unique,
  due_at bigint,
  next_at bigint,
  tested_at bigint,
  tested jsonb,
  month text not null default '',
  calls bigint not null default 0,
  ended_at bigint,
  revision bigint not null default 1
);

-- who somebody is at a connection: one account a person, one person an account
create table directory_identity (
  id bigint primary key,
  connection bigint not null references directory_connection (id),
  subject text not null,
  subject_key text not null,
  union_id text not null default '',
  person bigint not null references org_person (id),
  why text not null,
  stopped boolean not null default false,
  linked_at bigint not null
);
create unique index directory_identity_subject on directory_identity (connection, subject_key);
create unique index directory_identity_person on directory_identity (person, connection);
create index directory_identity_union on directory_identity (connection, union_id) where union_id <> '';

-- what a department of a connection is here; choice: unit, create, ignore
create table directory_unit (
  connection bigint not null references directory_connection (id),
  department text not null,
  unit bigint references org_unit (id),
  choice text not null,
  primary key (connection, department)
); -- without rowid
create index directory_unit_unit on directory_unit (unit) where unit is not null;

create table directory_run (
  id bigint primary key,
  connection bigint not null references directory_connection (id),
  cause text not null,
  person bigint not null,
  state text not null,
  whole boolean not null default false,
  at_n bigint not null default -1,
  page text not null default '',
  departments bigint not null default 0,
  users bigint not null default 0,
  calls bigint not null default 0,
  tries bigint not null default 0,
  planned jsonb not null,
  applied jsonb not null,
  total bigint not null default 0,
  done bigint not null default 0,
  linked bigint not null default 0,
  leaving bigint not null default 0,
  asks bigint not null default 0,
  guarded boolean not null default false,
  stop boolean not null default true,
  failure jsonb,
  began_at bigint not null,
  read_at bigint,
  ended_at bigint
);
create index directory_run_connection on directory_run (connection, began_at);
create index directory_run_state on directory_run (state);

-- what a run has read
create table directory_department (
  run bigint not null references directory_run (id),
  n bigint not null,
  department text not null,
  body jsonb not null,
  primary key (run, n)
); -- without rowid
create table directory_user (
  run bigint not null references directory_run (id),
  subject_key text not null,
  no text not null default '',
  body jsonb not null,
  primary key (run, subject_key)
); -- without rowid
create index directory_user_no on directory_user (run, no) where no <> '';
create table directory_lead (
  run bigint not null references directory_run (id),
  department text not null,
  subject_key text not null,
  primary key (run, department, subject_key)
); -- without rowid

-- what a run would do, does or did, in the order in which it is done
create table directory_item (
  run bigint not null references directory_run (id),
  n bigint not null,
  sort text not null,
  plan text not null,
  label text not null,
  body jsonb not null,
  state text not null,
  primary key (run, n)
); -- without rowid
create index directory_item_plan on directory_item (run, sort, plan, n);

create table directory_log (
  run bigint not null references directory_run (id),
  n bigint not null,
  at bigint not null,
  body jsonb not null,
  primary key (run, n)
); -- without rowid

-- callbacks that were heard, so that none is heard twice
create table directory_heard (
  connection bigint not null references directory_connection (id),
  event text not null,
  at bigint not null,
  primary key (connection, event)
); -- without rowid
create index directory_heard_at on directory_heard (at);

-- files that a platform wants to find at the root of the address
create table directory_proof (
  id bigint primary key,
  name text not null unique,
  body text not null,
  put_at bigint not null
);

-- +goose Down
drop table directory_proof;
drop table directory_heard;
drop table directory_log;
drop table directory_item;
drop table directory_lead;
drop table directory_user;
drop table directory_department;
drop table directory_run;
drop table directory_unit;
drop table directory_identity;
drop table directory_connection;
