-- +goose Up
-- Every room lists its own records by its own columns; nobody reads this index, and every new record paid for it.
drop index access_grant_holder;

-- +goose Down
create index access_grant_holder on access_grant (holder_kind, holder, subject_kind, subject, role, why);
