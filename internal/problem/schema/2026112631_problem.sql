-- +goose Up
create table problem_number (
	id   integer primary key,
	next bigint not null
);
insert into problem_number (id, next) values (1, 1);
-- What is known to be wrong with services, in words for everybody who may ask for them.
create table problem (
	id          bigint primary key,
	number      bigint not null unique,
	unit        bigint not null references org_unit (id), -- works on it
	title_zh    text not null,
	title_en    text not null,
	words_zh    text not null, -- what is done about it
	words_en    text not null,
	expected_at bigint,
	state       text not null, -- open, solved, withdrawn
	request     bigint,        -- from which it was marked; for those who serve it alone
	revision    integer not null,
	by_person   bigint not null references org_person (id),
	opened_at   bigint not null,
	changed_at  bigint not null,
	ended_at    bigint
);
create index problem_open on problem (id) where ended_at is null;
create index problem_unit on problem (unit, id);
create index problem_person on problem (by_person);
create table problem_service (
	problem bigint not null references problem (id),
	service bigint not null,
	primary key (problem, service)
); -- without rowid
-- Every change with its words as they then were.
create table problem_step (
	problem     bigint not null references problem (id),
	n           integer not null,
	kind        text not null, -- opened, updated, solved, withdrawn
	words_zh    text not null,
	words_en    text not null,
	expected_at bigint,
	by_person   bigint not null references org_person (id),
	at          bigint not null,
	primary key (problem, n)
); -- without rowid
create index problem_step_person on problem_step (by_person);
-- Who has it, too.
create table problem_me_too (
	problem  bigint not null references problem (id),
	person   bigint not null references org_person (id),
	unit     bigint not null references org_unit (id), -- the person's, then
	words    text not null,     -- for who serves it alone
	at       bigint not null,
	left_at  bigint,            -- taken back
	answer   text not null,     -- is it solved for you? '', yes, no
	request  bigint,            -- asked because it was not
	primary key (problem, person)
); -- without rowid
create index problem_me_too_person on problem_me_too (person, at);
create index problem_me_too_unit on problem_me_too (unit);

-- +goose Down
drop table problem_me_too;
drop table problem_step;
drop table problem_service;
drop table problem;
drop table problem_number;
