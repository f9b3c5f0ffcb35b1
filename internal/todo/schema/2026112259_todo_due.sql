-- +goose Up
-- Whoever reminds people reads what falls due in a while, whoever holds it.
create index todo_of_due on todo (due) where due < 4503599627370496;

-- +goose Down
drop index todo_of_due;
