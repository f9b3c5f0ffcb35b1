-- +goose Up
-- What accepted requests took and through how many hands they went, on the day of acceptance. See Delta.
alter table tally_day add column ended bigint not null default 0;
alter table tally_day add column paused bigint not null default 0;
alter table tally_day add column worked bigint not null default 0;
alter table tally_day add column hops bigint not null default 0;
alter table tally_month add column ended bigint not null default 0;
alter table tally_month add column paused bigint not null default 0;
alter table tally_month add column worked bigint not null default 0;
alter table tally_month add column hops bigint not null default 0;
-- Tallies that began to count something new: all of them are to be proven once, which counts what was before.
create table tally_unproven (
  since bigint primary key
);
insert into tally_unproven (since)
select 2026113080 where exists (select 1 from tally_day);

-- +goose Down
drop table tally_unproven;
alter table tally_month drop column hops;
alter table tally_month drop column worked;
alter table tally_month drop column paused;
alter table tally_month drop column ended;
alter table tally_day drop column hops;
alter table tally_day drop column worked;
alter table tally_day drop column paused;
alter table tally_day drop column ended;
