-- +goose Up
-- What the customer of an edge expects of its provider, and by what the provider answers.
create table expectation (
  id bigint primary key,
  edge bigint not null references edge (id),
  version integer not null,             -- counts every change of the words
  text text not null,
  importance integer not null,          -- 1 … 5
  kano text not null,                   -- '' | must_be | one_dimensional | attractive | indifferent | reverse
  service bigint not null,              -- of the provider; 0: none in particular
  state text not null,                  -- open | answered | refused | withdrawn
  made_by bigint not null,
  made_at bigint not null,
  answer text not null,                 -- '' | standard | agreement: the kind of what answers it
  target bigint not null,               -- its id; 0: none
  target_version bigint not null,       -- which of its versions was pointed to
  target_zh text not null,              -- what it was called
  target_en text not null,
  why text not null,                    -- no, because …
  answered_by bigint,
  answered_at bigint
);
create index expectation_edge on expectation (edge);
create index expectation_made_by on expectation (made_by);
create index expectation_answered_by on expectation (answered_by) where answered_by is not null;

-- Everything that ever became of it, with its words after each change.
create table expectation_log (
  expectation bigint not null references expectation (id),
  n bigint not null,
  at bigint not null,
  what text not null,                   -- written | changed | withdrawn | answered | refused | moved
  person bigint,                        -- null: the house
  text text not null,
  importance integer not null,
  kano text not null,
  note text not null,                   -- what answers it, why not, or which unit it came from
  primary key (expectation, n)
); -- without rowid
create index expectation_log_person on expectation_log (person) where person is not null;

-- +goose Down
drop table expectation_log;
drop table expectation;
