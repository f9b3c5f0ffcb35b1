-- +goose Up
create index org_person_name on org_person (name);
create index org_person_name_key on org_person (name_key);
create index org_person_initials on org_person (initials);
create index org_person_latin_key on org_person (latin_key);

-- +goose Down
drop index org_person_latin_key;
drop index org_person_initials;
drop index org_person_name_key;
drop index org_person_name;
