-- +goose Up
-- The company's ladder: who is told when part of a request's time is used, for services that name none of their own. No row:
-- as the house comes.
create table catalog_ladder (
  id integer primary key check (id = 1),
  steps text not null,
  urgent boolean not null,
  revision integer not null,
  changed_at bigint not null
);

-- +goose Down
drop table catalog_ladder;
