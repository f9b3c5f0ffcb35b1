-- +goose Up
-- How much of the completion's time was told to be used, in per cent (0: nothing; -1: from before this was told), and when
-- to look next. Clocks that are open now are looked at once and tell only what they reach from here on.
alter table clock add column step integer not null default 0;
alter table clock add column step_at bigint;
update clock
set step = -1, step_at = 0
where ended_at is null and kind = 'completion' and scope = 'customer';
create index clock_step on clock (step_at) where step_at is not null;

-- +goose Down
drop index clock_step;
alter table clock drop column step_at;
alter table clock drop column step;
