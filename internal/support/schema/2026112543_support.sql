-- +goose Up
-- Personal support: between one person and one supporter, and nobody else. No unit stands in these tables; no other room
-- reads them.
create table support_case (
  id bigint primary key,
  ref text not null unique,      -- drawn by lot: it counts nothing
  service bigint not null,
  asker bigint not null,
  supporter bigint not null,
  state text not null,           -- open | closed
  asker_new boolean not null,    -- words that the asker has not opened
  supporter_new boolean not null,
  opened_at bigint not null,
  last_at bigint not null,
  closed_at bigint,
  erase_at bigint not null       -- when it goes: after its end, or when nobody has written for as long
);
create index support_case_asker on support_case (asker, last_at, id);
create index support_case_supporter on support_case (supporter, last_at, id);
create index support_case_erase on support_case (erase_at);

create table support_word (
  support_case bigint not null references support_case (id),
  n integer not null,
  by_asker boolean not null,
  text text not null,            -- sealed
  at bigint not null,
  primary key (support_case, n)
); -- without rowid

-- +goose Down
drop table support_word;
drop table support_case;
