-- +goose Up
create sequence article_number_seq;
select setval('article_number_seq', (select next - 1 from article_number where id = 1), true);

-- +goose Down
drop sequence article_number_seq;
