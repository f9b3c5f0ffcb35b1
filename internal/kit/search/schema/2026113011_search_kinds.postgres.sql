-- +goose Up
-- Numbers are found by their letters, kinds with few documents by a word of their own: all is read again.
truncate search_doc;
update search_state set built = false;

-- +goose Down
update search_state set built = false;
