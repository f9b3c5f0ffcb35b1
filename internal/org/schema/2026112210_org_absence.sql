-- +goose Up
-- Somebody is away from starts until ends (the first moment of being back; null: nobody knows yet), and who stands in.
-- Ended by hand it gets its true end; one that never began ends when it would have started.
create table org_absence (
  id bigint primary key,
  person bigint not null references org_person (id),
  starts bigint not null,
  ends bigint,
  kind text not null,                  -- holiday, sick, trip, leave, other
  deputy bigint references org_person (id),
  note text not null default '',
  made_by bigint not null default 0,   -- 0: the house
  made_at bigint not null,
  ended_by bigint not null default 0,
  ended_at bigint,                     -- when it was ended by hand
  stage integer not null default 0,    -- what was announced: 0 planned, 1 begun, 2 over
  revision bigint not null default 1
);
create index org_absence_person on org_absence (person, starts);
create index org_absence_deputy on org_absence (deputy, starts) where deputy is not null;
create index org_absence_open on org_absence (starts) where stage < 2;

-- Somebody acts as head of a unit for a time.
create table org_acting (
  id bigint primary key,
  unit bigint not null references org_unit (id),
  person bigint not null references org_person (id),
  starts bigint not null,
  ends bigint,
  why text not null default '',
  made_by bigint not null default 0,
  made_at bigint not null,
  stage integer not null default 0,
  revision bigint not null default 1
);
create index org_acting_unit on org_acting (unit, starts);
create index org_acting_person on org_acting (person);
create index org_acting_open on org_acting (starts) where stage < 2;

-- since: when it began to count (null: always); until: the first moment it no longer does (null: open)
drop view org_member_v;
create view org_member_v as
  select m.person, m.unit, 'member' as role, m.main, cast(null as bigint) as since, m.until
  from org_member m
  union all
  select r.person, r.unit, r.code, false, cast(null as bigint), cast(null as bigint)
  from org_role r
  where r.unit <> 0
  union all
  select u.head, u.id, 'head', false, cast(null as bigint), cast(null as bigint)
  from org_unit u
  where u.head is not null
  union all
  select a.person, a.unit, 'head', false, a.starts, a.ends
  from org_acting a;

-- +goose Down
drop view org_member_v;
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
drop table org_acting;
drop table org_absence;
