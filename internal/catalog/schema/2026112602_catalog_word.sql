-- +goose Up
-- Words by which a service is found beside its name: what people call it.
create table catalog_word (
  service bigint not null,
  word    text   not null,
  primary key (service, word)
); -- without rowid

-- +goose Down
drop table catalog_word;
