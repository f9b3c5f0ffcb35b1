-- +goose Up
-- code: eight letters to type beside the 工号, sealed
alter table signin_link add column code text not null default '';
alter table signin_session add column how text not null default 'password';
alter table signin_try add column person bigint;
alter table signin_account add column break_glass boolean not null default false;
create index signin_try_person on signin_try (person) where person is not null;

-- one row: how strict the house is at the door
create table signin_policy (
  id integer primary key,
  strict boolean not null,
  phone_digits boolean not null,
  factors boolean not null,
  only_sso boolean not null,
  revision bigint not null
);

-- passwords that were in use before, for 'not one of the last five'
create table signin_history (
  person bigint not null references org_person (id),
  at bigint not null,
  hash text not null,
  primary key (person, at)
);

-- browsers that a person has signed in with: wrong passwords from elsewhere do not lock them out
create table signin_device (
  print text not null,
  person bigint not null references org_person (id),
  made_at bigint not null,
  seen_at bigint not null,
  factor_until bigint,
  primary key (print, person)
);
create index signin_device_person on signin_device (person);
create index signin_device_seen on signin_device (seen_at);

-- posters: the key is sealed, so that a poster can be printed again
create table signin_poster (
  id bigint primary key,
  print text not null unique,
  sealed text not null,
  unit bigint not null references org_unit (id),
  made_by bigint not null,
  made_at bigint not null,
  until bigint not null,
  revoked_at bigint
);
create index signin_poster_unit on signin_poster (unit);

-- who has asked by a poster; person null: what was typed fits nobody, which the phone is not told
create table signin_claim (
  id bigint primary key,
  print text not null unique,
  poster bigint not null references signin_poster (id),
  person bigint references org_person (id),
  typed_no text not null,
  typed_name text not null,
  number text not null,
  digits text not null,
  hash text not null,
  state text not null,
  wrong integer not null,
  address text not null,
  agent text not null,
  made_at bigint not null,
  until bigint not null,
  decided_by bigint,
  decided_at bigint
);
create index signin_claim_state on signin_claim (state, until);
create index signin_claim_poster on signin_claim (poster, made_at);
create index signin_claim_person on signin_claim (person) where person is not null;

-- what others did to an account, and alarms: shown to the person until read
create table signin_news (
  id bigint primary key,
  person bigint not null references org_person (id),
  kind text not null,
  doer bigint,
  about bigint,
  address text not null,
  at bigint not null,
  seen_at bigint
);
create index signin_news_person on signin_news (person, id);

-- +goose Down
drop table signin_news;
drop table signin_claim;
drop table signin_poster;
drop table signin_device;
drop table signin_history;
drop table signin_policy;
drop index signin_try_person;
alter table signin_account drop column break_glass;
alter table signin_try drop column person;
alter table signin_session drop column how;
alter table signin_link drop column code;
