-- +goose Up
create table calendar (
  id bigint primary key,
  code text not null,
  number integer not null,
  name_zh text not null,
  name_en text not null,
  valid_from integer,
  input jsonb not null,
  statutory jsonb,
  published_at bigint not null,
  published_by bigint,
  unique (code, number)
);

-- the newest version of each calendar
create view calendar_v as
  select c.code, c.number, c.name_zh, c.name_en, c.published_at
  from calendar c
  where c.number = (select max(n.number) from calendar n where n.code = c.code);

-- +goose Down
drop view calendar_v;
drop table calendar;
