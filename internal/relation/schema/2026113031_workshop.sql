-- +goose Up
-- 我的客户是谁: units say whom they serve and who serves them.
create table workshop (
  id bigint primary key,
  name text not null,
  until_day bigint not null,            -- 20261231: until when the sheets are asked for
  opened_by bigint not null,
  opened_at bigint not null,
  closed_by bigint,
  closed_at bigint
);
create index workshop_opened_by on workshop (opened_by);
create index workshop_closed_by on workshop (closed_by) where closed_by is not null;

-- What one unit says in a workshop.
create table sheet (
  id bigint primary key,
  workshop bigint not null references workshop (id),
  unit bigint not null,
  from_unit bigint not null,            -- the unit it came from with a change of the organisation; 0: none
  version integer not null,             -- counts every time it was saved; 0: nobody has begun
  state text not null,                  -- waiting | draft | handed_in
  changed_by bigint,
  changed_at bigint,
  handed_by bigint,
  handed_at bigint
);
create unique index sheet_of_unit on sheet (workshop, unit);
create index sheet_changed_by on sheet (changed_by) where changed_by is not null;
create index sheet_handed_by on sheet (handed_by) where handed_by is not null;

create table sheet_line (
  sheet bigint not null references sheet (id),
  n bigint not null,
  side text not null,                   -- customer: the other takes it from us; provider: we get it from the other
  other bigint not null,                -- unit
  deliverable text not null,
  frequency text not null,              -- '' | per_case | on_demand | daily | weekly | monthly | quarterly | yearly
  criterion text not null,
  expects text not null,                -- what we believe the customer expects, or what we expect
  importance integer not null,          -- 0: not said
  primary key (sheet, n)
); -- without rowid

-- What goes over an edge, in the words of each side.
create table handover (
  edge bigint not null references edge (id),
  side text not null,                   -- whose words: provider | customer
  n bigint not null,
  deliverable text not null,
  frequency text not null,
  criterion text not null,
  person bigint not null,
  at bigint not null,
  from_unit bigint not null,            -- the unit it came from with a change of the organisation; 0: none
  primary key (edge, side, n)
); -- without rowid
create index handover_person on handover (person);

-- +goose Down
drop table handover;
drop table sheet_line;
drop table sheet;
drop table workshop;
