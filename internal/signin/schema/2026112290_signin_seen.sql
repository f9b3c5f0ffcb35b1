-- +goose Up
-- the last day on which somebody came in, counted from 1970-01-01 in the company's zone, and the weeks in which they did:
-- bit n is the week n weeks before that day's, for a year
create table signin_seen (
  person bigint primary key references org_person (id),
  day integer not null,
  weeks bigint not null
);

-- what is known of before: the last sign-in, to the day of UTC
insert into signin_seen (person, day, weeks)
  select person, last_at / 86400000, 1
  from signin_account
  where last_at is not null;

create view signin_seen_v as
  select person, day, weeks
  from signin_seen;

-- who has a password; it works until then, or for good
create view signin_account_v as
  select person, until
  from signin_account
  where hash <> '';

-- +goose Down
drop view signin_account_v;
drop view signin_seen_v;
drop table signin_seen;
