-- +goose Up
-- hash '' means that the person has not chosen a password yet; until: when a temporary code stops to work
create table signin_account (
  person bigint primary key references org_person (id),
  hash text not null,
  must_change boolean not null,
  until bigint,
  changed_at bigint,
  last_at bigint
);

-- wrong passwords by what was typed, also for names that nobody has: both look the same from outside
create table signin_try (
  name text primary key,
  failed integer not null,
  until bigint,
  at bigint not null
);
create index signin_try_at on signin_try (at);

create table signin_link (
  print text primary key,
  person bigint not null references org_person (id),
  made_by bigint not null,
  made_at bigint not null,
  until bigint not null,
  used_at bigint
);
create index signin_link_person on signin_link (person);

create table signin_session (
  id bigint primary key,
  print text not null unique,
  person bigint not null references org_person (id),
  made_at bigint not null,
  seen_at bigint not null,
  until bigint not null,
  address text not null,
  agent text not null
);
create index signin_session_person on signin_session (person);
create index signin_session_until on signin_session (until);

create table signin_token (
  id bigint primary key,
  print text not null unique,
  person bigint not null references org_person (id),
  name text not null,
  scopes text not null,
  made_at bigint not null,
  used_at bigint,
  until bigint
);
create index signin_token_person on signin_token (person);

-- +goose Down
drop table signin_token;
drop table signin_session;
drop table signin_link;
drop table signin_try;
drop table signin_account;
