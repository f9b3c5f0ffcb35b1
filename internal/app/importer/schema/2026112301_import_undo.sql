-- +goose Up
-- what a run wrote, record by record, so that it can be taken back while nothing else has touched it
create table import_undo (
  run bigint not null references import_run (id),
  n bigint not null,                 -- in the order of writing
  key text not null,                 -- of the record: the 工号, the code
  label text not null,
  made boolean not null,             -- the run made it; else it changed it
  was jsonb not null,                -- columns that were changed, as they were before; empty of what was made
  became jsonb not null,             -- the same columns as the run left them; of what was made, all
  state text not null default '',    -- '', undone, partly, kept
  why jsonb,                         -- the reason of what was kept
  primary key (run, n)
); -- without rowid

create table import_back (
  run bigint primary key references import_run (id),
  person bigint not null,            -- who takes it back
  state text not null,               -- undoing, undone
  at_n bigint not null,              -- those before it are still to come
  undone bigint not null default 0,
  kept bigint not null default 0,
  began_at bigint not null,
  ended_at bigint
);

-- +goose Down
drop table import_back;
drop table import_undo;
