-- +goose Up
-- Whom somebody reports to besides the manager. One row each, in the order they were named.
create table org_dotted (
  person bigint not null references org_person (id),
  n integer not null,
  manager bigint references org_person (id), -- null: manager_no waits for the end of an import
  manager_no text not null default '',
  until bigint,                              -- the first moment it no longer counts; null: open
  primary key (person, n)
); -- without rowid
create index org_dotted_manager on org_dotted (manager) where manager is not null;

-- +goose Down
drop table org_dotted;
