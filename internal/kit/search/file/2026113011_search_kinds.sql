-- +goose Up
-- Numbers are found by their letters, kinds with few documents by a word of their own: all is read again.
delete from search_doc;
insert into search_text (search_text) values ('delete-all');
update search_state set built = false;

-- +goose Down
update search_state set built = false;
