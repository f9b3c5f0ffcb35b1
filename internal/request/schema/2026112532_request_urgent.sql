-- +goose Up
-- How many urgent requests a customer unit has made in a month (202611): of a service with a share of its own, of all
-- others together (service 0).
create table urgent_month (
	unit    bigint  not null,
	service bigint  not null,
	month   integer not null,
	n       integer not null,
	primary key (unit, service, month)
); -- without rowid

-- +goose Down
drop table urgent_month;
