-- +goose Up
-- A standard counts in the calendar it names, '' the one of the unit; urgent requests may have shorter targets; satisfaction
-- in hundredths of a per cent of ratings of 4 or 5; measured: how accuracy and satisfaction come about, in words.
alter table catalog_version add column response_calendar text not null default '';
alter table catalog_version add column completion_calendar text not null default '';
alter table catalog_version add column urgent_response_value integer;
alter table catalog_version add column urgent_response_unit text not null default '';
alter table catalog_version add column urgent_completion_value integer;
alter table catalog_version add column urgent_completion_unit text not null default '';
alter table catalog_version add column satisfaction integer;
alter table catalog_version add column min_n integer;
alter table catalog_version add column measured_zh text not null default '';
alter table catalog_version add column measured_en text not null default '';

-- +goose Down
alter table catalog_version drop column measured_en;
alter table catalog_version drop column measured_zh;
alter table catalog_version drop column min_n;
alter table catalog_version drop column satisfaction;
alter table catalog_version drop column urgent_completion_unit;
alter table catalog_version drop column urgent_completion_value;
alter table catalog_version drop column urgent_response_unit;
alter table catalog_version drop column urgent_response_value;
alter table catalog_version drop column completion_calendar;
alter table catalog_version drop column response_calendar;
