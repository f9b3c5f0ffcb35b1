-- +goose Up
-- What an administrator has settled of the first set-up that leaves no other trace: 'calendar', 'sight', 'entry' stay as
-- they came, 'finished' is the end of it.
create table org_setup (
  step text primary key,
  at bigint not null,
  person bigint not null default 0
);
-- A company that works already is set up.
insert into org_setup (step, at, person)
select 'finished', 0, 0
where (select count(*) from org_person) > 1 and (select count(*) from org_unit) > 1;

-- +goose Down
drop table org_setup;
