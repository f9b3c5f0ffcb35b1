-- +goose Up
-- What is in hand of a service (kind 1) and of a unit (kind 2): what nobody has taken, and what somebody works on. In
-- stripes, so that those who ask at once do not wait for each other.
create table request_load (
	kind    smallint not null,
	subject bigint   not null,
	stripe  smallint not null,
	fresh   integer  not null,
	taken   integer  not null,
	primary key (kind, subject, stripe)
); -- without rowid
insert into request_load (kind, subject, stripe, fresh, taken)
select 1, service, id % 8, sum(case when state = 'new' then 1 else 0 end), sum(case when state = 'new' then 0 else 1 end)
from request
where closed_at is null and state <> 'delivered'
group by service, id % 8;
insert into request_load (kind, subject, stripe, fresh, taken)
select 2, unit, id % 8, sum(case when state = 'new' then 1 else 0 end), sum(case when state = 'new' then 0 else 1 end)
from request
where closed_at is null and state <> 'delivered'
group by unit, id % 8;

-- How long requests of a service took that were done in a week (since 1970): counted seconds, rounded down as rules_load.go
-- says.
create table request_took (
	service bigint  not null,
	week    integer not null,
	took    integer not null,
	n       integer not null,
	primary key (service, week, took)
); -- without rowid
insert into request_took (service, week, took, n)
select service, week, took, count(*)
from (
	select service, done_at / 604800000 as week,
		case
			when completion_took < 3600 then completion_took / 300 * 300
			when completion_took < 36000 then completion_took / 1800 * 1800
			when completion_took < 288000 then completion_took / 7200 * 7200
			else completion_took / 28800 * 28800
		end as took
	from request
	where state = 'done' and done_at is not null) d
group by service, week, took;

-- Who asks a service that takes no more than so many, or takes what a person may not have more of, passes here one by one.
create table request_gate (
	id     bigint primary key,
	passed bigint not null
);

-- Of a unit: how much it has in hand at most, and each of its people.
create table request_limit (
	unit       bigint  primary key,
	work       integer not null, -- 0: no limit
	when_full  text    not null,
	hands      integer not null, -- 0: no limit
	beyond     text    not null, -- warn, block
	revision   integer not null
);

-- the line of a service, and of a unit
create index request_line on request (service, number) where state = 'new';
create index request_line_unit on request (unit, number) where state = 'new';

-- +goose Down
drop index request_line_unit;
drop index request_line;
drop table request_limit;
drop table request_gate;
drop table request_took;
drop table request_load;
