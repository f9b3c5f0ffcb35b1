-- +goose Up
-- What a list was narrowed to, under a name: of a person, or with a unit of everybody in it.
create table saved_view (
	id       bigint  primary key,
	list     text    not null,
	unit     bigint  references org_unit (id),
	person   bigint  not null references org_person (id), -- whose it is; of a unit's: who saved it
	name     text    not null,
	query    text    not null,
	place    integer not null,
	standard boolean not null,
	locked   boolean not null,
	at       bigint  not null
);
create index saved_view_unit on saved_view (unit, list) where unit is not null;
create index saved_view_person on saved_view (person, list);

-- +goose Down
drop table saved_view;
