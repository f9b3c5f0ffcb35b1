-- +goose Up
-- A dry run of a standard: what of a span's requests would have been in time. result is null while it runs.
create table request_trial (
	id       bigint  primary key,
	service  bigint  not null,
	person   bigint  not null,
	at       bigint  not null,
	from_at  bigint  not null,
	to_at    bigint  not null,
	standard jsonb   not null,
	done     integer not null,
	total    integer not null,
	result   jsonb,
	failed   text
);
create index request_trial_at on request_trial (at);

-- the requests that would be on the other side: side 1 would be in time, -1 would be late
create table request_trial_case (
	trial   bigint   not null references request_trial (id),
	side    smallint not null,
	request bigint   not null,
	due     bigint,
	would   bigint,
	primary key (trial, side, request)
); -- without rowid

-- what a service has in hand
create index request_open_service on request (service, id) where closed_at is null;

-- +goose Down
drop index request_open_service;
drop table request_trial_case;
drop table request_trial;
