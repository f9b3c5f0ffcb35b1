-- +goose Up

-- What two units agreed on: one that is not ended for each ordered pair.
create table agreement (
  id bigint primary key,
  number bigint not null,
  provider bigint not null,
  customer bigint not null,
  revision integer not null,       -- counts every change: the ETag
  created_at bigint not null,
  ended_at bigint not null,        -- 0: not ended
  ended_by bigint not null,
  ended_why text not null
);

create unique index agreement_no on agreement (number);
create unique index agreement_pair on agreement (provider, customer) where ended_at = 0;
create index agreement_customer on agreement (customer);

-- A version that both signed is never changed.
create table agreement_version (
  agreement bigint not null references agreement (id),
  n integer not null,
  terms text not null,             -- JSON
  from_day integer not null,       -- 20261201
  to_day integer not null,         -- the last one; 0: until it is ended
  review_day integer not null,
  person bigint not null,          -- who wrote it last
  at bigint not null,
  signed_at bigint not null,       -- by both; 0: a draft
  reviewed boolean not null,       -- its heads were reminded of the review day
  primary key (agreement, n)
); -- without rowid

create index agreement_version_person on agreement_version (person, at);

create table agreement_signature (
  agreement bigint not null references agreement (id),
  n integer not null,
  side text not null,              -- provider | customer
  person bigint not null,
  at bigint not null,
  print text not null,             -- SHA-256 of the terms that were signed, hexadecimal
  primary key (agreement, n, side)
); -- without rowid

create index agreement_signature_person on agreement_signature (person, at);

-- What the sides said: objections to drafts (n of the draft, quarter 0) and comments on quarters (n 0).
create table agreement_word (
  id bigint primary key,
  agreement bigint not null references agreement (id),
  n integer not null,
  quarter integer not null,        -- 20264
  side text not null,
  person bigint not null,
  text text not null,
  at bigint not null
);

create index agreement_word_of on agreement_word (agreement, quarter, id);
create index agreement_word_person on agreement_word (person, at);

-- +goose Down
drop table agreement_word;
drop table agreement_signature;
drop table agreement_version;
drop table agreement;
