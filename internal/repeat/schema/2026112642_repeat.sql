-- +goose Up
create table repeat_number (
	id   integer not null primary key,
	next bigint  not null
);
insert into repeat_number (id, next) values (1, 101);

-- A request that somebody asks again and again: at the times of a schedule, or with one click (state saved).
create table repeat_template (
	id           bigint  primary key,
	number       bigint  not null unique,
	service      bigint  not null,
	owner        bigint  not null, -- in whose name it is asked
	unit         bigint  not null, -- for which it is asked
	of_unit      boolean not null, -- its head and its secretary keep it as well
	title        text    not null, -- with placeholders
	fields       text    not null, -- answers of the form as they were typed, JSON
	place        text    not null, -- code; '': nowhere in particular
	confidential boolean not null,
	named        text    not null, -- ids of persons, JSON
	watchers     text    not null, -- ids of persons, JSON
	every        text    not null,
	on_day       text    not null,
	month        integer not null,
	at_time      text    not null,
	shift        text    not null,
	step         integer not null,
	from_day     text    not null,
	until_day    text    not null, -- '': no end
	lead         integer not null, -- workdays
	catch_up     text    not null, -- all, last
	state        text    not null, -- saved, active, paused, stopped, ended
	fault        text    not null, -- of a stopped one: what is wrong, JSON
	next_at      bigint,           -- when to look again
	through      bigint  not null, -- the moment of the last date that was dealt with
	revision     integer not null,
	made_at      bigint  not null
);
create index repeat_template_owner on repeat_template (owner, id);
create index repeat_template_unit on repeat_template (unit, id);
create index repeat_template_service on repeat_template (service, id) where state = 'active';
create index repeat_template_next on repeat_template (next_at, id) where state = 'active' and next_at is not null;

-- One date of a template with which something was done: never two of one slot.
create table repeat_date (
	template bigint  not null references repeat_template (id),
	slot     text    not null, -- 2026-11, 2026-W47
	due      bigint  not null,
	state    text    not null, -- opened, missed, skipped, changed
	request  bigint,
	number   bigint,
	title    text,             -- changed: instead of the template's
	fields   text,             -- changed: answers instead of the template's, JSON
	person   bigint  not null, -- who skipped or changed it; 0: the house
	at       bigint  not null,
	primary key (template, slot)
); -- without rowid
create index repeat_date_request on repeat_date (request) where request is not null;

-- +goose Down
drop table repeat_date;
drop table repeat_template;
drop table repeat_number;
