-- +goose Up
-- How requests for a service go on: read when it is needed, never kept with a version.
alter table catalog_service add column reopen text not null default 'grace';
alter table catalog_service add column reopen_days integer not null default 5;
alter table catalog_service add column accept_days integer not null default 5;
alter table catalog_service add column urgent_quota integer; -- null: the company's
alter table catalog_service add column work_limit integer; -- null: none
alter table catalog_service add column confidential text not null default 'customer_may';
alter table catalog_service add column retention_days integer; -- of personal support
alter table catalog_service add column crisis_zh text not null default '';
alter table catalog_service add column crisis_en text not null default '';
alter table catalog_service add column inputs_zh text not null default '';
alter table catalog_service add column inputs_en text not null default '';
alter table catalog_service add column effort_zh text not null default '';
alter table catalog_service add column effort_en text not null default '';
alter table catalog_service add column offered_at bigint; -- when it first was in the catalogue; null: never
update catalog_service
set offered_at = (select v.valid_from from catalog_version v where v.service = catalog_service.id and v.n = 1)
where state <> 'draft';

-- +goose Down
alter table catalog_service drop column offered_at;
alter table catalog_service drop column effort_en;
alter table catalog_service drop column effort_zh;
alter table catalog_service drop column inputs_en;
alter table catalog_service drop column inputs_zh;
alter table catalog_service drop column crisis_en;
alter table catalog_service drop column crisis_zh;
alter table catalog_service drop column retention_days;
alter table catalog_service drop column confidential;
alter table catalog_service drop column work_limit;
alter table catalog_service drop column urgent_quota;
alter table catalog_service drop column accept_days;
alter table catalog_service drop column reopen_days;
alter table catalog_service drop column reopen;
