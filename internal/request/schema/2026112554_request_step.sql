-- +goose Up
-- Who was told that how much of a request's time is used, in per cent, and as what.
create table request_step (
	request bigint   not null references request (id),
	step    smallint not null,
	person  bigint   not null,
	role    text     not null,
	at      bigint   not null,
	primary key (request, step, person)
); -- without rowid
create index request_step_person on request_step (person, at);

-- +goose Down
drop table request_step;
