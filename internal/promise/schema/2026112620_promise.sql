-- +goose Up
create table promise_number (
	id   integer not null primary key,
	next bigint  not null
);
insert into promise_number (id, next) values (1, 1001);

create table promise (
	id            bigint  primary key,
	number        bigint  not null unique,
	giver         bigint  not null,
	first_giver   bigint  not null, -- who gave the word; another only after a hand-over
	giver_unit    bigint  not null,
	receiver      bigint,           -- null: the unit as such
	receiver_unit bigint  not null,
	what          text    not null, -- never changed
	due           bigint  not null,
	whole_day     boolean not null, -- a day was promised; due is where its working time ends
	first_due     bigint  not null, -- as it was given
	moves         integer not null, -- how often another date was agreed
	proposed      bigint,           -- another date that the giver asks for
	proposed_day  boolean not null,
	state         text    not null, -- open, asked, kept, partly, broken, unsaid, withdrawn
	step          integer not null, -- how far the house has gone with reminding
	next_at       bigint,           -- when it does the next step; null: nothing more
	asked_at      bigint,           -- since when the receiver is asked whether it was kept
	about_kind    text,             -- where it was made: a record of another room
	about_id      bigint,
	message       bigint,           -- of talk
	confidential  boolean not null, -- as that record
	made_at       bigint  not null,
	last_at       bigint  not null,
	closed_at     bigint,
	events        integer not null
);
create index promise_giver on promise (giver, made_at, id);
create index promise_receiver on promise (receiver, made_at, id) where receiver is not null;
create index promise_giver_unit on promise (giver_unit, made_at, id);
create index promise_receiver_unit on promise (receiver_unit, made_at, id);
create index promise_made on promise (made_at, id);
create index promise_due on promise (due, id) where closed_at is null;
create index promise_next on promise (next_at, id) where next_at is not null;
create index promise_about on promise (about_kind, about_id, id) where about_id is not null;

create table promise_event (
	promise  bigint  not null references promise (id),
	n        integer not null,
	at       bigint  not null,
	kind     text    not null,
	actor    bigint  not null, -- 0: the house
	behalf   bigint,           -- in whose place, by a deputy
	why      text,
	due      bigint,           -- make, propose, agree: the date that is spoken of
	due_from bigint,           -- agree: the date before
	person   bigint,           -- succeed: who answers for it from now on
	unit     bigint,           -- follow: the unit it is with from now on
	primary key (promise, n)
); -- without rowid
create index promise_event_behalf on promise_event (behalf, at) where behalf is not null;

-- +goose Down
drop table promise_event;
drop table promise;
drop table promise_number;
