-- +goose Up
-- who leaves is looked up by person; a contact that is there already does not touch the index
create index edge_contact_person on edge_contact (person, edge);

-- +goose Down
drop index edge_contact_person;
