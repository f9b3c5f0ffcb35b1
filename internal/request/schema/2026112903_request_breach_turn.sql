-- +goose Up
-- An answer to what the customer said next may be late more than once: of next_response one row a turn, of the others turn is 0.
create table breach_cause_of (
	request bigint  not null references request (id),
	clock   text    not null,
	turn    integer not null,
	unit    bigint  not null,
	state   text    not null,
	cause   text    not null,
	third   bigint,
	excused boolean not null,
	primary key (request, clock, turn)
); -- without rowid
insert into breach_cause_of (request, clock, turn, unit, state, cause, third, excused)
select request, clock, 0, unit, state, cause, third, excused
from breach_cause;
drop table breach_cause;
alter table breach_cause_of rename to breach_cause;
create index breach_cause_unit on breach_cause (unit, state);

-- +goose Down
create table breach_cause_of (
	request bigint  not null references request (id),
	clock   text    not null,
	unit    bigint  not null,
	state   text    not null,
	cause   text    not null,
	third   bigint,
	excused boolean not null,
	primary key (request, clock)
); -- without rowid
insert into breach_cause_of (request, clock, unit, state, cause, third, excused)
select request, clock, unit, state, cause, third, excused
from breach_cause
where turn = 0;
drop table breach_cause;
alter table breach_cause_of rename to breach_cause;
create index breach_cause_unit on breach_cause (unit, state);
