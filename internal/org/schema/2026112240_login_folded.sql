-- +goose Up
-- a 工号 is typed in any case, a phone number with or without spaces
create index org_person_no_low on org_person (lower(no));
create index org_person_phone_bare on org_person (replace(replace(phone, ' ', ''), '-', '')) where phone <> '';
drop index org_person_phone;

-- +goose Down
create index org_person_phone on org_person (phone) where phone <> '';
drop index org_person_phone_bare;
drop index org_person_no_low;
