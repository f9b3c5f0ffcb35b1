-- +goose Up
-- the address at which people reach the house: in letters, cards and posters; '': not set
alter table org_company add column url text not null default '';

-- +goose Down
alter table org_company drop column url;
