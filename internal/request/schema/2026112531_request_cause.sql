-- +goose Up
-- Why a clock of the customer was late: what the provider says, whether the customer accepts it, what the quality office
-- decided. One row per breach; unit had it in hand then and answers for it.
create table breach_cause (
	request bigint  not null references request (id),
	clock   text    not null,
	unit    bigint  not null,
	state   text    not null, -- asked, stated, disputed, settled
	cause   text    not null, -- '' as long as nobody has said, own, customer, third, force
	third   bigint,           -- the unit that it was, of third
	excused boolean not null,
	primary key (request, clock)
); -- without rowid
create index breach_cause_unit on breach_cause (unit, state);
-- of cause and what answers it: the cause, the clock that it is about
alter table request_event add column code text;
alter table request_event add column clock text;

-- +goose Down
alter table request_event drop column clock;
alter table request_event drop column code;
drop table breach_cause;
