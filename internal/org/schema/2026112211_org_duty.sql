-- +goose Up
-- Somebody is on duty for a unit from starts until ends.
create table org_shift (
  id bigint primary key,
  unit bigint not null references org_unit (id),
  person bigint not null references org_person (id),
  starts bigint not null,
  ends bigint not null,
  task text not null default '',     -- what as: "first line", "boiler house"
  phone text not null default '',    -- of the duty, when it is not the person's own
  note text not null default '',
  made_by bigint not null default 0,
  made_at bigint not null,
  revision bigint not null default 1
);
create index org_shift_unit on org_shift (unit, ends);
create index org_shift_person on org_shift (person, ends);
create unique index org_shift_once on org_shift (unit, person, starts);

-- +goose Down
drop table org_shift;
