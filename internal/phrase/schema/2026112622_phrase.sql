-- +goose Up
create table phrase (
	id       bigint  primary key,
	unit     bigint,           -- null: the person's own
	person   bigint  not null, -- who wrote it last
	name     text    not null,
	keys     text    not null, -- pinyin and initials of the name
	text_zh  text    not null,
	text_en  text    not null,
	services text    not null, -- ids between commas: ',7,12,'; '' for all
	used     bigint  not null, -- answers in which it stands
	used_at  bigint,
	revision integer not null,
	at       bigint  not null
);
create index phrase_unit on phrase (unit, id) where unit is not null;
create index phrase_person on phrase (person, id) where unit is null;

-- +goose Down
drop table phrase;
