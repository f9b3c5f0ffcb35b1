-- +goose Up
create table import_run (
  id bigint primary key,
  kind text not null,
  file text not null,
  person bigint not null,
  state text not null,
  skip_bad boolean not null,
  total bigint not null default 0,
  good bigint not null default 0,
  bad bigint not null default 0,
  plan_create bigint not null default 0,
  plan_update bigint not null default 0,
  plan_unchanged bigint not null default 0,
  at_rank bigint not null default -1,
  at_n bigint not null default -1,
  done bigint not null default 0,
  created bigint not null default 0,
  updated bigint not null default 0,
  unchanged bigint not null default 0,
  ignored jsonb not null,
  failure jsonb,
  began_at bigint not null,
  ended_at bigint
);
create index import_run_began on import_run (began_at);

create table import_row (
  run bigint not null references import_run (id),
  n bigint not null,
  line bigint not null,
  rank bigint not null default 0,
  good boolean not null,
  plan text not null,
  label text not null,
  cells jsonb not null,
  body jsonb,
  changes jsonb,
  kept jsonb,
  primary key (run, n)
); -- without rowid
create index import_row_order on import_row (run, rank, n) where good;
create index import_row_line on import_row (run, line);

create table import_problem (
  run bigint not null references import_run (id),
  n bigint not null,
  line bigint not null,
  problem jsonb not null,
  primary key (run, n)
); -- without rowid

-- +goose Down
drop table import_problem;
drop table import_row;
drop table import_run;
