-- +goose Up
create index org_person_phone on org_person (phone) where phone <> '';
create index org_person_email on org_person (lower(email)) where email <> '';

-- +goose Down
drop index org_person_email;
drop index org_person_phone;
