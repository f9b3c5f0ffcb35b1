-- +goose Up
-- Where something is reported from: a site, a building, a room, a machine. A code is kept for ever, so that a label on a wall
-- never comes to mean something else.
create table place (
	id         bigint  primary key,
	code       text    not null unique,
	path       text    not null unique, -- codes from the top down to this one: /hq/hq-3f/hq-3f-02/
	name_zh    text    not null,
	name_en    text    not null,
	kind       text    not null,
	parent     bigint  references place (id),
	unit       bigint  not null references org_unit (id), -- who answers for it
	asset      text    not null,
	note       text    not null,
	keys       text    not null, -- what a search looks at
	retired_at bigint,
	revision   integer not null,
	changed_at bigint  not null
);
create index place_parent on place (parent, path) where parent is not null;
create index place_unit on place (unit, id);
create index place_kind on place (kind, path);

-- What is asked for at a place. A place without services of its own offers those of its kind, or of the place around it.
create table place_service (
	place   bigint  not null references place (id),
	n       integer not null,
	service bigint  not null references catalog_service (id),
	primary key (place, n)
);
create table place_kind_service (
	kind    text    not null,
	n       integer not null,
	service bigint  not null references catalog_service (id),
	primary key (kind, n)
);

create view place_v as
select id, code, path, name_zh, name_en, kind, unit, retired_at
from place;

-- +goose Down
drop view place_v;
drop table place_kind_service;
drop table place_service;
drop table place;
