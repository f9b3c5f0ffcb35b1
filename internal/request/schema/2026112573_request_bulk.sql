-- +goose Up
-- What somebody did to many requests at once: said on a page, and taken back within a minute. Rows are forgotten after a day.
create table request_bulk (
	id     bigint  primary key,
	person bigint  not null references org_person (id),
	verb   text    not null,
	at     bigint  not null,
	undone boolean not null,
	rows   text    not null -- per request: number, events after it, who had it before, or why not
);
create index request_bulk_at on request_bulk (at);

-- +goose Down
drop table request_bulk;
