-- +goose Up
-- Who is told when part of a request's time is used: '50:assignee 75:duty …', '' as everywhere; urgent: whether urgent
-- requests are told of outside working time.
alter table catalog_service add column ladder text not null default '';
alter table catalog_service add column ladder_urgent boolean not null default true;

-- +goose Down
alter table catalog_service drop column ladder_urgent;
alter table catalog_service drop column ladder;
