-- +goose Up
-- What the company says an act costs, and how much it will ask: what differs from what the house assumes.
create table insight_assumption (
  code      text    not null primary key, -- act:CODE or budget:CODE
  seconds   integer not null,
  by_person bigint  not null,
  at        bigint  not null
); -- without rowid

-- Months that were counted, and from what; counted again from the trail and the requests whenever that is asked.
create table insight_counted (
  month integer not null primary key, -- 202611
  at    bigint  not null
); -- without rowid

-- What was asked of the people of a unit and of all below, in a month: acts by their code, by role (role:agent), and together ('').
create table insight_asked (
  month  integer not null,
  unit   bigint  not null,
  what   text    not null,
  n      integer not null,
  people integer not null,
  median integer, -- seconds of the one in the middle, where that is about people enough
  tenth  integer, -- seconds that a tenth of them stay above
  primary key (month, unit, what)
); -- without rowid

-- How requests of a month were raised, by service, and how long their forms took.
create table insight_raised (
  month    integer not null,
  service  bigint  not null,
  provider bigint  not null,
  way      text    not null,
  took     integer not null, -- seconds; -1: not measured; -2: the form was left
  n        integer not null,
  primary key (month, service, provider, way, took)
); -- without rowid

-- What a month says of the form and the steps of a service.
create table insight_step (
  month   integer not null,
  service bigint  not null,
  step    text    not null, -- asked, nudged, done, returned, or field:KEY
  n       integer not null,
  hits    integer not null,
  primary key (month, service, step)
); -- without rowid

-- +goose Down
drop table insight_step;
drop table insight_raised;
drop table insight_asked;
drop table insight_counted;
drop table insight_assumption;
