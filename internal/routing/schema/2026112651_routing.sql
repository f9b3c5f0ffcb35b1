-- +goose Up
-- the rules of a unit; version 0 is the draft, the highest one holds. A published version never changes.
create table routing_set (
  unit bigint not null references org_unit (id),
  version integer not null,
  rules jsonb not null,
  base integer not null,
  by_person bigint not null,
  at bigint not null,
  primary key (unit, version)
);

-- whose turn it was last, by rule
create table routing_turn (
  id bigint primary key,
  person bigint
);

-- what somebody in a unit can do
create table routing_skill (
  unit bigint not null references org_unit (id),
  person bigint not null,
  skill text not null,
  primary key (unit, skill, person)
);
create index routing_skill_person on routing_skill (person);

-- dry runs over the past, kept for 30 days
create table routing_run (
  id bigint primary key,
  unit bigint not null references org_unit (id),
  person bigint not null,
  at bigint not null,
  from_at bigint not null,
  to_at bigint not null,
  rules jsonb not null,
  done bigint not null,
  total bigint not null,
  result jsonb
);
create index routing_run_at on routing_run (at);

create table routing_case (
  run bigint not null references routing_run (id),
  n bigint not null,
  request bigint not null,
  rule bigint not null,
  person bigint not null,
  unit bigint not null,
  had bigint not null,
  primary key (run, n)
);

-- +goose Down
drop table routing_case;
drop table routing_run;
drop table routing_skill;
drop table routing_turn;
drop table routing_set;
