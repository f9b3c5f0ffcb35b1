-- +goose Up
-- what the marks of subjects replay into, for the clocks that have a target: a cache, proven by doctor
create table clock (
  subject_kind text not null,
  subject bigint not null,
  scope text not null,
  kind text not null,
  unit bigint not null,
  calendar text not null,
  version integer not null,
  target_value integer not null,
  target_unit text not null,
  target_seconds bigint not null,
  state text not null,
  started_at bigint not null,
  due_at bigint not null,
  ended_at bigint,
  breached_at bigint,
  paused_at bigint,
  elapsed_seconds bigint not null,
  paused_seconds bigint not null,
  provisional boolean not null,
  by_change boolean not null,
  announce_at bigint,
  announced boolean not null default false,
  primary key (subject_kind, subject, scope, kind, unit)
); -- without rowid

create index clock_announce on clock (announce_at) where announce_at is not null;

create view clock_v as
  select subject_kind, subject, scope, kind, unit, calendar, state, target_seconds,
    started_at, due_at, ended_at, breached_at, paused_at, elapsed_seconds, paused_seconds, provisional, by_change
  from clock;

-- +goose Down
drop view clock_v;
drop table clock;
