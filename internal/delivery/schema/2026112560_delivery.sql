-- +goose Up
create table standing_number (
	id   integer not null primary key,
	next bigint  not null
);
insert into standing_number (id, next) values (1, 101);

create table delivery_number (
	id   integer not null primary key,
	next bigint  not null
);
insert into delivery_number (id, next) values (1, 1001);

create table standing (
	id          bigint  primary key,
	number      bigint  not null unique,
	service     bigint  not null,
	provider    bigint  not null,
	deliverable text    not null,
	criterion   text    not null,
	every       text    not null, -- day, week, month, quarter, year; '' = fed by other systems alone
	due_on      text    not null,
	due_month   integer not null,
	due_at      text    not null,
	shift       text    not null, -- what a due day that is closed does: before, after, keep
	lead        integer not null, -- workdays before the due day on which a delivery opens
	accept_days integer not null, -- workdays after which a delivery counts as accepted; 0: never
	valid_from  text    not null, -- civil days; until may be ''
	valid_until text    not null,
	assignee    bigint,
	state       text    not null,
	revision    integer not null,
	next_at     bigint  not null, -- when the next delivery opens
	created_by  bigint  not null,
	created_at  bigint  not null,
	changed_at  bigint  not null
);
create index standing_next on standing (next_at, id) where state = 'active';
create index standing_provider on standing (provider, id);
create index standing_service on standing (service, id);

create table standing_customer (
	standing   bigint not null references standing (id),
	customer   bigint not null,
	receiver   bigint,           -- named; null: whoever heads the unit
	state      text   not null,  -- told, agreed, objected, gone
	reason     text   not null,
	said_by    bigint,
	said_at    bigint,
	since      bigint not null,  -- due times after it are opened
	opened     bigint,           -- the last due time that has been opened or missed
	primary key (standing, customer)
); -- without rowid
create index standing_customer_unit on standing_customer (customer, standing);
create index standing_customer_receiver on standing_customer (receiver, standing) where receiver is not null;

create table delivery (
	id            bigint  primary key,
	number        bigint  not null unique,
	standing      bigint,
	slot          text,           -- the period it is for: 2026-11, 2026-W47, 2026-11-21
	origin        text    not null, -- schedule, push, feed
	service       bigint,
	edge          bigint  not null,
	provider      bigint  not null,
	customer      bigint  not null,
	receiver      bigint,
	assignee      bigint,
	title         text    not null,
	state         text    not null,
	before        text    not null, -- of a contested one: the state it was contested in
	quantity      text    not null, -- a decimal number as it was said; '' none
	calendar      text    not null,
	version       integer not null,
	opened_at     bigint  not null,
	due           bigint,
	next_due      bigint  not null,
	delivered_at  bigint,
	accepted_at   bigint,
	closed_at     bigint,
	accept_by     bigint,          -- accepted by itself then
	last_at       bigint  not null,
	completion_is text    not null,
	took          bigint  not null,
	events        integer not null,
	returns       integer not null,
	skip_asked    boolean not null,
	rated         boolean not null,
	imported      boolean not null,
	external      text
);
create unique index delivery_slot on delivery (standing, customer, slot) where standing is not null;
create unique index delivery_external on delivery (service, external) where external is not null;
create index delivery_provider on delivery (provider, opened_at, id);
create index delivery_customer on delivery (customer, opened_at, id);
create index delivery_opened on delivery (opened_at, id);
create index delivery_receiver on delivery (receiver, opened_at, id) where receiver is not null;
create index delivery_assignee on delivery (assignee, opened_at, id) where assignee is not null;
create index delivery_open_provider on delivery (provider, next_due, id) where closed_at is null;
create index delivery_open_customer on delivery (customer, next_due, id) where closed_at is null;
create index delivery_accept_by on delivery (accept_by, id) where accept_by is not null;
create index delivery_due on delivery (due, id) where due is not null;
create index delivery_service on delivery (service, due, completion_is, state);

create table delivery_event (
	delivery bigint  not null references delivery (id),
	n        integer not null,
	at       bigint  not null,
	kind     text    not null,
	actor    bigint  not null,
	side     text    not null,
	unit     bigint  not null,
	person   bigint,
	message  bigint,
	why      text,
	quantity text,
	imported boolean not null,
	behalf   bigint,
	calendar text,
	version  integer,
	due      bigint, -- open: when it is due; due: when it is due from now on
	due_from bigint, -- due: when it was
	primary key (delivery, n)
); -- without rowid
create index delivery_event_behalf on delivery_event (behalf, at) where behalf is not null;

create table delivery_rating (
	delivery bigint  not null references delivery (id),
	person   bigint  not null,
	score    integer not null check (score between 1 and 5),
	comment  text    not null,
	share    boolean not null,
	at       bigint  not null,
	primary key (delivery, person)
); -- without rowid

-- +goose Down
drop table delivery_rating;
drop table delivery_event;
drop table delivery;
drop table standing_customer;
drop table standing;
drop table delivery_number;
drop table standing_number;
