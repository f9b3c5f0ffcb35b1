-- +goose Up

create table edge (
  id bigint primary key,
  provider bigint not null,             -- unit that serves
  customer bigint not null,             -- unit that is served
  observed_at bigint not null,          -- 0: no traffic yet
  declared_at bigint not null           -- 0: nobody declared it
);

create unique index edge_of_pair on edge (provider, customer);
create index edge_of_customer on edge (customer);

create table edge_contact (
  edge bigint not null references edge (id),
  person bigint not null,
  last_at bigint not null,
  n bigint not null,
  primary key (edge, person)
); -- without rowid

-- Counters of an edge on a local day (20261121). See Delta for their meaning.
create table tally_day (
  edge bigint not null references edge (id),
  day bigint not null,
  opened bigint not null default 0,
  met bigint not null default 0,
  breached bigint not null default 0,
  excluded bigint not null default 0,
  response_met bigint not null default 0,
  response_breached bigint not null default 0,
  response_excluded bigint not null default 0,
  delivered bigint not null default 0,
  accepted bigint not null default 0,
  right_first bigint not null default 0,
  returned bigint not null default 0,
  declined bigint not null default 0,
  handed_over bigint not null default 0,
  withdrawn bigint not null default 0,
  cancelled bigint not null default 0,
  primary key (edge, day)
); -- without rowid

-- The same per month (202611): the matrix reads these, one range scan a month.
create table tally_month (
  month bigint not null,
  edge bigint not null references edge (id),
  opened bigint not null default 0,
  met bigint not null default 0,
  breached bigint not null default 0,
  excluded bigint not null default 0,
  response_met bigint not null default 0,
  response_breached bigint not null default 0,
  response_excluded bigint not null default 0,
  delivered bigint not null default 0,
  accepted bigint not null default 0,
  right_first bigint not null default 0,
  returned bigint not null default 0,
  declined bigint not null default 0,
  handed_over bigint not null default 0,
  withdrawn bigint not null default 0,
  cancelled bigint not null default 0,
  primary key (month, edge)
); -- without rowid

create view edge_v as
select id, provider, customer, observed_at, declared_at
from edge;

-- +goose Down
drop view edge_v;
drop table tally_month;
drop table tally_day;
drop table edge_contact;
drop table edge;
