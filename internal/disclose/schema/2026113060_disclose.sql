-- +goose Up

-- What was released of numbers about people: counts of at least k of them, never changed, and nothing that leads to a person.
create table disclose_batch (
  id       bigint  primary key,
  provider bigint  not null,
  customer bigint  not null,
  level    text    not null,   -- '': of the edge; department | site | entity: pooled from the edges below
  day      integer not null,   -- 20261124: released
  least    integer not null,   -- k on that day
  people   integer not null check (people >= 3),
  cases    integer not null,
  ones     integer not null,
  twos     integer not null,
  threes   integer not null,
  fours    integer not null,
  fives    integer not null,
  check (people >= least and cases >= people and ones + twos + threes + fours + fives = cases)
);
create index disclose_batch_day on disclose_batch (day, provider, customer);
create index disclose_batch_provider on disclose_batch (provider, customer, day);

-- The policy as it was set each time; the last row counts.
create table disclose_policy (
  id    bigint  primary key,
  least integer not null,
  at    bigint  not null
);

-- +goose Down
drop table disclose_policy;
drop table disclose_batch;
