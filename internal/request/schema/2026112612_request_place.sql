-- +goose Up
-- Where it was asked from: the place, with its code and name as they were then. Most requests have none.
alter table request add column place bigint;
alter table request add column place_code text;
alter table request add column place_zh text;
alter table request add column place_en text;
create index request_place on request (place, id) where place is not null;
create index request_place_open on request (place) where place is not null and closed_at is null;

-- +goose Down
drop index request_place_open;
drop index request_place;
alter table request drop column place_en;
alter table request drop column place_zh;
alter table request drop column place_code;
alter table request drop column place;
