-- +goose Up
-- Who was told that how much of which clock's time was used: of next_response by its turn, of the others turn is 0.
create table request_step_of (
	request bigint   not null,
	clock   text     not null,
	turn    integer  not null,
	step    smallint not null,
	person  bigint   not null,
	role    text     not null,
	at      bigint   not null,
	primary key (request, clock, turn, step, person)
); -- without rowid
insert into request_step_of (request, clock, turn, step, person, role, at)
select request, 'completion', 0, step, person, role, at
from request_step;
drop table request_step;
alter table request_step_of rename to request_step;
create index request_step_person on request_step (person, at);

-- +goose Down
create table request_step_of (
	request bigint   not null,
	step    smallint not null,
	person  bigint   not null,
	role    text     not null,
	at      bigint   not null,
	primary key (request, step, person)
); -- without rowid
insert into request_step_of (request, step, person, role, at)
select request, step, person, role, at
from request_step
where clock = 'completion';
drop table request_step;
alter table request_step_of rename to request_step;
create index request_step_person on request_step (person, at);
