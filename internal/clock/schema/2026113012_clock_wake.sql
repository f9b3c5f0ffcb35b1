-- +goose Up
-- When a clock is to be looked at next: for its breach or for a share of its time, whichever comes first. One index instead of two.
create index clock_wake on clock ((case when announce_at < step_at or step_at is null then announce_at else step_at end))
where (case when announce_at < step_at or step_at is null then announce_at else step_at end) is not null;
drop index clock_step;
drop index clock_announce;

-- +goose Down
create index clock_announce on clock (announce_at) where announce_at is not null;
create index clock_step on clock (step_at) where step_at is not null;
drop index clock_wake;
