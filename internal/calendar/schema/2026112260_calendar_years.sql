-- +goose Up
-- the version of the base that a version was published over, and what a version follows: 'base', 'statutory:2027'
alter table calendar add column base_version integer;
alter table calendar add column cause text;

-- statutory days of a year as an administrator brought them in; the years that the product knows are in the product
create table calendar_year (
  id bigint primary key,
  country text not null,
  year integer not null,
  official boolean not null,
  days jsonb not null,
  source text not null,
  imported_at bigint not null,
  imported_by bigint,
  unique (country, year)
);

-- +goose Down
drop table calendar_year;
alter table calendar drop column cause;
alter table calendar drop column base_version;
