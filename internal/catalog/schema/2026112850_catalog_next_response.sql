-- +goose Up
-- Each time its customer writes again after the first response, the unit answers within this time; null: nothing is promised
-- of it. It counts in the calendar of the first response.
alter table catalog_version add column next_response_value integer;
alter table catalog_version add column next_response_unit text not null default '';
alter table catalog_version add column next_response_target integer;
alter table catalog_version add column urgent_next_response_value integer;
alter table catalog_version add column urgent_next_response_unit text not null default '';

-- +goose Down
alter table catalog_version drop column urgent_next_response_unit;
alter table catalog_version drop column urgent_next_response_value;
alter table catalog_version drop column next_response_target;
alter table catalog_version drop column next_response_unit;
alter table catalog_version drop column next_response_value;
