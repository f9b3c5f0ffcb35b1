-- +goose Up
-- Subjects rise: with them first, what is new comes at the end of the index and not in the middle of it.
drop index todo_once;
create unique index todo_once on todo (subject, subject_kind, verb, holder_kind, holder, holder_role);

-- +goose Down
drop index todo_once;
create unique index todo_once on todo (subject_kind, subject, verb, holder_kind, holder, holder_role);
