-- +goose Up
-- Answers of form fields that lists filter and sort by, as texts that stand in the order of what they mean; the table is
-- derived from request.fields. open_unit is the unit that holds the request while it is open.
create table request_field (
	request   bigint not null references request (id),
	key       text   not null,
	value     text   not null,
	service   bigint not null,
	open_unit bigint,
	primary key (request, key, value)
); -- without rowid
create index request_field_service on request_field (service, key, value, request);
create index request_field_open on request_field (open_unit, key, value, request) where open_unit is not null;

-- +goose Down
drop table request_field;
