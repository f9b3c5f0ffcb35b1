-- +goose Up
-- What who went off duty left to who came on. One note per shift.
create table org_handover (
  shift bigint primary key references org_shift (id),
  unit bigint not null references org_unit (id),
  person bigint not null references org_person (id),
  text text not null,
  at bigint not null,
  revision bigint not null default 1
);
create index org_handover_unit on org_handover (unit, at);

-- Who has read the note of a shift.
create table org_handover_read (
  shift bigint not null references org_handover (shift),
  person bigint not null references org_person (id),
  at bigint not null,
  primary key (shift, person)
); -- without rowid

-- +goose Down
drop table org_handover_read;
drop table org_handover;
