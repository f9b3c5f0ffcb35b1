-- +goose Up
alter table todo add column until bigint not null default 4503599627370496; -- unix ms; nobody is reminded from then on

-- +goose Down
alter table todo drop column until;
