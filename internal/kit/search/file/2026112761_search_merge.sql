-- +goose Up
-- Eight pieces of one size are merged at once, not four: a third less writing for each request, eight looked into for each word.
insert into search_text (search_text, rank) values ('automerge', 8);

-- +goose Down
insert into search_text (search_text, rank) values ('automerge', 4);
