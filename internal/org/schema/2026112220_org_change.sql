-- +goose Up
-- what a unit was called and where it stood until a moment; since then the next row, or the unit itself, says it
create table org_unit_was (
  unit bigint not null references org_unit (id),
  until bigint not null,
  name_zh text not null,
  name_en text not null,
  short_zh text not null,
  short_en text not null,
  level text not null,
  parent bigint,
  primary key (unit, until)
); -- without rowid

-- a change of the organisation that is carried out at a moment, chunk by chunk
create table org_change (
  id bigint primary key,
  kind text not null,               -- hand-over, transfer, leave, leaving; merge, split, move, rename
  state text not null,              -- planned, running, done, cancelled, refused
  at bigint not null,               -- when it begins
  person bigint,                    -- whom it is about; null: units
  plan jsonb not null,
  steps jsonb not null,             -- how far it is
  made_by bigint not null,
  made_at bigint not null,
  began_at bigint,
  ended_at bigint,
  trouble text not null,            -- why it was refused, or what the last try died of
  revision bigint not null
);
create index org_change_person on org_change (person, id) where person is not null;
create index org_change_open on org_change (state, at, id);

-- what a change could not move, and why
create table org_change_left (
  change bigint not null references org_change (id),
  n integer not null,
  holding text not null,
  title text not null,
  href text not null,
  why text not null,
  primary key (change, n)
); -- without rowid

create index org_lineage_to on org_lineage (to_unit);

-- +goose Down
drop index org_lineage_to;
drop table org_change_left;
drop table org_change;
drop table org_unit_was;
