-- +goose Up
-- kind: totp (sealed key, step: the last one used) or passkey (handle, credential)
create table signin_factor (
  id bigint primary key,
  person bigint not null references org_person (id),
  kind text not null,
  name text not null,
  sealed text not null,
  handle text not null,
  credential jsonb,
  step bigint not null,
  made_at bigint not null,
  used_at bigint
);
create index signin_factor_person on signin_factor (person);
create unique index signin_factor_handle on signin_factor (handle) where handle <> '';

create table signin_recovery (
  person bigint not null references org_person (id),
  print text not null,
  used_at bigint,
  primary key (person, print)
);

-- somebody whose first proof was right and whose second is awaited
create table signin_half (
  print text primary key,
  person bigint not null references org_person (id),
  how text not null,
  until bigint not null
);
create index signin_half_until on signin_half (until);

-- what a browser was asked to prove or to bring back: once, and by that browser
create table signin_ceremony (
  print text primary key,
  kind text not null,
  person bigint,
  content jsonb not null,
  until bigint not null
);
create index signin_ceremony_until on signin_ceremony (until);

-- +goose Down
drop table signin_ceremony;
drop table signin_half;
drop table signin_recovery;
drop table signin_factor;
