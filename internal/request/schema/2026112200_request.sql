-- +goose Up
create table request_number (
	id   integer not null primary key,
	next bigint  not null
);
insert into request_number (id, next) values (1, 1001);

create table request (
	id                bigint  primary key,
	number            bigint  not null unique,
	service           bigint  not null,
	service_version   integer not null,
	edge              bigint  not null,
	provider          bigint  not null,
	customer          bigint  not null,
	unit              bigint  not null,
	asked_by          bigint  not null,
	for_person        bigint,
	title             text    not null,
	fields            text    not null,
	confidential      boolean not null,
	state             text    not null,
	assignee          bigint,
	opened_at         bigint  not null,
	responded_at      bigint,
	taken_at          bigint,
	delivered_at      bigint,
	done_at           bigint,
	closed_at         bigint,
	last_at           bigint  not null,
	response_due      bigint,
	due               bigint,
	next_due          bigint  not null,
	response_is       text    not null,
	completion_is     text    not null,
	response_took     integer not null, -- counted seconds, as of the last event
	completion_took   integer not null,
	events            integer not null,
	hops              integer not null,
	returns           integer not null,
	nudges            integer not null,
	nudged_at         bigint,
	rated             boolean not null,
	imported          boolean not null,
	external          text
);
create index request_open on request (unit, next_due, id) where closed_at is null;
create index request_mine on request (assignee, next_due, id) where closed_at is null and assignee is not null;
create index request_asked on request (asked_by, opened_at, id);
create index request_for on request (for_person, opened_at, id) where for_person is not null;
create index request_unit on request (unit, opened_at, id);
create index request_customer on request (customer, opened_at, id);
create index request_opened on request (opened_at, id);
create index request_service on request (service, due);
create unique index request_external on request (external) where external is not null;

create table request_event (
	request  bigint  not null references request (id),
	n        integer not null,
	at       bigint  not null,
	kind     text    not null,
	actor    bigint  not null,
	side     text    not null,
	unit     bigint  not null,
	person   bigint,
	message  bigint,
	why      text,
	imported boolean not null,
	-- what the clocks of this stretch count with: on open and decline
	calendar         text,
	calendar_version integer,
	response_value   integer,
	response_unit    text,
	completion_value integer,
	completion_unit  text,
	primary key (request, n)
); -- without rowid

create table hop (
	request bigint  not null references request (id),
	n       integer not null,
	unit    bigint  not null,
	from_at bigint  not null,
	to_at   bigint,
	why     text    not null,
	primary key (request, n)
); -- without rowid

create table rating (
	request bigint  not null references request (id),
	person  bigint  not null,
	score   integer not null check (score between 1 and 5),
	reasons text    not null,
	comment text    not null,
	share   boolean not null,
	at      bigint  not null,
	primary key (request, person)
); -- without rowid

-- +goose Down
drop table rating;
drop table hop;
drop table request_event;
drop table request;
drop table request_number;
